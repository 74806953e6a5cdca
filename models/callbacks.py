"""Callbacks that are owed, and what the same phone number has done since they were promised."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.contacts import Contact, Leg
from models.follow_ups import FollowUp
from routing.vocabulary import FollowUpKind, FollowUpStatus, LegKind

OPEN = (FollowUpStatus.PENDING, FollowUpStatus.STARTED)
_Other = aliased(Contact)  # another contact of the same number
_Later = aliased(FollowUp)  # a callback promised in it


def owed_callback(session: Session, contact_id: uuid.UUID, *statuses: FollowUpStatus) -> FollowUp | None:
    """The contact's one open callback (in one of `statuses`, if given), locked; the contact is locked already."""
    query = (
        select(FollowUp)
        .where(
            FollowUp.contact_id == contact_id,
            FollowUp.kind == FollowUpKind.CALLBACK,
            FollowUp.status.in_(statuses or OPEN),
        )
        .with_for_update(key_share=True, of=FollowUp, skip_locked=True)
    )
    return session.scalar(query)


def on_the_line(session: Session, caller_id: uuid.UUID) -> bool:
    """Whether this number is on a call with us now, by any contact; a withheld number never is."""
    phone = select(Leg.id).join(Contact).where(Contact.caller_id == caller_id)
    live = phone.where(Leg.kind == LegKind.CALLER, Leg.ended_at.is_(None))
    return session.scalar(live.limit(1)) is not None


def overtaken(session: Session) -> Sequence[uuid.UUID]:
    """Contacts with an open callback whose number is on the line again, has talked, or was promised another since."""
    calls = exists().where(Leg.contact_id == _Other.id, Leg.kind == LegKind.CALLER, Leg.ended_at.is_(None))
    query = (
        select(FollowUp.contact_id)
        .join(Contact, Contact.id == FollowUp.contact_id)
        .join(_Other, and_(_Other.caller_id == Contact.caller_id, _Other.id != Contact.id))
        .where(
            FollowUp.kind == FollowUpKind.CALLBACK,
            FollowUp.status.in_(OPEN),
            or_(_Other.connected_at > FollowUp.created_at, calls, _promised_later()),
        )
        .distinct()
    )
    return session.scalars(query).all()


def _promised_later() -> ColumnElement[bool]:
    return exists().where(
        _Later.contact_id == _Other.id,
        _Later.kind == FollowUpKind.CALLBACK,
        _Later.status.in_(OPEN),
        _Later.created_at > FollowUp.created_at,
    )


def successor(session: Session, owed: FollowUp, now: datetime, met_after: timedelta) -> uuid.UUID | None:
    """The contact of the same number that makes this callback needless.

    Somebody talked with them there for `met_after` or wrote how it ended, or they were promised another callback.
    """
    talked = and_(
        _Other.connected_at > FollowUp.created_at,
        or_(func.coalesce(_Other.ended_at, now) - _Other.connected_at >= met_after, _Other.disposition.is_not(None)),
    )
    query = (
        select(_Other.id)
        .join(Contact, and_(_Other.caller_id == Contact.caller_id, _Other.id != Contact.id))
        .join(FollowUp, FollowUp.contact_id == Contact.id)
        .where(FollowUp.id == owed.id, or_(talked, _promised_later()))
        .order_by(_Other.opened_at.desc())
        .limit(1)
    )
    return session.scalar(query)
