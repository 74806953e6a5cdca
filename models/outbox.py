"""The outbox: what a change asks a worker to do, committed with the change itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, String, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.database import Wake, remember_wake


class OutboxRow(Base):
    """One reminder for a worker. `args` are ids only: the row they name is the truth."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    task: Mapped[str] = mapped_column(String(80))
    queue: Mapped[str] = mapped_column(String(32))
    args: Mapped[list[Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_outbox_unpublished", "created_at", postgresql_where=text("published_at is null")),
        Index("ix_outbox_published", "published_at", postgresql_where=text("published_at is not null")),
    )


def put(session: Session, task: str, queue: str, *args: object, now: datetime) -> None:
    """Ask for `task(*args)` once this transaction is committed; at least once, so tasks claim what they do."""
    row = OutboxRow(task=task, queue=queue, args=[str(a) for a in args], created_at=now)
    session.add(row)
    remember_wake(session, lambda: Wake("outbox", str(row.id), task, queue, tuple(row.args)))


def touch(session: Session, contact_id: object) -> None:
    """Tell open pages, after the commit, that this contact looks different now."""
    remember_wake(session, lambda: Wake("live", str(contact_id)))


def claim_unpublished(session: Session, *, older_than: datetime, limit: int = 200) -> list[OutboxRow]:
    """Rows that no nudge published in time, locked against other sweepers."""
    query = (
        select(OutboxRow)
        .where(OutboxRow.published_at.is_(None), OutboxRow.created_at < older_than)
        .order_by(OutboxRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(query))


def mark_published(session: Session, ids: Sequence[int], now: datetime) -> None:
    """Record that the broker has these reminders."""
    session.execute(update(OutboxRow).where(OutboxRow.id.in_(ids)).values(published_at=now))


def delete_published(session: Session, now: datetime, keep: timedelta = timedelta(hours=1)) -> int:
    """Forget reminders that the broker has had for a while; the number forgotten."""
    result = session.execute(delete(OutboxRow).where(OutboxRow.published_at < now - keep))
    return int(getattr(result, "rowcount", 0))


def oldest_unpublished(session: Session) -> datetime | None:
    """Since when the broker has not been reachable for some reminder; None when all are out."""
    return session.scalar(select(func.min(OutboxRow.created_at)).where(OutboxRow.published_at.is_(None)))
