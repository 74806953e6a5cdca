"""How a place was asked about a referral: a question to a registered phone, by text or call, and links that expire."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, LargeBinary, String, or_, select, text, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from models.base import Base, Id, words_of
from models.bed_contacts import BedContact
from models.bed_rounds import NOT_READ
from models.referrals import Referral
from models.texts import TextMessage
from routing.vocabulary import LegStatus


class ReferralAsk(Base):
    """One question to one registered phone. A phone is asked one after the other: a digit never has two meanings."""

    __tablename__ = "referral_ask"
    id: Mapped[Id]
    referral_id: Mapped[int] = mapped_column(ForeignKey(Referral.id, ondelete="CASCADE"))
    bed_contact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(BedContact.id, ondelete="CASCADE"))
    created_at: Mapped[datetime]
    # when the question leaves, at night the next morning; None: waits until the phone has answered another
    asked_at: Mapped[datetime | None]
    text_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(TextMessage.id, ondelete="SET NULL"))
    wants_reason: Mapped[bool] = mapped_column(Boolean, default=False)  # the next digit says why they cannot
    explained: Mapped[bool] = mapped_column(Boolean, default=False)  # a wrong answer was answered once
    closed_at: Mapped[datetime | None]  # nothing more is waited for; a later digit still corrects
    call_status: Mapped[LegStatus | None] = mapped_column(words_of(LegStatus))  # of the call that asks; None: no call
    call_sid: Mapped[str | None] = mapped_column(String(64))
    call_at: Mapped[datetime | None]  # planned, then placed
    referral: Mapped[Referral] = relationship()
    phone: Mapped[BedContact] = relationship()
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


def lock_ask(session: Session, ask_id: uuid.UUID) -> ReferralAsk | None:
    """A question, locked until this transaction ends."""
    return session.get(
        ReferralAsk, ask_id, with_for_update={"of": ReferralAsk, "key_share": True}, populate_existing=True
    )


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
    """Nothing more is waited for from anybody who was asked about this referral."""
    mine = (ReferralAsk.referral_id == referral_id) & ReferralAsk.closed_at.is_(None)
    session.execute(update(ReferralAsk).where(mine).values(closed_at=now))


def close_old_asks(session: Session, asked_before: datetime, now: datetime) -> None:
    """A question that nobody answered for so long gives way to the next one."""
    old = ReferralAsk.closed_at.is_(None) & (ReferralAsk.asked_at < asked_before)
    session.execute(update(ReferralAsk).where(old).values(closed_at=now))


def asks_to_call(session: Session, asked_before: datetime, limit: int) -> Sequence[ReferralAsk]:
    """Questions without a call whose phone reads no texts, did not get ours, or has not answered since then."""
    late = or_(BedContact.voice_only, ReferralAsk.asked_at <= asked_before, TextMessage.status.in_(NOT_READ))
    query = (
        select(ReferralAsk)
        .join(ReferralAsk.phone)
        .outerjoin(TextMessage, TextMessage.id == ReferralAsk.text_id)
        .where(ReferralAsk.closed_at.is_(None), ReferralAsk.asked_at.is_not(None), ReferralAsk.call_status.is_(None))
        .where(late, ~ReferralAsk.wants_reason)
        .order_by(ReferralAsk.asked_at)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True, of=ReferralAsk)
    )
    return session.scalars(query).all()


def planned_ask_calls(session: Session, before: datetime, limit: int) -> Sequence[ReferralAsk]:
    """Calls that were planned and that no reminder brought to a worker in time."""
    query = (
        select(ReferralAsk)
        .where(ReferralAsk.call_status == LegStatus.PLANNED, ReferralAsk.call_at < before)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
    )
    return session.scalars(query).all()


def claim_ask_call(session: Session, ask_id: uuid.UUID, now: datetime) -> ReferralAsk | None:
    """Take a planned call for dialling; None when somebody else has it or it is not wanted any more."""
    planned = (ReferralAsk.call_status == LegStatus.PLANNED, ReferralAsk.closed_at.is_(None))
    statement = update(ReferralAsk).where(ReferralAsk.id == ask_id, *planned)
    return session.scalar(statement.values(call_status=LegStatus.PLACING, call_at=now).returning(ReferralAsk))


def link_with(session: Session, token_hash: bytes) -> ReferralLink | None:
    """The link whose token has this hash, with its referral."""
    query = select(ReferralLink).where(ReferralLink.token_hash == token_hash)
    return session.scalar(query.options(joinedload(ReferralLink.referral)))
