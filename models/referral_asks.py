"""How a place was asked about a referral: a question to a registered phone, by text or call, and links that expire."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, LargeBinary, or_, select, text, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from models.base import Base, Id
from models.referrals import Referral
from models.staff_calls import PutToAPhone, questions_to_call
from models.texts import suppress_queued


class ReferralAsk(PutToAPhone, Base):
    """One question to one registered phone. A phone is asked one after the other: a digit never has two meanings."""

    __tablename__ = "referral_ask"
    referral_id: Mapped[int] = mapped_column(ForeignKey(Referral.id, ondelete="CASCADE"))
    created_at: Mapped[datetime]
    # when the question leaves, at night the next morning; None: waits until the phone has answered another
    asked_at: Mapped[datetime | None]
    wants_reason: Mapped[bool] = mapped_column(Boolean, default=False)  # the next digit says why they cannot
    referral: Mapped[Referral] = relationship()
    __table_args__ = (
        Index(
            "uq_referral_ask_open",
            "bed_contact_id",
            unique=True,
            postgresql_where=text("closed_at is null and asked_at is not null"),
        ),
        Index(None, "bed_contact_id", "asked_at"),
        Index(None, "referral_id"),
    )


class ReferralLink(Base):
    """A page for one place about one referral. Only the hash of its random token is kept."""

    __tablename__ = "referral_link"
    id: Mapped[Id]
    referral_id: Mapped[int] = mapped_column(ForeignKey(Referral.id, ondelete="CASCADE"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    referral: Mapped[Referral] = relationship()
    __table_args__ = (Index(None, "referral_id"),)


def asks_of(session: Session, referral_id: int) -> Sequence[ReferralAsk]:
    """The questions about a referral, oldest first."""
    query = select(ReferralAsk).where(ReferralAsk.referral_id == referral_id).order_by(ReferralAsk.created_at)
    return session.scalars(query).all()


def newest_ask(session: Session, bed_contact_id: uuid.UUID, since: datetime, now: datetime) -> ReferralAsk | None:
    """What a phone was asked last, after `since`; what leaves in the morning only was not asked yet."""
    mine = (ReferralAsk.bed_contact_id == bed_contact_id, ReferralAsk.asked_at > since, ReferralAsk.asked_at <= now)
    return session.scalar(select(ReferralAsk).where(*mine).order_by(ReferralAsk.asked_at.desc()).limit(1))


def is_being_asked(session: Session, bed_contact_id: uuid.UUID, closed_after: datetime) -> bool:
    """Whether a phone owes an answer about a referral, or the reason of a no that it said after `closed_after`."""
    owes_reason = ReferralAsk.wants_reason & (ReferralAsk.closed_at > closed_after)
    query = select(ReferralAsk.id).where(
        ReferralAsk.bed_contact_id == bed_contact_id,
        ReferralAsk.asked_at.is_not(None),
        or_(ReferralAsk.closed_at.is_(None), owes_reason),
    )
    return session.scalar(query.limit(1)) is not None


def asks_in_line(session: Session, limit: int) -> Sequence[tuple[uuid.UUID, uuid.UUID]]:
    """Questions that no phone was asked yet, and their phones, oldest first."""
    query = select(ReferralAsk.id, ReferralAsk.bed_contact_id).where(
        ReferralAsk.asked_at.is_(None), ReferralAsk.closed_at.is_(None)
    )
    rows = session.execute(query.order_by(ReferralAsk.created_at).limit(limit))
    return [(row.id, row.bed_contact_id) for row in rows]


def close_asks(session: Session, referral_id: int, now: datetime) -> None:
    """Nothing more is waited for from anybody who was asked about this referral; what has not left does not leave."""
    mine = (ReferralAsk.referral_id == referral_id) & ReferralAsk.closed_at.is_(None)
    session.execute(update(ReferralAsk).where(mine).values(closed_at=now))
    suppress_queued(session, select(ReferralAsk.text_id).where(ReferralAsk.referral_id == referral_id))


def close_old_asks(session: Session, asked_before: datetime, now: datetime) -> None:
    """A question that nobody answered for so long gives way to the next one."""
    old = ReferralAsk.closed_at.is_(None) & (ReferralAsk.asked_at < asked_before)
    session.execute(update(ReferralAsk).where(old).values(closed_at=now))


def asks_to_call(session: Session, asked_before: datetime, limit: int) -> Sequence[ReferralAsk]:
    """Questions that a text does not help, oldest first; locked."""
    return questions_to_call(session, ReferralAsk, ReferralAsk.asked_at, asked_before, limit)


def link_with(session: Session, token_hash: bytes) -> ReferralLink | None:
    """The link whose token has this hash, with its referral."""
    query = select(ReferralLink).where(ReferralLink.token_hash == token_hash)
    return session.scalar(query.options(joinedload(ReferralLink.referral)))
