"""The ledger of what a person allowed and forbade, as it was said: rows are only ever added."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, words_of


class ConsentKind(StrEnum):
    """What changed."""

    TEXTS_STOPPED = "texts_stopped"
    TEXTS_STARTED = "texts_started"
    TEXTS_SUSPENDED = "texts_suspended"  # "he reads my phone"
    TEXTING_OK = "texting_ok"
    TEXTING_NOT_OK = "texting_not_ok"
    FOLLOW_UP_TEXTS_OK = "follow_up_texts_ok"
    FOLLOW_UP_TEXTS_NOT_OK = "follow_up_texts_not_ok"
    CALLING_OK = "calling_ok"
    CALLING_NOT_OK = "calling_not_ok"
    VOICEMAIL_OK = "voicemail_ok"
    VOICEMAIL_NOT_OK = "voicemail_not_ok"
    SAFE_HOURS = "safe_hours"
    NEUTRAL_NAME = "neutral_name"
    RELAY = "relay"  # by TTY or through a relay operator, or no longer


class ConsentHow(StrEnum):
    """How we know."""

    KEYWORD = "keyword"  # STOP or START as a whole message
    OWN_WORDS = "own_words"  # a text in the person's own wording
    PROVIDER = "provider"  # the network blocked us (21610)
    COUNSELOR = "counselor"  # told to a counselor


class ConsentEvent(Base):
    """One thing that a person said about being reached, with its evidence. No words and no number of theirs."""

    __tablename__ = "consent_event"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    caller_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("caller.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    kind: Mapped[ConsentKind] = mapped_column(words_of(ConsentKind))
    how: Mapped[ConsentHow] = mapped_column(words_of(ConsentHow))
    text_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("text_message.id", ondelete="SET NULL"))
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("counselor.id", ondelete="SET NULL"))
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    __table_args__ = (Index(None, "caller_id", "id"),)


def consents_of(session: Session, caller_id: uuid.UUID) -> Sequence[ConsentEvent]:
    """A person's ledger in order."""
    return session.scalars(
        select(ConsentEvent).where(ConsentEvent.caller_id == caller_id).order_by(ConsentEvent.id)
    ).all()
