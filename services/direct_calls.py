"""Calls that one counselor makes to the contact's own number: right back when cut off, or out from the console.

The counselor is on the phone first, the person's phone asks for 1 before anybody is connected (`services.callbacks`),
and when they are not reached the contact is what it was before.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models import outbox
from models.contacts import Contact, Leg, live_legs, record
from models.owed_endings import nobody_wrote
from routing.vocabulary import ContactStatus, Disposition, LegKind
from services import tasks
from services.house import House

OUT = "out_before"  # in the flow: what the contact was before this call, words and ids only
NOT_REACHED = "out_not_reached"  # in the flow: what the counselor hears first after the call
OTHERWISE_OVER = "caller_stayed"  # in the flow: the conference ended and the caller was still there
TRIES = "reconnects"
MOST_TRIES = 2
AT_THE_CHECK = timedelta(seconds=45)  # two prompts for 1, and the way in


def begin(session: Session, house: House, contact: Contact, leg: Leg, now: datetime, *, again: bool) -> None:
    """The contact (locked) is this counselor's, and its person is to be rung. `again`: they were talking just now."""
    before: dict[str, Any] = {
        "status": (ContactStatus.ENDED if again else contact.status).value,
        "disposition": contact.disposition.value if contact.disposition else None,
        "claimed_by": str(contact.claimed_by) if contact.claimed_by else None,
        "again": again,
    }
    contact.flow = {**{k: v for k, v in contact.flow.items() if k != NOT_REACHED}, OUT: before}
    contact.calling_back = True
    contact.status = ContactStatus.CLAIMED
    contact.claimed_by, contact.claim_leg_id, contact.claimed_at = leg.counselor_id, leg.id, now
    contact.claim_expires_at = now + timedelta(seconds=house.rules.ring_seconds) + AT_THE_CHECK
    contact.counselor_joined_at = contact.held_since = contact.deadline_at = None
    contact.room, contact.room_sid = leg.id.hex, None
    outbox.touch(session, contact.id)


def is_out(contact: Contact) -> bool:
    """Whether such a call is being made."""
    return OUT in contact.flow


def reached(contact: Contact) -> None:
    """They are on the line (contact locked): from here on a conversation like any other, to be wrapped up anew."""
    if is_out(contact):
        contact.flow = {key: value for key, value in contact.flow.items() if key != OUT}
        contact.disposition = contact.ended_at = None


def put_back(session: Session, contact: Contact, now: datetime) -> None:
    """They were not reached, or the counselor left before (contact locked): all is as it was, and phones are let go."""
    was = contact.flow[OUT]
    contact.flow = {**{key: value for key, value in contact.flow.items() if key != OUT}, NOT_REACHED: 1}
    contact.calling_back, contact.claim_expires_at = False, None
    contact.status = ContactStatus(was["status"])
    contact.disposition = Disposition(was["disposition"]) if was["disposition"] else None
    contact.ended_at = contact.ended_at or now
    for leg in live_legs(session, contact.id):
        if leg.kind is LegKind.CALLER or leg.id == contact.claim_leg_id:
            tasks.ask(session, tasks.DROP, leg.id, now)
    if not was["again"]:
        contact.claimed_by = uuid.UUID(was["claimed_by"]) if was["claimed_by"] else None
        contact.claim_leg_id = contact.counselor_joined_at = contact.room = None
    record(session, contact.id, "not_reached", now)
    outbox.touch(session, contact.id)


def may_reconnect(contact: Contact, leg: Leg) -> bool:
    """Whether a conversation that the caller's phone has left may be taken up by calling them at once.

    Only when they said that we may: a phone is not a person, and whoever hung up may not be alone.
    """
    return (
        contact.cut_off_ok is True
        and contact.caller.number is not None
        and contact.status in (ContactStatus.CONNECTED, ContactStatus.ENDED)
        and nobody_wrote(contact)
        and leg.end_reason is None
        and OTHERWISE_OVER not in contact.flow
        and int(contact.flow.get(TRIES, 0)) < MOST_TRIES
    )


def note_try(contact: Contact) -> None:
    """One more time that we call right back."""
    contact.flow = {**contact.flow, TRIES: int(contact.flow.get(TRIES, 0)) + 1}
