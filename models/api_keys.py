"""Keys of the directory's read-only API: only their digests are kept."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, LargeBinary, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Id
from models.people import Counselor

USE_IS_NOTED_EVERY = timedelta(minutes=1)  # a reader that asks often costs no write with each question


class ApiKey(Base):
    """A reader of the API. The key itself is random and long, so that a plain SHA-256 of it cannot be guessed back."""

    __tablename__ = "api_key"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(64))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    added_at: Mapped[datetime]
    added_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    __table_args__ = (Index("uq_api_key_standing", "name", unique=True, postgresql_where=text("revoked_at is null")),)


def standing_key(session: Session, name: str) -> ApiKey | None:
    """The key of this name that was not revoked."""
    return session.scalar(select(ApiKey).where(ApiKey.name == name, ApiKey.revoked_at.is_(None)))


def use_key(session: Session, digest: bytes, now: datetime) -> ApiKey | None:
    """Whose key this is, while it was not revoked; that it is in use is noted."""
    found = session.scalar(select(ApiKey).where(ApiKey.digest == digest, ApiKey.revoked_at.is_(None)))
    if found is not None and (found.last_used_at is None or found.last_used_at < now - USE_IS_NOTED_EVERY):
        found.last_used_at = now
    return found


def all_keys(session: Session) -> Sequence[ApiKey]:
    """Every key ever given out, those that stand first, newest first."""
    return session.scalars(
        select(ApiKey).order_by(ApiKey.revoked_at.desc().nulls_first(), ApiKey.added_at.desc())
    ).all()
