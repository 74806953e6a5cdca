"""Open beds: who said how many, when and how."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.directory import Facility
from models.live_facts import BedReport, newest_bed
from models.versions import next_live_version
from routing.vocabulary import BedLevel
from services import audit
from services.directory.refused import Refused
from services.house import House

MOST_BEDS = 2_000  # no place has more; a larger number is a slip of the finger
NINE_OR_MORE = 9  # what the digit 9 means in an answer of one digit


@dataclass(frozen=True)
class BedsTold:
    """Open beds of one level of care, out of `total` when that was said; `how`: text, call, counselor, file."""

    facility_id: int
    level: BedLevel
    open: int
    how: str
    total: int | None = None


def report_beds(house: House, told: BedsTold, now: datetime, actor_id: uuid.UUID | None = None) -> Refused | None:
    """Keep a bed count, unless it cannot be true."""
    problem = _problem(told)
    if problem:
        return problem
    with house.db.begin() as session:
        if session.get(Facility, told.facility_id) is None:
            return Refused.UNKNOWN_FACILITY
        keep_beds(session, told, now, actor_id)
    return None


def keep_beds(
    session: Session, told: BedsTold, now: datetime, actor_id: uuid.UUID | None, bed_contact_id: uuid.UUID | None = None
) -> None:
    """Store a checked count; the one before it is kept for replays."""
    version = next_live_version(session, told.facility_id)
    before = newest_bed(session, told.facility_id, told.level)
    if before is not None:
        before.until = version
        session.flush()
    session.add(
        BedReport(
            id=uuid.uuid4(), facility_id=told.facility_id, level=told.level, open=told.open, total=told.total,
            how=told.how, by=actor_id, bed_contact_id=bed_contact_id, at=now, since=version,
        )
    )  # fmt: skip
    audit.write(session, "beds_told", actor_id, now, facility_id=told.facility_id, level=told.level.value)


def _problem(told: BedsTold) -> Refused | None:
    for count in (told.open, told.total):
        if count is not None and not 0 <= count <= MOST_BEDS:
            return Refused.BED_COUNT
    if told.total is not None and told.open > told.total:
        return Refused.MORE_OPEN_THAN_BEDS
    return None
