"""Contacts that are over and whose counselor has not written how they ended."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Float, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from models.contacts import Contact, lock_contact
from routing.vocabulary import ContactStatus, Disposition

ENDING_ASKED: Final = "ending_asked"  # in the flow: when the counselor was asked by text, seconds since 1970
_TALKED = (Contact.claimed_by, Contact.counselor_joined_at, Contact.connected_at)  # any of them: somebody of ours did
# Nobody of ours wrote it: there is no word of how it ended, or the line's own of the list that it texted meanwhile.
NOBODY_WROTE: Final[ColumnElement[bool]] = or_(
    Contact.disposition.is_(None),
    and_(Contact.disposition == Disposition.PLACES_TEXTED, Contact.disposition_by.is_(None)),
)
UNWRITTEN: Final = and_(
    Contact.status == ContactStatus.ENDED,
    NOBODY_WROTE,
    or_(*(column.is_not(None) for column in _TALKED)),
)
_asked_at = func.to_timestamp(Contact.flow[ENDING_ASKED].astext.cast(Float))


@dataclass(frozen=True)
class Question:
    """How a contact ended, as its counselor was asked by text. Not open: it is written, or the contact goes on."""

    contact_id: uuid.UUID
    asked_at: datetime
    is_open: bool


def nobody_wrote(contact: Contact) -> bool:
    """The same as `NOBODY_WROTE` of one contact."""
    of_the_line = contact.disposition is Disposition.PLACES_TEXTED and contact.disposition_by is None
    return contact.disposition is None or of_the_line


def is_unwritten(contact: Contact) -> bool:
    """Whether a contact is one of these; whom nobody of ours talked with needs no word of how it ended."""
    talked = contact.claimed_by or contact.counselor_joined_at or contact.connected_at
    return contact.status is ContactStatus.ENDED and nobody_wrote(contact) and talked is not None


def count_unwritten(session: Session, counselor_id: uuid.UUID) -> tuple[int, uuid.UUID | None]:
    """How many of a counselor's contacts are so, and the one that ended first."""
    query = select(Contact.id).where(UNWRITTEN, Contact.claimed_by == counselor_id).order_by(Contact.ended_at)
    found = session.scalars(query.limit(100)).all()
    return len(found), found[0] if found else None


def asked_lately(session: Session, since: datetime) -> set[uuid.UUID]:
    """The counselors who were asked about a contact since then and have not written how it ended."""
    query = select(Contact.claimed_by).where(UNWRITTEN, _asked_at > since, Contact.claimed_by.is_not(None))
    return {counselor_id for counselor_id in session.scalars(query) if counselor_id is not None}


def unwritten(
    session: Session, since: datetime, until: datetime, told: str, asked: Collection[uuid.UUID], limit: int = 50
) -> Sequence[uuid.UUID]:
    """Ids of those that ended in this time, the first to end first.

    Without those that have the word `told` in their flow and whose counselors have been `asked`: nothing is to do.
    """
    query = (
        select(Contact.id)
        .where(
            UNWRITTEN,
            Contact.claimed_by.is_not(None),
            Contact.ended_at > since,
            Contact.ended_at <= until,
            or_(not_(Contact.flow.has_key(told)), Contact.claimed_by.not_in(asked)),
        )
        .order_by(Contact.ended_at)
        .limit(limit)
    )
    return session.scalars(query).all()


def asked_of(session: Session, counselor_id: uuid.UUID, since: datetime) -> Sequence[Question]:
    """What a counselor was asked by text since then, the last question first."""
    query = (
        select(Contact.id, _asked_at, UNWRITTEN)
        .where(Contact.claimed_by == counselor_id, _asked_at > since)
        .order_by(_asked_at.desc())
    )
    return [Question(contact_id, at, is_open) for contact_id, at, is_open in session.execute(query)]


def unwritten_of(session: Session, counselor_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """A counselor's contacts whose end nobody wrote: the last that ended first, after them those that go on."""
    going_on = Contact.status == ContactStatus.CONNECTED
    query = (
        select(Contact.id)
        .where(Contact.claimed_by == counselor_id, NOBODY_WROTE)
        .where(going_on | (Contact.status == ContactStatus.ENDED))
        .order_by(going_on, func.coalesce(Contact.ended_at, Contact.opened_at).desc())
    )
    return session.scalars(query).all()


def lock_unwritten(session: Session, contact_id: uuid.UUID) -> Contact | None:
    """One of these, locked with its caller; None when it was written meanwhile."""
    contact = lock_contact(session, contact_id, caller=True)
    return contact if contact is not None and nobody_wrote(contact) else None
