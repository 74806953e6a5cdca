"""Legal holds: what must not go, whatever its period says."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from models.base import Base, Id
from models.contacts import Contact
from models.crypto import EncryptedText
from models.people import Caller, Counselor


class LegalHold(Base):
    """Nothing of this person, or of one contact of theirs, goes until the hold ends. Rows are kept."""

    __tablename__ = "legal_hold"
    id: Mapped[Id]
    caller_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Caller.id))
    contact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Contact.id))  # None: all of the person
    reason: Mapped[str] = mapped_column(EncryptedText)
    placed_at: Mapped[datetime]
    placed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))
    ended_at: Mapped[datetime | None]
    placer: Mapped[Counselor | None] = relationship(foreign_keys=[placed_by])
    __table_args__ = (Index(None, "caller_id"),)


def holds_of(session: Session, caller_id: uuid.UUID) -> Sequence[LegalHold]:
    """A person's holds, the newest first, also those that ended."""
    query = select(LegalHold).options(joinedload(LegalHold.placer)).where(LegalHold.caller_id == caller_id)
    return session.scalars(query.order_by(LegalHold.placed_at.desc())).all()


def holds_now(session: Session) -> Sequence[LegalHold]:
    """Every hold that stands, the newest first."""
    query = select(LegalHold).options(joinedload(LegalHold.placer)).where(LegalHold.ended_at.is_(None))
    return session.scalars(query.order_by(LegalHold.placed_at.desc())).all()


def is_held(session: Session, caller_id: uuid.UUID) -> bool:
    """Whether something of this person is held."""
    query = select(LegalHold.id).where(LegalHold.caller_id == caller_id, LegalHold.ended_at.is_(None)).limit(1)
    return session.scalar(query) is not None
