"""Legs that ring in a counselor's browser: when one is dialled there, and how it goes to the phone when it must.

A browser may be gone without a word (a closed lid, a lost network). Whoever takes calls in one has a phone all the
same, and it is rung as soon as the browser does not say that it rings, so that no caller waits for a page.
"""

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import browser_legs as queries
from models.contacts import Contact, Leg, record
from models.owed_endings import nobody_wrote
from models.people import Counselor
from routing.vocabulary import ContactStatus, LegKind, Presence
from services import rings, tasks

SILENT = timedelta(seconds=5)  # a browser that is there says within one or two that it rings
CLOSED = "browser_closed"  # end of a leg that was answered: its window was closed in the middle of the call
UNMEANT = frozenset({None, CLOSED, "completed", "failed"})  # the window has no key to hang up: the page does, by us
NOT_THERE = frozenset({"busy", "failed"})  # no browser of that name, or one that could not take the call


def identity(counselor_id: uuid.UUID) -> str:
    """A counselor's name at the provider: says nothing of who it is."""
    return f"counselor_{counselor_id.hex}"


def dialled(session: Session, leg: Leg, now: datetime) -> str:
    """What is dialled for a leg: a counselor's browser while one is there, else the number."""
    whose = leg.counselor_id
    leg.in_browser = whose is not None and queries.takes_calls_in_browser(session, whose, now)
    return f"client:{identity(whose)}" if whose is not None and leg.in_browser else leg.number or ""


def true_reason(leg: Leg, reason: str) -> str:
    """Why a leg ended: a browser that did not take the call was gone, unless it rang and nobody answered."""
    in_vain = leg.in_browser and leg.answered_at is None
    unheard = reason == "no-answer" and leg.heard_at is None
    gone = unheard or reason in NOT_THERE or reason.startswith("refused_")
    return rings.BROWSER_GONE if in_vain and gone else reason


def is_there(leg: Leg) -> None:
    """A browser answers (its leg locked): it is not given up for its silence, though it was about to be."""
    if leg.in_browser and leg.ended_at is None and leg.end_reason == rings.BROWSER_GONE:
        leg.end_reason = None


def to_the_phone(session: Session, contact: Contact, leg: Leg, now: datetime) -> bool:
    """Ring the phone of a counselor whose browser was gone (contact locked); False when nothing is to ring any more."""
    if leg.end_reason != rings.BROWSER_GONE or leg.counselor_id is None or not _wanted(contact, leg):
        return False
    queries.set_browser(session, leg.counselor_id, None)  # until its page is asked to again
    phone = rings.add_leg(session, contact, leg.kind, leg.number or "", leg.counselor_id, now)
    phone.part, phone.seat, phone.seated, phone.listing_id = leg.part, leg.seat, leg.seated, leg.listing_id
    if contact.claim_leg_id == leg.id:  # a call of their own, for which nobody else is rung
        contact.claim_leg_id, contact.room = phone.id, phone.id.hex
    record(session, contact.id, "browser_gone", now, leg=str(phone.id), counselor=str(leg.counselor_id))
    tasks.ask(session, tasks.PLACE, phone.id, now)
    return True


def lost_in_talk(session: Session, contact: Contact) -> bool:
    """Whether the counselor's browser went in the middle of the conversation (contact locked, its caller still there).

    Then their phone is rung like others', at once: there is nothing to wrap up yet.
    """
    leg = session.get(Leg, contact.claim_leg_id) if contact.claim_leg_id else None
    if leg is None or not leg.in_browser or leg.end_reason not in UNMEANT or not nobody_wrote(contact):
        return False
    if contact.status not in (ContactStatus.CONNECTED, ContactStatus.ENDED):
        return False
    counselor = session.get(Counselor, leg.counselor_id)
    if counselor is not None:
        queries.set_browser(session, counselor.id, None)
        if counselor.presence is Presence.WRAP_UP:
            counselor.presence, counselor.presence_until = Presence.AVAILABLE, None
    return True


def _wanted(contact: Contact, leg: Leg) -> bool:
    match leg.kind:
        case LegKind.COUNSELOR:
            own = contact.claim_leg_id == leg.id and contact.status is ContactStatus.CLAIMED
            return own or contact.status is ContactStatus.WAITING
        case LegKind.CALL_OUT:
            return True
        case _:
            return contact.status is ContactStatus.CONNECTED


def silent(session: Session, now: datetime) -> list[uuid.UUID]:
    """Legs whose browser should have said by now that it rings."""
    return list(queries.silent_browsers(session, now - SILENT, rings.BROWSER_GONE))
