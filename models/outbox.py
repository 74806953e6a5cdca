"""The outbox: what a change asks a worker to do, committed with the change itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, Integer, String, delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.database import Wake, remember_wake

FAILURE_LIMIT = 5  # then a reminder is given up and shown to people
SLOWEST_RETRY = timedelta(minutes=2)


class OutboxRow(Base):
    """One reminder for a worker. `args` are ids only: the row they name is the truth.

    A given-up reminder stays unpublished until somebody decides what becomes of it.
    """

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    task: Mapped[str] = mapped_column(String(80))
    queue: Mapped[str] = mapped_column(String(32))
    args: Mapped[list[Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    error: Mapped[str | None] = mapped_column(String(64))  # the kind of the last failure, never its words
    again_at: Mapped[datetime | None]  # not to be published before
    given_up_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_outbox_unpublished", "created_at", postgresql_where=text("published_at is null")),
        Index("ix_outbox_published", "published_at", postgresql_where=text("published_at is not null")),
        Index("ix_outbox_given_up", "given_up_at", postgresql_where=text("given_up_at is not null")),
    )


def put(session: Session, task: str, queue: str, *args: object, now: datetime) -> None:
    """Ask for `task(*args)` once this transaction is committed; at least once, so tasks claim what they do."""
    row = OutboxRow(task=task, queue=queue, args=[str(a) for a in args], created_at=now)
    session.add(row)
    remember_wake(session, lambda: Wake("outbox", str(row.id), task, queue, tuple(row.args)))


def touch(session: Session, changed_id: object) -> None:
    """Tell open pages, after the commit, that this contact, or what concerns this counselor, looks different now."""
    remember_wake(session, lambda: Wake("live", str(changed_id)))


def claim_unpublished(session: Session, *, older_than: datetime, limit: int = 200) -> list[OutboxRow]:
    """Rows that no nudge published in time, locked against other sweepers."""
    query = (
        select(OutboxRow)
        .where(OutboxRow.published_at.is_(None), OutboxRow.created_at < older_than, OutboxRow.given_up_at.is_(None))
        .where(or_(OutboxRow.again_at.is_(None), OutboxRow.again_at < older_than))
        .order_by(OutboxRow.id)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
    )
    return list(session.scalars(query))


def mark_published(session: Session, ids: Sequence[int], now: datetime) -> None:
    """Record that the broker has these reminders."""
    session.execute(update(OutboxRow).where(OutboxRow.id.in_(ids)).values(published_at=now))


def note_failure(session: Session, row_id: int, error: str, now: datetime) -> bool | None:
    """A reminder could not be published, or its task failed: again after a pause, or given up; whether it was.

    None: there is no such reminder any more, or it was given up before.
    """
    row = session.get(OutboxRow, row_id, with_for_update={"key_share": True}, populate_existing=True)
    if row is None or row.given_up_at is not None:
        return None
    row.failures += 1
    row.error = error[:64]
    row.published_at = None
    row.again_at = now + min(timedelta(seconds=5 * 2**row.failures), SLOWEST_RETRY)
    row.given_up_at = now if row.failures >= FAILURE_LIMIT else None
    return row.given_up_at is not None


def note_lost(session: Session, row_id: int, error: str, now: datetime) -> bool | None:
    """A task of this reminder ended with its process, and its message is here again: counted, perhaps given up.

    Whether it was given up by this; None when there is no such reminder any more.
    """
    row = session.get(OutboxRow, row_id, with_for_update={"key_share": True}, populate_existing=True)
    if row is None:
        return None
    if row.given_up_at is None:
        row.failures += 1
        row.error = error[:64]
        if row.failures >= FAILURE_LIMIT:
            row.given_up_at, row.published_at = now, None
    return row.given_up_at is not None


def put_again(session: Session, row: OutboxRow, now: datetime) -> None:
    """Ask anew for what was given up (locked)."""
    row.failures, row.error, row.again_at, row.given_up_at, row.published_at = 0, None, None, None, None
    row.created_at = now
    wake = Wake("outbox", str(row.id), row.task, row.queue, tuple(row.args))
    remember_wake(session, lambda: wake)


def delete_published(session: Session, now: datetime, keep: timedelta = timedelta(hours=1)) -> int:
    """Forget reminders that the broker has had for a while; the number forgotten."""
    result = session.execute(delete(OutboxRow).where(OutboxRow.published_at < now - keep))
    return int(getattr(result, "rowcount", 0))


def oldest_unpublished(session: Session) -> datetime | None:
    """Since when the broker has not been reachable for some reminder; None when all are out."""
    waiting = (OutboxRow.published_at.is_(None), OutboxRow.given_up_at.is_(None))
    return session.scalar(select(func.min(OutboxRow.created_at)).where(*waiting))
