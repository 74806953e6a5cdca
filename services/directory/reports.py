"""What counselors learn of facilities: one key opens a check, a second one or the admin's word lowers the rank."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models.contacts import Contact
from models.directory import Facility
from models.facility_pairs import kept_as
from models.live_facts import DoNotRefer, FacilityReport, reports_of, standing_hold
from models.versions import next_live_version
from routing.vocabulary import ReportKind
from services import audit, knowing
from services.directory.checks import drop_check, open_check
from services.directory.refused import Refused
from services.house import House
from services.matching import desk_of


def report_facility(
    house: House, facility_id: int, kind: ReportKind, now: datetime,
    *, payer: str | None = None, contact_id: uuid.UUID | None = None, actor_id: uuid.UUID | None = None,
) -> Refused | None:  # fmt: skip
    """Keep what one key said, and open a check. The same key for the same contact again takes it back."""
    desk = desk_of(house)
    if (kind is ReportKind.PAYER) != (payer is not None) or (payer is not None and payer not in desk.catalog.payers):
        return Refused.PAYER
    with house.db.begin() as session:
        if session.get(Facility, facility_id) is None:
            return Refused.UNKNOWN_FACILITY
        facility_id = kept_as(session, facility_id)  # a match from before two places were joined names either
        version = next_live_version(session, facility_id)
        same = [r for r in reports_of(session, facility_id) if (r.kind, r.payer) == (kind, payer)]
        mine = [r for r in same if contact_id is not None and r.contact_id == contact_id and not r.confirmed]
        for report in mine:
            report.until = version
        if mine:
            if len(mine) == len(same):
                drop_check(session, facility_id, kind.value)
            audit.write(session, "report_ended", actor_id, now, facility_id=facility_id, report=kind.value)
            return None
        session.add(
            FacilityReport(
                id=uuid.uuid4(), facility_id=facility_id, kind=kind, payer=payer, contact_id=contact_id, by=actor_id,
                at=now, expires_at=now + timedelta(days=desk.settings.report_days[kind]), since=version,
            )
        )  # fmt: skip
        open_check(session, facility_id, kind.value, now)
        audit.write(session, "facility_reported", actor_id, now, facility_id=facility_id, report=kind.value)
    return None


def report_from_contact(
    house: House, contact_id: uuid.UUID, facility_id: int, kind: ReportKind, now: datetime, actor_id: uuid.UUID
) -> Refused | None:
    """A counselor's key on a contact's page; "does not take this payer" means the payer that is known there."""
    with house.db.begin() as session:
        contact = session.get(Contact, contact_id)
        known = knowing.value_of(contact, "payer") if contact is not None else None
    if contact is None:
        return Refused.UNKNOWN_CONTACT
    payer = known if kind is ReportKind.PAYER else None
    return report_facility(house, facility_id, kind, now, payer=payer, contact_id=contact_id, actor_id=actor_id)


def dismiss_report(
    house: House, facility_id: int, report_id: uuid.UUID, now: datetime, actor_id: uuid.UUID | None
) -> Refused | None:
    """The admin's word that it is not (or no longer) so; what it asked to check is asked no more."""
    with house.db.begin() as session:
        version = next_live_version(session, facility_id)
        standing = reports_of(session, facility_id)
        report = next((each for each in standing if each.id == report_id), None)
        if report is None:
            session.rollback()
            return Refused.REPORT_OVER
        report.until = version
        if not any(each.kind is report.kind for each in standing if each is not report):
            drop_check(session, facility_id, report.kind.value)
        audit.write(session, "report_ended", actor_id, now, facility_id=facility_id, report=report.kind.value)
    return None


def confirm_report(house: House, report_id: uuid.UUID, now: datetime, actor_id: uuid.UUID | None) -> Refused | None:
    """The admin's word: it counts until it is ended."""
    with house.db.begin() as session:
        report = session.get(FacilityReport, report_id)
        if report is None or report.until is not None:
            return Refused.REPORT_OVER
        report.until = next_live_version(session, report.facility_id)
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
        version = next_live_version(session, facility_id)
        for report in standing:
            report.until = version
    return len(standing)


def hold_back(
    house: House, facility_id: int, reason: str, review_on: datetime, now: datetime, actor_id: uuid.UUID | None
) -> Refused | None:
    """Do not refer to this facility until it is released: why, who approved it, when it is looked at again."""
    if not reason.strip():
        return Refused.REASON
    if review_on.date() <= now.date():
        return Refused.REVIEW_DAY
    with house.db.begin() as session:
        if session.get(Facility, facility_id) is None:
            return Refused.UNKNOWN_FACILITY
        version = next_live_version(session, facility_id)
        if standing_hold(session, facility_id) is not None:
            session.rollback()
            return Refused.HELD_ALREADY
        session.add(
            DoNotRefer(
                id=uuid.uuid4(), facility_id=facility_id, reason=reason.strip(), approver=actor_id,
                review_on=review_on.date(), at=now, since=version,
            )
        )  # fmt: skip
        audit.write(session, "facility_held_back", actor_id, now, facility_id=facility_id)
    return None


def release(house: House, facility_id: int, now: datetime, actor_id: uuid.UUID | None) -> Refused | None:
    """Refer to this facility again."""
    with house.db.begin() as session:
        version = next_live_version(session, facility_id)
        standing = standing_hold(session, facility_id)
        if standing is None:
            session.rollback()
            return Refused.NOT_HELD
        standing.until = version
        audit.write(session, "facility_released", actor_id, now, facility_id=facility_id)
    return None
