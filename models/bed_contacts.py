"""Phones of facility staff that may answer for beds: whose, for which levels of care, asked at which hours."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, LargeBinary, String, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Id, words_of
from models.crypto import EncryptedText, lookup_hash
from models.directory import Facility
from routing.vocabulary import Language


class BedContact(Base):
    """A registered phone of a facility. One phone answers for one facility."""

    __tablename__ = "bed_contact"
    id: Mapped[Id]
    facility_id: Mapped[int] = mapped_column(ForeignKey(Facility.id))
    number: Mapped[str] = mapped_column(EncryptedText)
    number_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    levels: Mapped[list[str]] = mapped_column(JSONB)  # BedLevel words, in the order in which they are asked
    ask_hours: Mapped[list[int]] = mapped_column(JSONB)  # local hours of the day; none: never asked, may answer
    timezone: Mapped[str] = mapped_column(String(64))  # of the facility's ZIP code
    language: Mapped[Language] = mapped_column(words_of(Language))
    voice_only: Mapped[bool] = mapped_column(Boolean)  # cannot read texts: asked by call
    active: Mapped[bool] = mapped_column(Boolean)
    stopped_at: Mapped[datetime | None]  # STOP, until START: neither texts nor calls
    registered_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]  # when the newest round of questions began
    __table_args__ = (Index(None, "facility_id"),)


def bed_contact_with(session: Session, number: str) -> BedContact | None:
    """Whoever is or was registered with this phone, locked so that two quick texts take turns."""
    query = select(BedContact).where(BedContact.number_hash == lookup_hash(number))
    return session.scalar(query.with_for_update(key_share=True))


def bed_contacts_of(session: Session, facility_id: int) -> Sequence[BedContact]:
    """The phones registered for a facility, oldest first."""
    query = select(BedContact).where(BedContact.facility_id == facility_id, BedContact.active)
    return session.scalars(query.order_by(BedContact.registered_at)).all()


def lock_bed_contact(session: Session, contact_id: uuid.UUID, *, wait: bool = True) -> BedContact | None:
    """One registered phone, locked; None when there is none or (without `wait`) another sweeper has it."""
    query = select(BedContact).where(BedContact.id == contact_id).with_for_update(key_share=True, skip_locked=not wait)
    return session.scalar(query.execution_options(populate_existing=True))


def askable(session: Session) -> Sequence[tuple[uuid.UUID, list[int], str, datetime | None]]:
    """Id, hours, zone and last round of every phone that may be asked."""
    query = select(BedContact.id, BedContact.ask_hours, BedContact.timezone, BedContact.asked_at)
    may = query.where(BedContact.active, BedContact.stopped_at.is_(None))
    return [(row.id, row.ask_hours, row.timezone, row.asked_at) for row in session.execute(may)]
