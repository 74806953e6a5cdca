"""Rounds of bed questions: what one registered phone was asked, by text or by call, and what is still unanswered."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, words_of
from models.staff_calls import PutToAPhone, questions_to_call
from routing.vocabulary import BedLevel


class BedRound(PutToAPhone, Base):
    """One question a level of care, one after the other, so that a digit never has two meanings."""

    __tablename__ = "bed_round"
    opened_at: Mapped[datetime]
    waiting: Mapped[list[str]] = mapped_column(JSONB)  # levels without an answer; the first one is being asked
    asking: Mapped[BedLevel] = mapped_column(words_of(BedLevel))  # the level asked last, which a digit answers
    asked_at: Mapped[datetime]
    __table_args__ = (
        Index("uq_bed_round_open", "bed_contact_id", unique=True, postgresql_where=text("closed_at is null")),
        Index(None, "bed_contact_id", "opened_at"),
    )


def close_rounds(session: Session, contact_id: uuid.UUID, now: datetime) -> None:
    """End the round of a phone that is still open, if any."""
    mine = (BedRound.bed_contact_id == contact_id) & BedRound.closed_at.is_(None)
    session.execute(update(BedRound).where(mine).values(closed_at=now))


def newest_round(session: Session, contact_id: uuid.UUID, since: datetime) -> BedRound | None:
    """The newest round of a phone that began after `since`."""
    query = select(BedRound).where(BedRound.bed_contact_id == contact_id, BedRound.opened_at > since)
    return session.scalar(query.order_by(BedRound.opened_at.desc()).limit(1))


def rounds_to_call(session: Session, asked_before: datetime, limit: int) -> Sequence[BedRound]:
    """Rounds that a text does not help, oldest first; locked."""
    return questions_to_call(session, BedRound, BedRound.asked_at, asked_before, limit)
