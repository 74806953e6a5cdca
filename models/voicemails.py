"""What somebody left after the tone: a work item with an owner and a deadline."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Integer, String, or_, select, update
from sqlalchemy.orm import Mapped, Session, deferred, joinedload, mapped_column, relationship

from models.base import Base, Id
from models.contacts import Contact, queue_place
from models.crypto import EncryptedBytes, EncryptedText
from models.listed import Listed, first

FETCHED_WITHIN = timedelta(days=1)  # as a rule; later ones count as lost, until they come after all
TRIED_FOR = timedelta(days=30)  # what the provider has lost is not asked for without an end


class Voicemail(Base):
    """A message; the sound is ours alone once it is fetched (`audio`) and removed at the provider (`removed_at`)."""

    __tablename__ = "voicemail"
    id: Mapped[Id]
    contact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"))
    recording_sid: Mapped[str] = mapped_column(String(64), unique=True)
    seconds: Mapped[int] = mapped_column(Integer, default=0)
    transcript: Mapped[str | None] = mapped_column(EncryptedText)
    transcription_sid: Mapped[str | None] = mapped_column(String(64))  # while the provider still has the words
    received_at: Mapped[datetime]
    deadline_at: Mapped[datetime]
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("counselor.id", ondelete="SET NULL"))
    heard_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(32))
    audio: Mapped[bytes | None] = deferred(mapped_column(EncryptedBytes))
    removed_at: Mapped[datetime | None]
    late_told_at: Mapped[datetime | None]
    contact: Mapped[Contact] = relationship()


def voicemails_of(session: Session, contact_id: uuid.UUID) -> Sequence[Voicemail]:
    """What was left after the tone in this contact."""
    query = select(Voicemail).where(Voicemail.contact_id == contact_id).order_by(Voicemail.received_at)
    return session.scalars(query).all()


def by_recording(session: Session, recording_sid: str) -> Voicemail | None:
    """The voicemail with the provider's id of its recording."""
    return session.scalar(select(Voicemail).where(Voicemail.recording_sid == recording_sid))


def open_voicemails(session: Session, limit: int = 100) -> Listed[Voicemail]:
    """Voicemails that nobody has finished with: danger first, then the nearest deadline."""
    people = joinedload(Voicemail.contact).options(joinedload(Contact.caller), joinedload(Contact.counselor))
    query = (
        select(Voicemail)
        .options(people)
        .where(Voicemail.done_at.is_(None))
        .join(Voicemail.contact)
        .order_by(queue_place, Voicemail.deadline_at)
    )
    return first(session, query, limit)


def at_the_provider(session: Session, now: datetime, limit: int = 20) -> Sequence[uuid.UUID]:
    """Voicemails of which the provider has a copy. The newest first: old ones it never gives keep none waiting."""
    query = (
        select(Voicemail.id)
        .where(or_(Voicemail.removed_at.is_(None), Voicemail.transcription_sid.is_not(None)))
        .where(Voicemail.received_at > now - TRIED_FOR)
        .order_by(Voicemail.received_at.desc())
        .limit(limit)
    )
    return session.scalars(query).all()


def newly_late(session: Session, now: datetime) -> Sequence[uuid.UUID]:
    """Contacts of voicemails past their deadline of which nobody was told yet; from now on they count as told.

    Neither sound nor words are read: one that cannot be keeps no other from being told of.
    """
    statement = (
        update(Voicemail)
        .where(Voicemail.done_at.is_(None), Voicemail.deadline_at < now, Voicemail.late_told_at.is_(None))
        .values(late_told_at=now)
        .returning(Voicemail.contact_id)
    )
    return session.scalars(statement, execution_options={"synchronize_session": False}).all()
