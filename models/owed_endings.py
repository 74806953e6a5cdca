"""Contacts that are over and whose counselor has not written how they ended."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Float, and_, case, func, not_, or_, select
from sqlalchemy.orm import Session

from models.contacts import Contact, lock_contact
from routing.vocabulary import ContactStatus

ENDING_ASKED: Final = "ending_asked"  # in the flow: when the counselor was asked by text, seconds since 1970
_UNWRITTEN = and_(Contact.status == ContactStatus.ENDED, Contact.disposition.is_(None))
_asked_at = func.to_timestamp(Contact.flow[ENDING_ASKED].astext.cast(Float))


def count_unwritten(session: Session, counselor_id: uuid.UUID) -> tuple[int, uuid.UUID | None]:
    """How many of a counselor's contacts are so, and the one that ended first."""
    query = select(Contact.id).where(_UNWRITTEN, Contact.claimed_by == counselor_id).order_by(Contact.ended_at)
    found = session.scalars(query.limit(100)).all()
    return len(found), found[0] if found else None


def asked_lately(session: Session, since: datetime) -> set[uuid.UUID]:
    """The counselors who were asked about a contact since then and have not written how it ended."""
    query = select(Contact.claimed_by).where(_UNWRITTEN, _asked_at > since, Contact.claimed_by.is_not(None))
    return {counselor_id for counselor_id in session.scalars(query) if counselor_id is not None}


def lock_unwritten(
    session: Session, since: datetime, until: datetime, told: str, asked: Collection[uuid.UUID], limit: int = 50
) -> Sequence[Contact]:
    """Those that ended in this time, locked, the first to end first.

    Without those that have the word `told` in their flow and whose counselors have been `asked`: nothing is to do.
    """
    query = (
        select(Contact)
        .where(
            _UNWRITTEN,
            Contact.claimed_by.is_not(None),
            Contact.ended_at > since,
            Contact.ended_at <= until,
            or_(not_(Contact.flow.has_key(told)), Contact.claimed_by.not_in(asked)),
        )
        .order_by(Contact.ended_at)
        .limit(limit)
        .with_for_update(of=Contact, key_share=True, skip_locked=True)
    )
    return session.scalars(query).all()


def last_unwritten(session: Session, counselor_id: uuid.UUID) -> Contact | None:
    """The one that a counselor's text is about, locked with its caller: the last that they were asked about.

    Whoever was asked about none means the last that ended or goes on. A text carries no word of whom it is about.
    """
    asked = case((Contact.status == ContactStatus.ENDED, _asked_at))  # not of one that goes on again
    query = (
        select(Contact.id)
        .where(
            Contact.claimed_by == counselor_id,
            Contact.disposition.is_(None),
            Contact.status.in_([ContactStatus.ENDED, ContactStatus.CONNECTED]),
        )
        .order_by(asked.desc().nulls_last(), func.greatest(Contact.ended_at, Contact.opened_at).desc())
        .limit(1)
    )
    found = session.scalar(query)
    contact = lock_contact(session, found, caller=True) if found is not None else None
    return contact if contact is not None and contact.disposition is None else None
