"""Referrals: which place a contact was sent to, and what came of it."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, words_of
from models.contacts import Contact
from models.directory import Facility
from models.people import Counselor
from routing.vocabulary import ReferralStatus


class Referral(Base):
    """One place for one contact. `outcome`: how the last call to its intake line ended, a word of the timeline."""

    __tablename__ = "referral"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Contact.id, ondelete="CASCADE"))
    facility_id: Mapped[int] = mapped_column(ForeignKey(Facility.id))
    listing_id: Mapped[int] = mapped_column(BigInteger)
    counselor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))
    status: Mapped[ReferralStatus] = mapped_column(words_of(ReferralStatus))
    outcome: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    __table_args__ = (Index("uq_referral_contact_facility", "contact_id", "facility_id", unique=True),)


def referrals_of(session: Session, contact_id: uuid.UUID) -> Sequence[Referral]:
    """The places that a contact was sent to, in the order in which they were tried."""
    query = select(Referral).where(Referral.contact_id == contact_id).order_by(Referral.id)
    return session.scalars(query).all()


def referral_to(session: Session, contact_id: uuid.UUID, listing_id: int) -> Referral | None:
    """The referral of a contact (locked) to the place of this listing."""
    query = select(Referral).where(Referral.contact_id == contact_id, Referral.listing_id == listing_id)
    return session.scalar(query.limit(1))
