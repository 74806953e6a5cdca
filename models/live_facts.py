"""What people know of facilities beyond any file: fixes, beds, reports, "do not refer", calls that checked.

Rows are only added and ended, never overwritten: `since` and `until` are live versions (models.versions), so that a
past match can be made again.
"""

import uuid
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    any_,
    cast,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from models.base import Base, Id, words_of
from models.bed_contacts import BedContact
from models.contacts import Contact
from models.directory import LICENCE, Facility, Listing
from models.people import Counselor
from routing.vocabulary import BedLevel, ReportKind

Some = Collection[int] | None  # ids of facilities; None: all of them


class Standing:
    """Rows that hold from live version `since` until before `until`; None: still."""

    since: Mapped[int] = mapped_column(Integer)
    until: Mapped[int | None] = mapped_column(Integer)


class FacilityFix(Standing, Base):
    """An admin's word about one field of a facility; it wins over every file until it is taken back."""

    __tablename__ = "facility_fix"
    id: Mapped[Id]
    facility_id: Mapped[int] = mapped_column(ForeignKey(Facility.id))
    field: Mapped[str] = mapped_column(String(32))  # services.directory.fixes.FIELDS
    value: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))
    at: Mapped[datetime]
    __table_args__ = (
        Index("uq_facility_fix_standing", "facility_id", "field", unique=True, postgresql_where=text("until is null")),
    )


class DoNotRefer(Standing, Base):
    """A facility that is not listed, why, who approved it, and when it is looked at again."""

    __tablename__ = "do_not_refer"
    id: Mapped[Id]
    facility_id: Mapped[int] = mapped_column(ForeignKey(Facility.id))
    reason: Mapped[str] = mapped_column(Text)
    approver: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))
    review_on: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime]
    __table_args__ = (
        Index("uq_do_not_refer_standing", "facility_id", unique=True, postgresql_where=text("until is null")),
    )


class BedReport(Standing, Base):
    """Open beds of one level of care, as somebody said; the newest counts, for as long as it is fresh."""

    __tablename__ = "bed_report"
    id: Mapped[Id]
    facility_id: Mapped[int] = mapped_column(ForeignKey(Facility.id))
    level: Mapped[BedLevel] = mapped_column(words_of(BedLevel))
    open: Mapped[int] = mapped_column(Integer)
    total: Mapped[int | None] = mapped_column(Integer)
    how: Mapped[str] = mapped_column(String(16))  # text, call, counselor, file
    by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))
    bed_contact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(BedContact.id, ondelete="SET NULL"))
    at: Mapped[datetime]
    __table_args__ = (
        Index("uq_bed_report_newest", "facility_id", "level", unique=True, postgresql_where=text("until is null")),
    )


class BedTold(NamedTuple):
    """What the match needs of a bed report."""

    facility: int
    level: BedLevel
    open: int
    at: datetime


class FacilityReport(Standing, Base):
    """One key pressed after a contact: wrong number, full, this payer not taken, closed, declined."""

    __tablename__ = "facility_report"
    id: Mapped[Id]
    facility_id: Mapped[int] = mapped_column(ForeignKey(Facility.id))
    kind: Mapped[ReportKind] = mapped_column(words_of(ReportKind))
    payer: Mapped[str | None] = mapped_column(String(32))
    contact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Contact.id, ondelete="SET NULL"))
    by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))
    at: Mapped[datetime]
    expires_at: Mapped[datetime]
    confirmed: Mapped[bool] = mapped_column(Boolean, default=False)  # by an admin: stays until it is ended
    __table_args__ = (
        Index("ix_facility_report_standing", "facility_id", postgresql_where=text("until is null")),
        Index(None, "at"),
    )


class FacilityCheck(Base):
    """A call to a facility to see whether what we say of it is true: opened by a report or by the daily list."""

    __tablename__ = "facility_check"
    id: Mapped[Id]
    facility_id: Mapped[int] = mapped_column(ForeignKey(Facility.id))
    why: Mapped[str] = mapped_column(String(32))  # a ReportKind, or "routine"
    opened_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))
    verified: Mapped[bool | None] = mapped_column(Boolean)  # what we say is true
    __table_args__ = (
        Index("uq_facility_check_open", "facility_id", "why", unique=True, postgresql_where=text("done_at is null")),
        Index(None, "facility_id", "done_at"),
    )


def standing_fixes(session: Session, facilities: Some = None, version: int | None = None) -> Sequence[FacilityFix]:
    """The fixes that hold now, or held at a past version: of these facilities, or of all."""
    return session.scalars(select(FacilityFix).where(*_held(FacilityFix, facilities, version))).all()


def held_back(session: Session) -> Sequence[DoNotRefer]:
    """Facilities under "do not refer"."""
    return session.scalars(select(DoNotRefer).where(DoNotRefer.until.is_(None))).all()


def newest_beds(session: Session) -> Sequence[BedReport]:
    """The newest bed report of each facility and level."""
    return session.scalars(select(BedReport).where(BedReport.until.is_(None))).all()


