"""Referrals: which place a contact was sent to, what was said of it and by whom."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, String, select, text
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from models.base import Base, words_of
from models.contacts import Contact
from models.directory import Facility
from models.listed import Listed, first
from models.people import Counselor
from routing.vocabulary import DeclineReason, ReferralStatus, SaidBy


class Referral(Base):
    """One place for one contact. `outcome`: how the last call to its intake line ended, a word of the timeline.

    `code` names it to the place and tells nothing of the person. `answer_by`: until when the place owes an answer.
    """

    __tablename__ = "referral"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Contact.id, ondelete="CASCADE"))
    facility_id: Mapped[int] = mapped_column(ForeignKey(Facility.id))
    listing_id: Mapped[int] = mapped_column(BigInteger)
    counselor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))
    status: Mapped[ReferralStatus] = mapped_column(words_of(ReferralStatus))
    reason: Mapped[DeclineReason | None] = mapped_column(words_of(DeclineReason))
    said_by: Mapped[SaidBy | None] = mapped_column(words_of(SaidBy))
    outcome: Mapped[str | None] = mapped_column(String(32))
    code: Mapped[str | None] = mapped_column(String(8))  # None: from before there were codes
    after_id: Mapped[int | None] = mapped_column(ForeignKey("referral.id", ondelete="SET NULL"))  # offered in its stead
    answer_by: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    contact: Mapped[Contact] = relationship()
    __table_args__ = (
        Index("uq_referral_contact_facility", "contact_id", "facility_id", unique=True),
        Index("ix_referral_answer_by", "answer_by", postgresql_where=text("answer_by is not null")),
        Index("uq_referral_after", "after_id", unique=True, postgresql_where=text("after_id is not null")),
    )


def referrals_of(session: Session, contact_id: uuid.UUID) -> Sequence[Referral]:
    """The places that a contact was sent to, in the order in which they were tried."""
    query = select(Referral).where(Referral.contact_id == contact_id).order_by(Referral.id)
    return session.scalars(query).all()


def referred_by(session: Session, contact_id: uuid.UUID) -> uuid.UUID | None:
    """The counselor who referred this contact last; None when nobody did, as of a place that the line offered."""
    query = select(Referral.counselor_id).where(Referral.contact_id == contact_id, Referral.counselor_id.is_not(None))
    return session.scalar(query.order_by(Referral.id.desc()).limit(1))


def referral_to(session: Session, contact_id: uuid.UUID, listing_id: int) -> Referral | None:
    """The referral of a contact (locked) to the place of this listing."""
    query = select(Referral).where(Referral.contact_id == contact_id, Referral.listing_id == listing_id)
    return session.scalar(query.limit(1))


def referral_to_facility(session: Session, contact_id: uuid.UUID, facility_id: int) -> Referral | None:
    """The referral of a contact (locked) to this place, whichever of its listings it was."""
    query = select(Referral).where(Referral.contact_id == contact_id, Referral.facility_id == facility_id)
    return session.scalar(query)


def referral_after(session: Session, referral_id: int) -> Referral | None:
    """What was offered in the stead of a referral that was declined."""
    return session.scalar(select(Referral).where(Referral.after_id == referral_id))


def unanswered_since(session: Session, now: datetime, limit: int = 100) -> Sequence[Referral]:
    """Referrals whose place owes an answer for too long, locked against other sweepers."""
    query = (
        select(Referral)
        .where(Referral.answer_by <= now)
        .order_by(Referral.answer_by)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True, of=Referral)
    )
    return session.scalars(query).all()


def asked_referrals(session: Session, statuses: Sequence[ReferralStatus], limit: int = 100) -> Listed[Referral]:
    """Referrals in these states with their contacts, the oldest first."""
    query = (
        select(Referral)
        .where(Referral.status.in_(statuses))
        .order_by(Referral.updated_at)
        .options(joinedload(Referral.contact).options(joinedload(Contact.caller), joinedload(Contact.counselor)))
    )
    return first(session, query, limit)
