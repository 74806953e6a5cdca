"""An admin's word on two places that are perhaps one: joined, told apart, or taken back."""

import uuid
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from models.directory import take_directory
from models.facility_joins import move_in, move_out
from models.facility_pairs import SAME, TWO, FacilityPair, is_joined, locked_pair
from models.held_places import end_alike, note_alike
from models.versions import next_generation, next_live_version
from services import audit
from services.directory.desk_lists import pair_names
from services.directory.fixes import MAX_VALUE
from services.directory.refused import Refused
from services.directory.rows import clean
from services.house import House


def join_places(house: House, pair_id: int, reason: str, now: datetime, actor_id: uuid.UUID | None) -> Refused | None:
    """They are the same place: the one that was there is kept with all that was said of either, the other goes."""

    def join(session: Session, pair: FacilityPair) -> Refused | None:
        if is_joined(session, pair.facility_id) or is_joined(session, pair.other_id):
            return Refused.PAIR_JOINED_ON
        generation, version = _next_versions(session, pair)
        names = pair_names(session, [pair])[pair.id]  # of two places; afterwards the one kept has the name that came
        pair.moved = {**move_in(session, pair, generation, version), "names": names}
        pair.joined, pair.parted = pair.joined or generation, None
        _decide(pair, SAME, reason, now, actor_id)
        audit.write(session, "facilities_joined", actor_id, now, facility_id=pair.facility_id, other_id=pair.other_id)
        return None

    return _with_pair(house, pair_id, reason, join)


def tell_apart(house: House, pair_id: int, reason: str, now: datetime, actor_id: uuid.UUID | None) -> Refused | None:
    """They are two places, and "do not refer" to the first is no word on the other; no file asks about them again."""

    def tell(session: Session, pair: FacilityPair) -> Refused | None:
        _decide(pair, TWO, reason, now, actor_id)
        end_alike(session, [(pair.facility_id, pair.other_id)])
        audit.write(
            session, "facilities_told_apart", actor_id, now, facility_id=pair.facility_id, other_id=pair.other_id
        )
        return None

    return _with_pair(house, pair_id, reason, tell)


def take_decision_back(house: House, pair_id: int, now: datetime, actor_id: uuid.UUID | None) -> Refused | None:
    """Ask about the two again; joined ones stand apart again, each with what was said of it."""

    def reopen(session: Session, pair: FacilityPair) -> Refused | None:
        if pair.verdict == SAME and is_joined(session, pair.facility_id):
            return Refused.PAIR_JOINED_ON
        kind = "facility_pair_reopened"
        if pair.verdict == SAME:
            kind = "facilities_parted"
            generation, version = _next_versions(session, pair)
            move_out(session, pair, generation, version)
            pair.parted, pair.moved = generation, None
        else:
            note_alike(session, [(pair.facility_id, pair.other_id)])
        pair.verdict, pair.reason, pair.decided_at, pair.decided_by = None, "", None, None
        audit.write(session, kind, actor_id, now, facility_id=pair.facility_id, other_id=pair.other_id)
        return None

    return _with_pair(house, pair_id, "", reopen, decided=True)


def _with_pair(
    house: House, pair_id: int, reason: str, act: Callable[[Session, FacilityPair], Refused | None],
    *, decided: bool = False,
) -> Refused | None:  # fmt: skip
    """Do it with the pair locked, while no import runs, if it is (not) decided yet."""
    if len(reason) > MAX_VALUE:
        return Refused.TOO_LONG
    with house.db.begin() as session:
        if not take_directory(session):
            return Refused.DIRECTORY_BUSY
        pair = locked_pair(session, pair_id)
        if pair is None:
            return Refused.UNKNOWN_PAIR
        if (pair.verdict is not None) != decided:
            return Refused.PAIR_OPEN if decided else Refused.PAIR_DECIDED
        return act(session, pair)


def _next_versions(session: Session, pair: FacilityPair) -> tuple[int, int]:
    """Generation of the directory, and the live version by which what is said of both places has changed."""
    next_live_version(session, pair.other_id)
    return next_generation(session), next_live_version(session, pair.facility_id)


def _decide(pair: FacilityPair, verdict: str, reason: str, now: datetime, actor_id: uuid.UUID | None) -> None:
    pair.verdict, pair.reason, pair.decided_at, pair.decided_by = verdict, clean(reason), now, actor_id
