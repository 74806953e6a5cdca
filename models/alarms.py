"""Alarms that leave the house: one row for what is the same trouble, and which ways it has gone."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Id


class Alarm(Base):
    """One trouble in one quarter of an hour. `subject` is an opaque id, or empty for the line as a whole."""

    __tablename__ = "alarm"
    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(64))
    window: Mapped[int] = mapped_column(BigInteger)
    count: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime]
    due_at: Mapped[datetime | None]  # None: it has left by every way, was given up, or is for the board alone
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    mailed_at: Mapped[datetime | None]
    posted_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]  # None: nobody said so, or it happened again since
    seen_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("counselor.id", ondelete="SET NULL"))
    __table_args__ = (
        UniqueConstraint("kind", "subject", "window"),
        Index("ix_alarm_due", "due_at", postgresql_where=text("due_at is not null")),
    )


def add_alarm(
    session: Session, kind: str, subject: str, count: int, now: datetime, same: timedelta, *, leaves: bool = True
) -> uuid.UUID | None:
    """Write an alarm down; None when the same was raised in this window of time before, which is only counted.

    `leaves`: by mail and webhook; else it stands on the board alone.
    """
    row = insert(Alarm).values(
        id=uuid.uuid4(),
        kind=kind,
        subject=subject,
        window=int(now.timestamp() // same.total_seconds()),
        count=count,
        at=now,
        due_at=now if leaves else None,
        attempts=0,
    )
    counted = row.on_conflict_do_update(
        index_elements=[Alarm.kind, Alarm.subject, Alarm.window],
        set_={"count": Alarm.count + row.excluded.count, "seen_at": None, "seen_by": None},
    )
    found = session.execute(counted.returning(Alarm.id, Alarm.count.label("so_far"))).one()
    return found.id if found.so_far == count else None


def was_raised(session: Session, kind: str, since: datetime, subject: str | None = None) -> bool:
    """Whether an alarm of this kind (about this subject, if given) was raised since then."""
    query = select(Alarm.id).where(Alarm.kind == kind, Alarm.at > since)
    if subject is not None:
        query = query.where(Alarm.subject == subject)
    return session.scalar(query.limit(1)) is not None


def claim_alarm(session: Session, alarm_id: uuid.UUID, now: datetime) -> Alarm | None:
    """An alarm that is due, locked; None when somebody else sends it, or it has left."""
    query = (
        select(Alarm).where(Alarm.id == alarm_id, Alarm.due_at <= now).with_for_update(key_share=True, skip_locked=True)
    )
    return session.scalar(query)


def due_alarms(session: Session, before: datetime) -> Sequence[uuid.UUID]:
    """Alarms that should have left before then."""
    return session.scalars(select(Alarm.id).where(Alarm.due_at < before).order_by(Alarm.due_at).limit(50)).all()


def alarms_since(session: Session, since: datetime, limit: int = 200) -> Sequence[Alarm]:
    """Alarms raised since then, newest first."""
    return session.scalars(select(Alarm).where(Alarm.at >= since).order_by(Alarm.at.desc()).limit(limit)).all()


def unseen(session: Session, kind: str, since: datetime) -> Sequence[Alarm]:
    """Alarms of a kind raised since then that nobody has seen, newest first."""
    query = select(Alarm).where(Alarm.kind == kind, Alarm.at >= since, Alarm.seen_at.is_(None))
    return session.scalars(query.order_by(Alarm.at.desc())).all()


def see_all(session: Session, kind: str, subject: str, by: uuid.UUID | None, now: datetime) -> None:
    """All alarms of this trouble are seen."""
    same = (Alarm.kind == kind, Alarm.subject == subject, Alarm.seen_at.is_(None))
    session.execute(update(Alarm).where(*same).values(seen_at=now, seen_by=by))


def lock_unseen(session: Session, alarm_id: uuid.UUID, since: datetime) -> Sequence[Alarm]:
    """The rows of this alarm's trouble raised since then that nobody has seen, locked, newest first."""
    named = select(Alarm.kind, Alarm.subject).where(Alarm.id == alarm_id).subquery()
    query = (
        select(Alarm)
        .join(named, (Alarm.kind == named.c.kind) & (Alarm.subject == named.c.subject))
        .where(Alarm.at >= since, Alarm.seen_at.is_(None))
        .order_by(Alarm.at.desc())
        .with_for_update(of=Alarm, key_share=True)
    )
    return session.scalars(query).all()
