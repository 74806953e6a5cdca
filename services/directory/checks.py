"""Calls that keep the directory honest: ten facilities a day, by what was reported, by use and by staleness."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models.directory import Facility, listed_among
from models.live_facts import FacilityCheck, last_checked, last_verified, longest_unchecked, open_checks
from models.match_counts import exposures
from services import audit
from services.directory.refused import Refused
from services.house import House

CALLS_A_DAY = 10
USE_PERIOD = timedelta(days=30)
NEVER_CHECKED_DAYS = 365  # counted as this stale
ROUTINE = "routine"


@dataclass(frozen=True)
class CallToMake:
    """One facility to call: why (a kind of report, or routine), how often it was shown, when last verified."""

    facility_id: int
    why: str
    shown: int
    verified_at: datetime | None


def open_check(session: Session, facility_id: int, why: str, now: datetime) -> None:
    """Ask for a call to a facility, unless that very call is already asked for."""
    waiting = {(check.facility_id, check.why) for check in open_checks(session)}
    if (facility_id, why) not in waiting:
        session.add(FacilityCheck(id=uuid.uuid4(), facility_id=facility_id, why=why, opened_at=now))


def drop_check(session: Session, facility_id: int, why: str) -> None:
    """What opened this check was taken back before anybody called."""
    for check in open_checks(session):
        if (check.facility_id, check.why) == (facility_id, why):
            session.delete(check)


def calls_of_the_day(house: House, now: datetime) -> list[CallToMake]:
    """Reported facilities first, oldest report first; then those most shown and longest unchecked. Each once.

    Only those that a list still has; when few were shown, the longest unchecked of the others fill the ten up.
    """
    with house.db.begin() as session:
        used = {row.facility_id: row.shown for row in exposures(session, now - USE_PERIOD, now)}
        reported = {check.facility_id: check.why for check in reversed(open_checks(session))}
        reported = dict(reversed(reported.items()))
        listed = listed_among(session, {*used, *reported})  # nobody need ring a place that no list has any more
        used = {facility: shown for facility, shown in used.items() if facility in listed}
        reported = {facility: why for facility, why in reported.items() if facility in listed}
        checked = last_checked(session, list(used))
        others = longest_unchecked(session, now - timedelta(days=1), CALLS_A_DAY, {*used, *reported})
        verified = last_verified(session, [*used, *reported, *others])
    stale = sorted(used, key=lambda facility: (-used[facility] * _days(checked.get(facility), now), facility))
    chosen = [*reported, *(facility for facility in stale if facility not in reported)]
    wanted = [f for f in chosen if f in reported or _days(checked.get(f), now) >= 1]
    return [
        CallToMake(facility, reported.get(facility, ROUTINE), used.get(facility, 0), verified.get(facility))
        for facility in [*wanted, *others][:CALLS_A_DAY]
    ]


def finish_check(
    house: House, facility_id: int, now: datetime, actor_id: uuid.UUID | None, *, verified: bool
) -> Refused | None:
    """Somebody called: `verified` means that what we say is true, which ends every report about the facility."""
    from services.directory.reports import end_reports

    with house.db.begin() as session:
        if session.get(Facility, facility_id) is None:
            return Refused.UNKNOWN_FACILITY
        waiting = [check for check in open_checks(session) if check.facility_id == facility_id]
        if not waiting:
            waiting = [FacilityCheck(id=uuid.uuid4(), facility_id=facility_id, why=ROUTINE, opened_at=now)]
            session.add_all(waiting)
        for check in waiting:
            check.done_at, check.done_by, check.verified = now, actor_id, verified
        if verified:
            end_reports(session, facility_id)
        audit.write(session, "facility_checked", actor_id, now, facility_id=facility_id, verified=verified)
    return None


def _days(checked_at: datetime | None, now: datetime) -> float:
    return NEVER_CHECKED_DAYS if checked_at is None else (now - checked_at).total_seconds() / 86_400
