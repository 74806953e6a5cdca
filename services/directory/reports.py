"""What counselors learn of facilities: one key opens a check, a second one or the admin's word lowers the rank."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models.directory import Facility
from models.live_facts import DoNotRefer, FacilityReport, next_live_version, reports_of, standing_hold
from routing.vocabulary import ReportKind
from services import audit
from services.directory.checks import open_check
from services.house import House
from services.matching import desk_of


def report_facility(
    house: House, facility_id: int, kind: ReportKind, now: datetime,
    *, payer: str | None = None, contact_id: uuid.UUID | None = None, actor_id: uuid.UUID | None = None,
) -> str | None:  # fmt: skip
    """Keep what one key said, and open a check; a sentence when it makes no sense."""
    desk = desk_of(house)
    if (kind == ReportKind.PAYER) != (payer is not None):
        return (
            "Say which insurance was not taken." if kind == ReportKind.PAYER else "An insurance does not belong here."
        )
    if payer is not None and payer not in desk.catalog.payers:
        return f"Say one of {', '.join(sorted(desk.catalog.payers))}."
    with house.db.begin() as session:
        if session.get(Facility, facility_id) is None:
            return "This facility is not in the directory."
        session.add(
            FacilityReport(
                id=uuid.uuid4(), facility_id=facility_id, kind=kind, payer=payer, contact_id=contact_id, by=actor_id,
                at=now, expires_at=now + timedelta(days=desk.settings.report_days[kind]),
                since=next_live_version(session),
            )
        )  # fmt: skip
        open_check(session, facility_id, kind.value, now)
        audit.write(session, "facility_reported", actor_id, now, facility_id=facility_id, report=kind.value)
    return None


def confirm_report(house: House, report_id: uuid.UUID, now: datetime, actor_id: uuid.UUID | None) -> str | None:
    """The admin's word: it counts until it is ended."""
    with house.db.begin() as session:
        report = session.get(FacilityReport, report_id)
        if report is None or report.until is not None:
            return "This report has ended."
        report.until = next_live_version(session)
        kept = FacilityReport(
            id=uuid.uuid4(), facility_id=report.facility_id, kind=report.kind, payer=report.payer,
            contact_id=report.contact_id, by=actor_id, at=now, expires_at=report.expires_at, confirmed=True,
            since=report.until,
        )  # fmt: skip
        session.add(kept)
        audit.write(
            session, "report_confirmed", actor_id, now, facility_id=report.facility_id, report=report.kind.value
        )
    return None


def end_reports(session: Session, facility_id: int) -> int:
    """End every standing report about a facility: somebody found it to be as we say. How many."""
    standing = reports_of(session, facility_id)
    if standing:
        version = next_live_version(session)
        for report in standing:
            report.until = version
    return len(standing)


def hold_back(
    house: House, facility_id: int, reason: str, review_on: datetime, now: datetime, actor_id: uuid.UUID | None
) -> str | None:
    """Do not refer to this facility until it is released: why, who approved it, when it is looked at again."""
    if not reason.strip():
        return "Say why, for whoever looks at it later."
    if review_on.date() <= now.date():
        return "Give a day in the future on which this is looked at again."
    with house.db.begin() as session:
        if session.get(Facility, facility_id) is None:
            return "This facility is not in the directory."
        version = next_live_version(session)
        if standing_hold(session, facility_id) is not None:
            session.rollback()
            return "This facility is already held back."
        session.add(
            DoNotRefer(
                id=uuid.uuid4(), facility_id=facility_id, reason=reason.strip(), approver=actor_id,
                review_on=review_on.date(), at=now, since=version,
            )
        )  # fmt: skip
        audit.write(session, "facility_held_back", actor_id, now, facility_id=facility_id)
    return None


def release(house: House, facility_id: int, now: datetime, actor_id: uuid.UUID | None) -> str | None:
    """Refer to this facility again; a sentence when it was not held back."""
    with house.db.begin() as session:
        version = next_live_version(session)
        standing = standing_hold(session, facility_id)
        if standing is None:
            session.rollback()
            return "This facility is not held back."
        standing.until = version
        audit.write(session, "facility_released", actor_id, now, facility_id=facility_id)
    return None
