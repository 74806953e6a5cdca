"""Conferences and who should sit in them how: what workers still have to tell the provider."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from models.contacts import Contact, Leg
from routing.vocabulary import ContactStatus, LegKind, LegStatus, Part

TALKING = (ContactStatus.CONNECTED, ContactStatus.HANDED_OVER)
_IN_A_ROOM = or_(Leg.kind == LegKind.CALLER, Leg.status.in_((LegStatus.ACCEPTED, LegStatus.JOINED)))


def take_tuning(session: Session, contact_id: uuid.UUID, now: datetime, until: datetime) -> bool:
    """Claim the talk with the provider about this room; False while another worker has it."""
    free = or_(Contact.tuned_until.is_(None), Contact.tuned_until < now)
    statement = update(Contact).where(Contact.id == contact_id, free).values(tuned_until=until)
    return session.scalar(statement.returning(Contact.id)) is not None


def end_tuning(session: Session, contact_id: uuid.UUID) -> None:
    """Give that claim back."""
    session.execute(update(Contact).where(Contact.id == contact_id).values(tuned_until=None))


def unseated(session: Session, contact_id: uuid.UUID) -> Sequence[Leg]:
    """Phones of a conversation of which the provider was not told yet how they sit; who leaves comes last."""
    query = (
        select(Leg)
        .join(Contact)
        .where(Leg.contact_id == contact_id, Contact.status.in_(TALKING), Contact.room.is_not(None))
        .where(Leg.ended_at.is_(None), Leg.provider_sid.is_not(None), _IN_A_ROOM, Leg.seat != Leg.seated)
        .order_by(Leg.seat.op("?")("leaves"), Leg.planned_at)
    )
    return session.scalars(query).all()


def untuned_contacts(session: Session) -> Sequence[uuid.UUID]:
    """Conversations with such phones."""
    query = (
        select(Leg.contact_id)
        .join(Contact)
        .where(Leg.ended_at.is_(None), Leg.seat != Leg.seated, Leg.provider_sid.is_not(None))
        .where(Contact.status.in_(TALKING), _IN_A_ROOM)
        .distinct()
    )
    return session.scalars(query).all()


def moving_contacts(session: Session, flag: str) -> Sequence[uuid.UUID]:
    """Conversations with this flag in their flow."""
    query = select(Contact.id).where(Contact.status == ContactStatus.CONNECTED, Contact.flow.has_key(flag))
    return session.scalars(query).all()


def held_contacts(session: Session, since: datetime) -> Sequence[uuid.UUID]:
    """Callers on hold since before then."""
    query = select(Contact.id).where(Contact.status == ContactStatus.CONNECTED, Contact.held_since < since)
    return session.scalars(query).all()


def unmet_successors(session: Session, since: datetime) -> Sequence[uuid.UUID]:
    """Phones that pressed 1 before then to take a call over, and of which no join was told."""
    query = select(Leg.id).where(
        Leg.kind == LegKind.COLLEAGUE,
        Leg.part == Part.COLD,
        Leg.status == LegStatus.ACCEPTED,
        Leg.ended_at.is_(None),
        Leg.accepted_at < since,
    )
    return session.scalars(query).all()


def handed_over_contacts(session: Session) -> Sequence[uuid.UUID]:
    """Calls in which caller and line talk on without us."""
    return session.scalars(select(Contact.id).where(Contact.status == ContactStatus.HANDED_OVER)).all()
