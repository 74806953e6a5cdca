"""The calls a second that the provider takes: one row that all workers share, and the legs that stand in line."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import SmallInteger, func, not_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from models.base import Base
from models.contacts import Contact, Leg, place_in_line, queue_place
from routing.vocabulary import GUESTS, ContactStatus, LegKind, LegStatus

# Phones for which a counselor waits: the caller's, one that is added to a conversation, their own for a call out
_waited_for = Leg.kind.in_((LegKind.CALLER, LegKind.CALL_OUT, *GUESTS)) | (Contact.claim_leg_id == Leg.id)
EARLY = timedelta(seconds=0.25)  # a tick of the beat comes a little early or late; on average the rate is kept
SECOND = timedelta(seconds=1)


class CallBudget(Base):
    """The one row: when the next call may be placed."""

    __tablename__ = "call_budget"
    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    free_at: Mapped[datetime]


def take_slot(session: Session, calls_per_second: float, now: datetime) -> bool:
    """Take the right to place one call in this transaction; up to one second's worth may go at once. 0: no limit."""
    if calls_per_second <= 0:
        return True
    step = SECOND / calls_per_second
    row = insert(CallBudget).values(id=1, free_at=now + step)
    later = func.greatest(CallBudget.free_at, now) + step
    taken = row.on_conflict_do_update(
        index_elements=[CallBudget.id],
        set_={"free_at": later},
        where=CallBudget.free_at <= now + max(EARLY, SECOND - step),
    )
    return session.scalar(taken.returning(CallBudget.id)) is not None


def next_in_line(session: Session) -> Leg | None:
    """The planned leg to dial next, locked: most urgent, then whom a counselor waits for, then by place in line.

    Its number is not read yet: one that cannot be must not stand in the way of all others.
    """
    query = (
        select(Leg)
        .join(Contact, Leg.contact_id == Contact.id)
        .where(Leg.status == LegStatus.PLANNED, Leg.ended_at.is_(None), Leg.end_reason.is_(None))
        .where((Contact.status == ContactStatus.WAITING) | _waited_for)  # else it is let go soon
        .order_by(queue_place, not_(_waited_for), place_in_line, Leg.planned_at)
        .limit(1)
        .with_for_update(key_share=True, of=Leg, skip_locked=True)
        .options(defer(Leg.number), defer(Leg.digits))
    )
    return session.scalar(query)


def any_in_line(session: Session) -> bool:
    """Whether a leg of a caller waits to be dialled."""
    query = select(Leg.id).where(Leg.status == LegStatus.PLANNED, Leg.ended_at.is_(None), Leg.end_reason.is_(None))
    return session.scalar(query.limit(1)) is not None


def back_in_line(session: Session, leg_id: uuid.UUID) -> None:
    """The provider took no more calls just now and did nothing: the leg is planned again, unless it was let go."""
    still = (Leg.id == leg_id, Leg.status == LegStatus.PLACING, Leg.ended_at.is_(None))
    session.execute(update(Leg).where(*still).values(status=LegStatus.PLANNED, placed_at=None, in_browser=False))


def take_out_of_line(session: Session, contact_id: uuid.UUID) -> Sequence[Leg]:
    """The contact's planned phones, taken for ringing them from its own call; what a worker dials already is not."""
    statement = (
        update(Leg)
        .where(Leg.contact_id == contact_id, Leg.status == LegStatus.PLANNED, Leg.kind != LegKind.CALLER)
        .where(Leg.ended_at.is_(None), Leg.end_reason.is_(None))
        .values(status=LegStatus.RINGING)
        .returning(Leg)
    )
    return session.scalars(statement).all()
