"""Text conversations among the contacts: the caller's own, the overdue ones, whose turn it is, and who has which."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from models.contacts import LIVE, Contact, queue_place
from models.texts import TextMessage
from routing.vocabulary import Channel, ContactStatus

ON_THE_LINE = (
    ContactStatus.WAITING,
    ContactStatus.CLAIMED,
    ContactStatus.CONNECTED,
    ContactStatus.WITH_CRISIS_LINE,
    ContactStatus.HANDED_OVER,
)


def live_text_contact(session: Session, caller_id: uuid.UUID) -> Contact | None:
    """The text conversation of a caller that is going on (also while they are called back), locked."""
    query = (
        select(Contact)
        .where(Contact.caller_id == caller_id, Contact.channel == Channel.TEXT, Contact.status.in_(LIVE))
        .order_by(Contact.opened_at.desc())
        .limit(1)
        .with_for_update(key_share=True, of=Contact)
    )
    return session.scalar(query)


def overdue_text_contacts(session: Session, next_step: str, now: datetime, limit: int = 50) -> Sequence[uuid.UUID]:
    """Ids of text conversations whose deadline for `next_step` has passed, the longest overdue first."""
    query = select(Contact.id).where(*_overdue(next_step, now)).order_by(Contact.deadline_at).limit(limit)
    return session.scalars(query).all()


def lock_overdue(session: Session, contact_id: uuid.UUID, next_step: str, now: datetime) -> Contact | None:
    """One of these, locked; None when it is not overdue any more, or somebody else is at it."""
    query = select(Contact).where(Contact.id == contact_id, *_overdue(next_step, now))
    return session.scalar(query.with_for_update(key_share=True, skip_locked=True, of=Contact))


def put_off(session: Session, contact_id: uuid.UUID, until: datetime) -> None:
    """A conversation that breaks what looks at it stands back; its words are not read."""
    session.execute(update(Contact).where(Contact.id == contact_id).values(deadline_at=until))


def _overdue(next_step: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Contact.channel == Channel.TEXT,
        Contact.status == ContactStatus.CONVERSING,
        Contact.next_step == next_step,
        Contact.deadline_at <= now,
    )


def text_contact_to_take(session: Session, next_step: str) -> Contact | None:
    """The text conversation that most needs a counselor, locked; one that somebody else is taking is passed over."""
    query = (
        select(Contact)
        .where(
            Contact.channel == Channel.TEXT,
            Contact.status == ContactStatus.CONVERSING,
            Contact.next_step == next_step,
            Contact.claimed_by.is_(None),
        )
        .order_by(queue_place, Contact.waiting_since)
        .limit(1)
        .with_for_update(key_share=True, skip_locked=True, of=Contact)
    )
    return session.scalar(query)


def waiting_for_an_answer(session: Session, limit: int = 100) -> Sequence[uuid.UUID]:
    """Ids of text conversations that wait for a counselor: danger first, then whoever waits longest."""
    query = (
        select(Contact.id)
        .where(
            Contact.status == ContactStatus.CONVERSING,
            Contact.waiting_since.is_not(None),
            Contact.claimed_by.is_(None),
        )
        .order_by(queue_place, Contact.waiting_since)
    )
    return session.scalars(query.limit(limit)).all()


def writing_with_somebody(session: Session) -> set[uuid.UUID]:
    """The counselors who have a text conversation that goes on."""
    theirs = (Contact.channel == Channel.TEXT, Contact.status == ContactStatus.CONVERSING)
    found = session.scalars(select(Contact.claimed_by).where(*theirs, Contact.claimed_by.is_not(None)))
    return {counselor_id for counselor_id in found if counselor_id is not None}


def writes_with_a_counselor(session: Session, caller_id: uuid.UUID, since: datetime) -> bool:
    """Whether this caller and a counselor have a text conversation that goes on, with words since then."""
    query = (
        select(Contact.id)
        .join(TextMessage, TextMessage.contact_id == Contact.id)
        .where(Contact.caller_id == caller_id, Contact.status == ContactStatus.CONVERSING)
        .where(Contact.claimed_by.is_not(None), TextMessage.created_at > since)
    )
    return session.scalar(query.limit(1)) is not None


def spoken_with(
    session: Session, caller_ids: Collection[uuid.UUID], since: datetime
) -> Mapping[uuid.UUID, datetime | None]:
    """Of these callers, those with whom a counselor is, or for whom one is looked: None.

    And when a counselor was last done with each of the others, if that was after `since`.
    """
    with_us = Contact.claimed_by.is_not(None) | Contact.waiting_since.is_not(None)
    texting = and_(Contact.status == ContactStatus.CONVERSING, with_us)
    goes_on = or_(Contact.status.in_(ON_THE_LINE), texting)
    over = and_(Contact.claimed_by.is_not(None), Contact.ended_at > since)
    query = (
        select(Contact.caller_id, func.bool_or(goes_on), func.max(Contact.ended_at))
        .where(Contact.caller_id.in_(caller_ids), or_(goes_on, over))
        .group_by(Contact.caller_id)
    )
    return {caller_id: None if now else ended for caller_id, now, ended in session.execute(query)}


def text_contact_of(session: Session, counselor_id: uuid.UUID) -> Contact | None:
    """The text conversation that this counselor has taken last and still has, locked."""
    query = (
        select(Contact)
        .where(
            Contact.channel == Channel.TEXT,
            Contact.status == ContactStatus.CONVERSING,
            Contact.claimed_by == counselor_id,
        )
        .order_by(Contact.claimed_at.desc())
        .limit(1)
        .with_for_update(key_share=True, of=Contact)
    )
    return session.scalar(query)
