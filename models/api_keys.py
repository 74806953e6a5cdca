"""Keys of the directory's read-only API: only their digests are kept."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Id


class ApiKey(Base):
    """A reader of the API. The key itself is random and long, so that a plain SHA-256 of it cannot be guessed back."""

    __tablename__ = "api_key"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(64))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    added_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    __table_args__ = (Index("uq_api_key_standing", "name", unique=True, postgresql_where=text("revoked_at is null")),)


def standing_key(session: Session, name: str) -> ApiKey | None:
    """The key of this name that was not revoked."""
    return session.scalar(select(ApiKey).where(ApiKey.name == name, ApiKey.revoked_at.is_(None)))


def key_by_digest(session: Session, digest: bytes) -> ApiKey | None:
    """Whose key this is, while it was not revoked."""
    return session.scalar(select(ApiKey).where(ApiKey.digest == digest, ApiKey.revoked_at.is_(None)))


def all_keys(session: Session) -> Sequence[ApiKey]:
    """Every key ever given out, oldest first."""
    return session.scalars(select(ApiKey).order_by(ApiKey.added_at)).all()
