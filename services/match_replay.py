"""Makes a past match again from what was stored, and says whether it gives the same list; notes what was picked."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.matches import MatchChoice, chosen_of, match_record, matches_of, take_choice_back
from routing.match_profile import read_profile
from services import audit
from services.house import House
from services.matching import Profile, desk_of, inputs_digest, listing_order


@dataclass(frozen=True)
class Replay:
    """The stored order and the one made again, as listing ids. `same_rules`: today's rules are those of then."""

    stored: tuple[int, ...]
    again: tuple[int, ...]
    same_inputs: bool
    same_rules: bool

    @property
    def same(self) -> bool:
        """Whether the list is the same to the last place."""
        return self.stored == self.again


def replay_match(house: House, record_id: int) -> Replay | None:
    """The match `record_id` once more, over the directory and the live facts of then; None when there is none."""
    desk = desk_of(house)
    with house.db.begin() as session:
        record = match_record(session, record_id)
        if record is None:
            return None
        profile = read_profile(record.need, desk.catalog)
        if not isinstance(profile, Profile):
            return Replay(tuple(record.listing_order), (), same_inputs=False, same_rules=False)
        then = desk.past(session, record.generation, record.live_version)
        answer = then.matcher.match(profile, record.at)
        again = listing_order(then, answer)
        digest = inputs_digest(desk, then, answer)
    return Replay(tuple(record.listing_order), tuple(again), digest == record.digest, desk.version == record.version)


def choose_place(house: House, contact_id: uuid.UUID, listing_id: int, now: datetime, counselor_id: uuid.UUID) -> bool:
    """Note that the person chose this place of a list they were shown; chosen before, it is taken back.

    False when it was not offered there.
    """
    with house.db.begin() as session:
        if take_choice_back(session, contact_id, listing_id):
            audit.write(session, "place_chosen", counselor_id, now, contact_id=contact_id, listing_id=listing_id)
            return True
        return note_choice(session, contact_id, listing_id, now, counselor_id)


def note_choice(
    session: Session, contact_id: uuid.UUID, listing_id: int, now: datetime, counselor_id: uuid.UUID | None
) -> bool:
    """The same in the transaction of whoever asks; noted twice it is noted once. False: it was not offered there."""
    offered = [kept for kept in matches_of(session, contact_id) if listing_id in kept.listing_order[: kept.shown]]
    if not offered:
        return False
    if listing_id not in chosen_of(session, contact_id):
        own = next((kept for kept in offered if kept.counselor_id == counselor_id), offered[0])
        session.add(MatchChoice(match_id=own.id, listing_id=listing_id, counselor_id=counselor_id, at=now))
        audit.write(session, "place_chosen", counselor_id, now, contact_id=contact_id, listing_id=listing_id)
    return True
