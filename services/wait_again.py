"""A caller waits again: from the beginning after a conversation, or in the same wait when a claim is given back."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import outbox
from models.contacts import Contact, live_legs, record
from routing.call_flow import NextStep
from routing.vocabulary import ContactStatus, LegKind
from services import direct_calls, tasks
from services.fetching import FETCHED_AT, LET_IN

# By when a waiting call must have been heard of again, else the watchdog fetches it (`deadline_at`).
NEXT_TURN = timedelta(seconds=60)  # a wait document lasts ten seconds, the longest answer to a key twenty


def back_to_waiting(session: Session, contact: Contact, now: datetime) -> None:
    """The contact begins a new wait: no claim, a new deadline, and phones ring."""
    contact.waiting_since = now
    if not contact.calling_back:
        contact.place_at = None
    contact.flow = {k: v for k, v in contact.flow.items() if not k.endswith("_at") and k != "backup_tried"}
    _wait_on(session, contact, now)


def give_back(session: Session, contact: Contact, now: datetime) -> None:
    """Whoever pressed 1 never met the caller: the same wait goes on, with the circle and the limit that it had.

    A limit that began anew would let one phone that picks up and is gone keep a caller waiting for ever.
    """
    if direct_calls.is_out(contact):  # a counselor's own call out: nobody waits, so nobody else is rung
        direct_calls.put_back(session, contact, now)
        return
    contact.flow = {k: v for k, v in contact.flow.items() if k not in (FETCHED_AT, LET_IN)}
    _wait_on(session, contact, now)


def _wait_on(session: Session, contact: Contact, now: datetime) -> None:
    contact.status = ContactStatus.WAITING
    contact.next_step = NextStep.RING
    contact.claimed_by = contact.claim_leg_id = contact.claimed_at = contact.claim_expires_at = None
    contact.counselor_joined_at = contact.connected_at = contact.ended_at = None
    contact.room = contact.room_sid = contact.held_since = None
    contact.disposition = None
    contact.deadline_at = now + NEXT_TURN
    tasks.ask(session, tasks.RING, contact.id, now)
    outbox.touch(session, contact.id)


def give_back_if_expired(session: Session, contact: Contact, now: datetime) -> bool:
    """A claim whose two sides did not meet in time: the caller waits again."""
    expired = contact.claim_expires_at is not None and contact.claim_expires_at < now
    if contact.status is not ContactStatus.CLAIMED or not expired:
        return False
    record(session, contact.id, "claim_expired", now)
    give_back(session, contact, now)
    return True


def has_hung_up(session: Session, contact: Contact) -> bool:
    """Whether the caller's phone is known to be down: an event that comes later must not make the contact wait again.

    Twilio may request the action of a Dial after the caller has hung up (TWILIO.md 4.5).
    """
    return not any(leg.kind is LegKind.CALLER for leg in live_legs(session, contact.id))