def bed_counts(session: Session, facilities: Some, version: int | None) -> Sequence[BedTold]:
    """Facility, level, open beds and when, of the newest reports: of these facilities or of all, now or in the past."""
    told = select(BedReport.facility_id, BedReport.level, BedReport.open, BedReport.at)
    return [BedTold(*row) for row in session.execute(told.where(*_held(BedReport, facilities, version)))]


def standing_reports(session: Session, facilities: Some = None, version: int | None = None) -> Sequence[FacilityReport]:
    """Reports that were neither dismissed nor ended, expired ones included, now or at a past version."""
    query = select(FacilityReport).where(*_held(FacilityReport, facilities, version)).order_by(FacilityReport.at)
    return session.scalars(query).all()


def reports_of(session: Session, facility_id: int) -> Sequence[FacilityReport]:
    """The standing reports about one facility, newest first."""
    query = select(FacilityReport).where(FacilityReport.facility_id == facility_id, FacilityReport.until.is_(None))
    return session.scalars(query.order_by(FacilityReport.at.desc())).all()


def reports_in(session: Session, contact_id: uuid.UUID) -> Sequence[FacilityReport]:
    """What was reported in one contact and still stands."""
    query = select(FacilityReport).where(FacilityReport.contact_id == contact_id, FacilityReport.until.is_(None))
    return session.scalars(query.where(~FacilityReport.confirmed)).all()


def standing_fix(session: Session, facility_id: int, field: str) -> FacilityFix | None:
    """The fix of this field that holds now; callers count a live version first, which is their lock."""
    query = select(FacilityFix).where(FacilityFix.facility_id == facility_id, FacilityFix.field == field)
    return session.scalar(query.where(FacilityFix.until.is_(None)))


def newest_bed(session: Session, facility_id: int, level: BedLevel) -> BedReport | None:
    """The bed report that counts now; callers count a live version first, which is their lock."""
    query = select(BedReport).where(BedReport.facility_id == facility_id, BedReport.level == level)
    return session.scalar(query.where(BedReport.until.is_(None)))


def standing_hold(session: Session, facility_id: int) -> DoNotRefer | None:
    """The "do not refer" that holds now; callers count a live version first, which is their lock."""
    return session.scalar(select(DoNotRefer).where(DoNotRefer.facility_id == facility_id, DoNotRefer.until.is_(None)))


def open_checks(session: Session) -> Sequence[FacilityCheck]:
    """Checks that nobody has made yet, oldest first."""
    return session.scalars(
        select(FacilityCheck).where(FacilityCheck.done_at.is_(None)).order_by(FacilityCheck.opened_at)
    ).all()


def last_verified(session: Session, facility_ids: Sequence[int]) -> dict[int, datetime]:
    """When a person last found these facilities to be as we say, for those that ever were."""
    return _last_done(session, facility_ids, FacilityCheck.verified.is_(True))


def last_checked(session: Session, facility_ids: Sequence[int]) -> dict[int, datetime]:
    """When a person last called these facilities, whatever they found, for those that were ever called."""
    return _last_done(session, facility_ids, FacilityCheck.done_at.is_not(None))


def longest_unchecked(session: Session, before: datetime, limit: int, without: Collection[int]) -> Sequence[int]:
    """Listed facilities that nobody called since `before`, those first that were never called."""
    last = func.max(FacilityCheck.done_at)
    query = select(Listing.facility_id).where(Listing.kind != LICENCE, Listing.facility_id.not_in(without))
    query = query.outerjoin(FacilityCheck, FacilityCheck.facility_id == Listing.facility_id)
    query = query.group_by(Listing.facility_id).having(or_(last.is_(None), last < before))
    return session.scalars(query.order_by(last.asc().nulls_first(), Listing.facility_id).limit(limit)).all()


def _last_done(session: Session, facility_ids: Sequence[int], which: ColumnElement[bool]) -> dict[int, datetime]:
    query = select(FacilityCheck.facility_id, func.max(FacilityCheck.done_at)).group_by(FacilityCheck.facility_id)
    rows = session.execute(query.where(FacilityCheck.facility_id.in_(facility_ids), which))
    return {facility: at for facility, at in rows if at is not None}


def about(place: InstrumentedAttribute[int], facilities: Some) -> Iterator[ColumnElement[bool]]:
    """That `place` is one of these facilities; nothing when all are meant."""
    if facilities is not None:
        yield place == any_(cast(list(facilities), ARRAY(BigInteger)))


def stands(table: type[Standing], version: int | None) -> ColumnElement[bool]:
    """That a row holds now, or held at a past live version."""
    if version is None:
        return table.until.is_(None)
    return (table.since <= version) & or_(table.until.is_(None), table.until > version)


def _held(
    table: type[FacilityFix | BedReport | FacilityReport], facilities: Some, version: int | None
) -> Iterator[ColumnElement[bool]]:
    yield from about(table.facility_id, facilities)
    yield stands(table, version)
