"""Rounds of bed questions: what one registered phone was asked, by text or by call, and what is still unanswered."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, or_, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base, Id, words_of
from models.bed_contacts import BedContact
from models.texts import TextMessage
from routing.vocabulary import BedLevel, LegStatus, TextStatus


class BedRound(Base):
    """One question a level of care, one after the other, so that a digit never has two meanings."""

    __tablename__ = "bed_round"
    id: Mapped[Id]
    bed_contact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(BedContact.id, ondelete="CASCADE"))
    opened_at: Mapped[datetime]
    waiting: Mapped[list[str]] = mapped_column(JSONB)  # levels without an answer; the first one is being asked
    asking: Mapped[BedLevel] = mapped_column(words_of(BedLevel))  # the level asked last, which a digit answers
    asked_at: Mapped[datetime]
    text_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(TextMessage.id, ondelete="SET NULL"))
    explained: Mapped[bool] = mapped_column(Boolean, default=False)  # a wrong answer was answered once
    closed_at: Mapped[datetime | None]
    call_status: Mapped[LegStatus | None] = mapped_column(words_of(LegStatus))  # of the call that asks; None: no call
    call_sid: Mapped[str | None] = mapped_column(String(64))
    call_at: Mapped[datetime | None]  # planned, then placed
    contact: Mapped[BedContact] = relationship()
    __table_args__ = (
        Index("uq_bed_round_open", "bed_contact_id", unique=True, postgresql_where=text("closed_at is null")),
        Index(None, "bed_contact_id", "opened_at"),
    )


NOT_READ = (TextStatus.FAILED, TextStatus.UNDELIVERED, TextStatus.SUPPRESSED)


def close_rounds(session: Session, contact_id: uuid.UUID, now: datetime) -> None:
    """End the round of a phone that is still open, if any."""
    mine = (BedRound.bed_contact_id == contact_id) & BedRound.closed_at.is_(None)
    session.execute(update(BedRound).where(mine).values(closed_at=now))


def newest_round(session: Session, contact_id: uuid.UUID, since: datetime) -> BedRound | None:
    """The newest round of a phone that began after `since`."""
    query = select(BedRound).where(BedRound.bed_contact_id == contact_id, BedRound.opened_at > since)
    return session.scalar(query.order_by(BedRound.opened_at.desc()).limit(1))


def lock_round(session: Session, round_id: uuid.UUID) -> BedRound | None:
    """A round, locked until this transaction ends."""
    return session.get(BedRound, round_id, with_for_update={"of": BedRound, "key_share": True}, populate_existing=True)


def rounds_to_call(session: Session, asked_before: datetime, limit: int) -> Sequence[BedRound]:
    """Open rounds without a call whose phone reads no texts, did not get ours, or has not answered since then."""
    late = or_(BedContact.voice_only, BedRound.asked_at <= asked_before, TextMessage.status.in_(NOT_READ))
    query = (
        select(BedRound)
        .join(BedRound.contact)
        .outerjoin(TextMessage, TextMessage.id == BedRound.text_id)
        .where(BedRound.closed_at.is_(None), BedRound.call_status.is_(None), late)
        .where(BedContact.active, BedContact.stopped_at.is_(None))
        .order_by(BedRound.asked_at)
        .limit(limit)
        .with_for_update(key_share=True, of=BedRound, skip_locked=True)
    )
    return session.scalars(query).all()


def planned_calls(session: Session, planned_before: datetime, limit: int) -> Sequence[BedRound]:
    """Calls that were planned so long ago that their reminder must have been lost."""
    query = select(BedRound).where(BedRound.closed_at.is_(None), BedRound.call_status == LegStatus.PLANNED)
    late = query.where(BedRound.call_at < planned_before).limit(limit)
    return session.scalars(late.with_for_update(key_share=True, of=BedRound, skip_locked=True)).all()


def claim_call(session: Session, round_id: uuid.UUID, now: datetime) -> BedRound | None:
    """Take a planned call for dialling; None when somebody else has it or it is not wanted any more."""
    statement = (
        update(BedRound)
        .where(BedRound.id == round_id, BedRound.call_status == LegStatus.PLANNED, BedRound.closed_at.is_(None))
        .values(call_status=LegStatus.PLACING, call_at=now)
        .returning(BedRound)
    )
    return session.scalar(statement)
