"""What changes a schedule of shifts, who was reminded of one, and which gaps in coverage were told."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, String, and_, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from models.base import Base, Id, words_of
from models.crypto import unreadable_shown
from models.locks import Turn, take_turn
from models.people import Counselor, Shift
from routing.vocabulary import ChangeKind, ChangeStatus, Role


class ShiftChange(Base):
    """A stretch of time off, or of a shift that somebody offers and another takes. In force it changes schedules."""

    __tablename__ = "shift_change"
    id: Mapped[Id]
    kind: Mapped[ChangeKind] = mapped_column(words_of(ChangeKind))
    status: Mapped[ChangeStatus] = mapped_column(words_of(ChangeStatus))
    counselor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("counselor.id", ondelete="CASCADE"))  # who is off then
    offered_to: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("counselor.id", ondelete="CASCADE"))  # None: anyone
    taken_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("counselor.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    made_at: Mapped[datetime]
    in_force_at: Mapped[datetime | None]
    counselor: Mapped[Counselor] = relationship(foreign_keys=counselor_id)
    taker: Mapped[Counselor | None] = relationship(foreign_keys=taken_by)
    __table_args__ = (Index(None, "ends_at"),)


class ShiftReminder(Base):
    """Somebody was told of this shift of theirs: once."""

    __tablename__ = "shift_reminder"
    counselor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("counselor.id", ondelete="CASCADE"), primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    reminded_at: Mapped[datetime]


class CoverageGap(Base):
    """A gap that supervisors were told of. `need` is a language, a skill, or "anyone"."""

    __tablename__ = "coverage_gap"
    id: Mapped[Id]
    need: Mapped[str] = mapped_column(String(64))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    told_at: Mapped[datetime]
    __table_args__ = (Index(None, "ends_at"),)


@dataclass(frozen=True)
class ShiftOfThePast:
    """A shift as it held once or holds: `since` and `until` bound the moments that count, not its days."""

    row: Shift
    role: Role
    timezone: str
    left: bool  # whether its counselor has left the line
    since: datetime | None
    until: datetime | None


def shifts_of_the_past(session: Session, since: datetime) -> list[ShiftOfThePast]:
    """Every shift that holds, or was not over before `since`: of people who left, what they had worked until then."""
    standing = and_(Shift.ended_at.is_(None), Counselor.active)
    query = (
        select(Shift, Counselor.role, Counselor.timezone, Counselor.active)
        .join(Counselor)
        .where(or_(standing, Shift.ended_at > since))
        .order_by(Shift.id)
    )
    return [
        ShiftOfThePast(row, row.role or role, row.timezone or zone, not active, row.made_at, row.ended_at)
        for row, role, zone, active in session.execute(query)
    ]


def changes_in_force(session: Session, start: datetime, end: datetime) -> Sequence[ShiftChange]:
    """What changes schedules between two times, in the order in which it was agreed on."""
    query = (
        select(ShiftChange)
        .where(ShiftChange.status == ChangeStatus.IN_FORCE, ShiftChange.starts_at < end, ShiftChange.ends_at > start)
        .order_by(ShiftChange.in_force_at, ShiftChange.id)
    )
    return session.scalars(query).all()


def changes_ahead(session: Session, now: datetime, counselor_id: uuid.UUID | None = None) -> Sequence[ShiftChange]:
    """Time off and offers that are not over, with their people, in order of time; of everybody, or of one person.

    Of one person: what is theirs, what they took, and what they may take. Words stand in place of a name that cannot
    be read.
    """
    standing = ShiftChange.status.in_([ChangeStatus.OFFERED, ChangeStatus.IN_FORCE])
    query = (
        select(ShiftChange)
        .options(joinedload(ShiftChange.counselor), joinedload(ShiftChange.taker))
        .where(standing, ShiftChange.ends_at > now)
        .order_by(ShiftChange.starts_at, ShiftChange.id)
    )
    if counselor_id is not None:
        mine = or_(ShiftChange.counselor_id == counselor_id, ShiftChange.taken_by == counselor_id)
        query = query.where(or_(mine, _may_be_taken_by(counselor_id)))
    with unreadable_shown():
        return session.scalars(query).all()


def take_offer(session: Session, change_id: uuid.UUID, counselor_id: uuid.UUID, now: datetime) -> ShiftChange | None:
    """The offered shift is theirs now; None when it is gone, over, or not for them. One of two who try gets it."""
    statement = (
        update(ShiftChange)
        .where(ShiftChange.id == change_id, ShiftChange.ends_at > now, _may_be_taken_by(counselor_id))
        .values(status=ChangeStatus.IN_FORCE, taken_by=counselor_id, in_force_at=now)
        .returning(ShiftChange)
    )
    return session.scalar(statement)


def end_change(
    session: Session,
    change_id: uuid.UUID,
    status: ChangeStatus,
    *,
    owner: uuid.UUID | None = None,
    offered_to: uuid.UUID | None = None,
) -> ShiftChange | None:
    """Withdraw time off or an open offer of `owner` (None: whoever's), or decline one to `offered_to`; None: it is not.

    A shift that was taken stays with whoever took it.
    """
    open_offer = ShiftChange.status == ChangeStatus.OFFERED
    time_off = and_(ShiftChange.kind == ChangeKind.TIME_OFF, ShiftChange.status == ChangeStatus.IN_FORCE)
    statement = update(ShiftChange).where(ShiftChange.id == change_id)
    statement = statement.where(open_offer if offered_to else or_(open_offer, time_off))
    if offered_to is not None:
        statement = statement.where(ShiftChange.offered_to == offered_to)
    if owner is not None:
        statement = statement.where(ShiftChange.counselor_id == owner)
    return session.scalar(statement.values(status=status).returning(ShiftChange))


def remind_once(session: Session, counselor_id: uuid.UUID, starts_at: datetime, now: datetime) -> bool:
    """Whether this person is still to be told of the shift; afterwards they are not."""
    row = {"counselor_id": counselor_id, "starts_at": starts_at, "reminded_at": now}
    statement = insert(ShiftReminder).values(row).on_conflict_do_nothing().returning(ShiftReminder.counselor_id)
    return session.scalar(statement) is not None


def lock_told_gaps(session: Session, since: datetime) -> Sequence[CoverageGap]:
    """Gaps that were told and end after `since`; nobody else tells any until we commit."""
    take_turn(session, Turn.GAPS)
    return session.scalars(select(CoverageGap).where(CoverageGap.ends_at > since)).all()


def forget_told(session: Session, before: datetime) -> None:
    """Reminders and told gaps of shifts that are long over."""
    session.execute(delete(ShiftReminder).where(ShiftReminder.starts_at < before))
    session.execute(delete(CoverageGap).where(CoverageGap.ends_at < before))


def _may_be_taken_by(counselor_id: uuid.UUID) -> ColumnElement[bool]:
    to_them = or_(ShiftChange.offered_to.is_(None), ShiftChange.offered_to == counselor_id)
    return and_(ShiftChange.status == ChangeStatus.OFFERED, ShiftChange.counselor_id != counselor_id, to_them)
