"""Contacts that are over and whose counselor has not written how they ended."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Float, and_, func, not_, select
from sqlalchemy.orm import Session

from models.contacts import Contact, lock_contact
from routing.vocabulary import ContactStatus

ENDING_ASKED: Final = "ending_asked"  # in the flow: when the counselor was asked by text, seconds since 1970
_UNWRITTEN = and_(Contact.status == ContactStatus.ENDED, Contact.disposition.is_(None))


def count_unwritten(session: Session, counselor_id: uuid.UUID) -> tuple[int, uuid.UUID | None]:
    """How many of a counselor's contacts are so, and the one that ended first."""
    query = select(Contact.id).where(_UNWRITTEN, Contact.claimed_by == counselor_id).order_by(Contact.ended_at)
    found = session.scalars(query.limit(100)).all()
    return len(found), found[0] if found else None


def lock_unwritten(
    session: Session, since: datetime, until: datetime, told: Sequence[str], limit: int = 50
) -> Sequence[Contact]:
    """Those that ended in this time and lack one of these words in their flow, locked, the first to end first."""
    query = (
        select(Contact)
        .where(
            _UNWRITTEN,
            Contact.claimed_by.is_not(None),
            Contact.ended_at > since,
            Contact.ended_at <= until,
            not_(and_(*(Contact.flow.has_key(word) for word in told))),
        )
        .order_by(Contact.ended_at)
        .limit(limit)
        .with_for_update(of=Contact, key_share=True, skip_locked=True)
    )
    return session.scalars(query).all()


def last_unwritten(session: Session, counselor_id: uuid.UUID) -> Contact | None:
    """The one that a counselor's text is about, locked with its caller: the last that ended or was asked about."""
    asked = func.to_timestamp(Contact.flow[ENDING_ASKED].astext.cast(Float))
    query = (
        select(Contact.id)
        .where(
            Contact.claimed_by == counselor_id,
            Contact.disposition.is_(None),
            Contact.status.in_([ContactStatus.ENDED, ContactStatus.CONNECTED]),
        )
        .order_by(func.greatest(asked, Contact.ended_at, Contact.opened_at).desc(), Contact.opened_at.desc())
        .limit(1)
    )
    found = session.scalar(query)
    contact = lock_contact(session, found, caller=True) if found is not None else None
    return contact if contact is not None and contact.disposition is None else None
