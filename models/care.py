"""What the team keeps about a repeat caller: a care plan for whoever answers, blocks of exact numbers with an end."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ForeignKey, LargeBinary, String, select, text
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from models.base import Base, Id
from models.contacts import Contact, ContactEvent
from models.crypto import EncryptedText, lookup_hash
from models.follow_ups import FollowUp
from models.people import Caller, Counselor
from routing.vocabulary import FollowUpKind

DAY = timedelta(days=1)


class CarePlan(Base):
    """How to be there for somebody who calls often, agreed in the team: shown to whoever answers, instead of a ban."""

    __tablename__ = "care_plan"
    caller_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Caller.id, ondelete="CASCADE"), primary_key=True)
    words: Mapped[str] = mapped_column(EncryptedText)
    written_at: Mapped[datetime]
    written_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))
    review_on: Mapped[date] = mapped_column(server_default=text("current_date + 90"))  # the team looks at it again
    writer: Mapped[Counselor | None] = relationship()


class Block(Base):
    """One exact number that does not reach counselors until a moment; it always hears where help in danger is."""

    __tablename__ = "block"
    id: Mapped[Id]
    number: Mapped[str] = mapped_column(EncryptedText)  # E.164
    number_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    until: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(32))
    blocked_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))
    created_at: Mapped[datetime]
    blocker: Mapped[Counselor | None] = relationship()


def plans_by_review(session: Session, limit: int = 500) -> Sequence[tuple[CarePlan, Caller, uuid.UUID | None]]:
    """Care plans, the first to be looked at again first, each with its person and their newest contact."""
    newest = (
        select(Contact.id)
        .where(Contact.caller_id == CarePlan.caller_id)
        .order_by(Contact.opened_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(CarePlan, Caller, newest)
        .join(Caller, Caller.id == CarePlan.caller_id)
        .order_by(CarePlan.review_on, CarePlan.written_at)
        .limit(limit)
    )
    return [(plan, caller, contact_id) for plan, caller, contact_id in session.execute(query)]


def block_of(session: Session, number: str) -> Block | None:
    """The block of this number, also one that is over."""
    return session.scalar(select(Block).where(Block.number_hash == lookup_hash(number)))


def blocked_now(session: Session, now: datetime) -> Sequence[tuple[bytes, datetime]]:
    """The hash of every number that is blocked, and until when; nothing that needs a key."""
    return session.execute(select(Block.number_hash, Block.until).where(Block.until > now)).all()


def blocks_now(session: Session, now: datetime) -> Sequence[Block]:
    """Blocks that hold, the next to end first."""
    query = select(Block).options(joinedload(Block.blocker)).where(Block.until > now).order_by(Block.until)
    return session.scalars(query).all()


def promised_since(session: Session, since: datetime, caller_id: uuid.UUID | None = None) -> int:
    """Callbacks promised since then, to everybody or to one number; counted up to a thousand."""
    query = select(FollowUp.id).where(FollowUp.kind == FollowUpKind.CALLBACK, FollowUp.created_at > since)
    if caller_id is not None:
        query = query.join(Contact, Contact.id == FollowUp.contact_id).where(Contact.caller_id == caller_id)
    return len(session.scalars(query.limit(1000)).all())


def refused_callbacks(session: Session, since: datetime, limit: int = 50) -> Sequence[ContactEvent]:
    """Callbacks that were not promised, and why, newest first."""
    query = (
        select(ContactEvent)
        .where(ContactEvent.kind == "callback_refused", ContactEvent.at > since)
        .order_by(ContactEvent.at.desc())
        .limit(limit)
    )
    return session.scalars(query).all()
