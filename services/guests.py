"""Phones that are added to a conversation, as rows: an intake line, 988, a colleague, an interpreter, a supervisor."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import outbox
from models.contacts import Contact, Leg, live_legs
from models.referrals import Referral, referral_to
from routing.vocabulary import BESIDE, GUESTS, LegKind, LegStatus, Part
from services import fetching, rings, rooms, tasks


def invite(
    session: Session,
    contact: Contact,
    kind: LegKind,
    number: str,
    part: Part,
    now: datetime,
    *,
    counselor_id: uuid.UUID | None = None,
) -> Leg | None:
    """Write down that a phone is to be added to this conversation (locked); None when that counselor is on a call."""
    try:
        with session.begin_nested():
            leg = rings.add_leg(session, contact, kind, number, counselor_id, now)
    except IntegrityError:
        return None
    fetching.want_room(session, contact, now)
    leg.part = part
    leg.seat = leg.seated = seat_for(session, contact, part)
    tasks.ask(session, tasks.PLACE, leg.id, now)
    outbox.touch(session, contact.id)
    return leg


def seat_for(session: Session, contact: Contact, part: Part) -> dict[str, Any]:
    """How a phone with this part sits: its leaving never ends the conversation, and a listener is not heard."""
    counselor = rooms.counselor_leg(session, contact)
    coached = (counselor.provider_sid or "") if counselor is not None and part is Part.WHISPER else ""
    return {"ends": False, "muted": part is Part.LISTEN, "coach": coached}


def guest_of(session: Session, contact: Contact) -> Leg | None:
    """The intake line, 988 or colleague that was asked in, ringing or there; interpreters and supervisors are apart."""
    asked = [leg for leg in live_legs(session, contact.id) if leg.kind in GUESTS and leg.end_reason is None]
    return next((leg for leg in asked if leg.kind not in BESIDE), None)


def guest_here(session: Session, contact: Contact) -> Leg | None:
    """The same when it is in the conversation."""
    guest = guest_of(session, contact)
    return guest if guest is not None and guest.status in (LegStatus.ACCEPTED, LegStatus.JOINED) else None


def interpreter_leg(session: Session, contact: Contact) -> Leg | None:
    """The interpreter's line, ringing or there."""
    legs = [leg for leg in live_legs(session, contact.id) if leg.kind is LegKind.INTERPRETER and leg.end_reason is None]
    return next(iter(legs), None)


def supervisor_leg(session: Session, contact: Contact, counselor_id: uuid.UUID) -> Leg | None:
    """The phone on which this supervisor listens, ringing or there."""
    legs = [leg for leg in live_legs(session, contact.id) if leg.kind is LegKind.SUPERVISOR and leg.end_reason is None]
    return next((leg for leg in legs if leg.counselor_id == counselor_id), None)


def note_call(session: Session, contact: Contact, leg: Leg, outcome: str, now: datetime) -> Referral | None:
    """What the call to an intake line came to, on its referral, if there is one."""
    referral = referral_to(session, contact.id, leg.listing_id or 0)
    if referral is not None:
        referral.outcome, referral.updated_at = outcome, now
    return referral
