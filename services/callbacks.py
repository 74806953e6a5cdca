"""Calling back whoever asked for it: a counselor first, then the caller, with a check that a person is there."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.callbacks import on_the_line, owed_callback
from models.contacts import Contact, Leg, lock_contact, queue_place, record
from models.follow_ups import FollowUp
from models.text_contacts import writes_with_a_counselor
from routing import call_flow
from routing.documents import Ask, Document, GoTo, HangUp, Say
from routing.vocabulary import DANGER, ContactStatus, FollowUpKind, FollowUpStatus, Language, LegStatus
from services import direct_calls, escalation, owed_callbacks, wait_again
from services.each import contact_broke, each
from services.house import House

ON_ITS_WAY = (ContactStatus.WAITING, ContactStatus.CLAIMED, ContactStatus.CONNECTED)
STILL_WRITING = timedelta(minutes=30)  # without a word for so long nobody is kept from the call that was promised
LOOK_AGAIN = timedelta(
    seconds=2
)  # whoever is with us already: nobody is late meanwhile, and the next sweep looks again
CHECK_TIME = timedelta(seconds=45)  # the hello, asked twice, and the way into the conference


def begin_due(house: House, now: datetime) -> int:
    """Start every callback that is due; how many."""
    return each(due_callbacks(house, now), lambda contact_id: begin(house, contact_id, now), contact_broke(house, now))


def begin(house: House, contact_id: uuid.UUID, now: datetime) -> bool:
    """Start a contact's due callback: the contact waits again, and counselors are rung for it."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        owed = owed_callback(session, contact_id, FollowUpStatus.PENDING)
        if contact is None or owed is None or owed.due_at > now:
            return False
        if contact.caller.number is None:
            return False
        if _is_with_us(session, contact, now):
            owed.due_at = now + LOOK_AGAIN  # what people see as late goes by the promise
            return False
        owed.status, owed.started_at = FollowUpStatus.STARTED, now
        owed.attempts += 1
        owed.plan = {"before": owed_callbacks.before(contact)}
        contact.calling_back = True
        wait_again.back_to_waiting(session, contact, now)
        contact.deadline_at = None
        record(session, contact_id, "callback_started", now, attempt=owed.attempts)
        return True


def _is_with_us(session: Session, contact: Contact, now: datetime) -> bool:
    """On the line, on a counselor's own call, or writing with one: a second counselor would call into that.

    In danger nobody waits for a text conversation.
    """
    if on_the_line(session, contact.caller_id) or direct_calls.is_out(contact):
        return True
    return contact.urgency not in DANGER and writes_with_a_counselor(session, contact.caller_id, now - STILL_WRITING)


def due_callbacks(house: House, now: datetime) -> list[uuid.UUID]:
    """Contacts whose callback is due and not started, danger first, then the oldest promise."""
    query = (
        select(FollowUp.contact_id)
        .join(Contact)
        .where(
            FollowUp.kind == FollowUpKind.CALLBACK, FollowUp.status == FollowUpStatus.PENDING, FollowUp.due_at <= now
        )
        .order_by(queue_place, FollowUp.due_at)
    )
    with house.db.begin() as session:
        return list(session.scalars(query))


def picked_up(house: House, leg_id: uuid.UUID, sid: str, now: datetime) -> Document:
    """The caller's phone was picked up: neutral words, and 1 from a person, before anybody is connected."""
    with house.db.begin() as session:
        leg = session.get(Leg, leg_id, with_for_update={"of": Leg, "key_share": True})
        if leg is None or leg.ended_at is not None or not leg.contact.calling_back:
            return Document(Language.ENGLISH, (HangUp(),))
        leg.provider_sid = leg.provider_sid or sid
        leg.answered_at, leg.status = leg.answered_at or now, LegStatus.ANSWERED
        leg.contact.claim_expires_at = now + CHECK_TIME
        key = call_flow.path("callback-key", leg.id)
        if leg.contact.caller.relay:  # an operator or a TTY may be unable to press a key: the counselor will know
            hello = Ask((Say("voice.callback_relay"),), key, digits=1, seconds=8)
            return Document(leg.contact.language, (hello, GoTo(key)))
        ask = Ask((Say("voice.callback_hello"),), key, digits=1, seconds=8)
        return Document(leg.contact.language, (ask, ask, HangUp()))


def confirmed(house: House, leg_id: uuid.UUID, digits: str, now: datetime) -> Document:
    """The key at the check: 1 joins the counselor, anything else ends the call and says nothing more.

    Whoever calls by TTY or relay joins without a key.
    Should the counselor be gone by then, they wait for another one like any caller.
    """
    with house.db.begin() as session:
        leg = session.get(Leg, leg_id)
        contact = lock_contact(session, leg.contact_id) if leg else None
        if leg is None or contact is None or contact.status not in ON_ITS_WAY:
            return Document(Language.ENGLISH, (HangUp(),))
        if digits[:1] != "1" and not contact.caller.relay:
            return Document(Language.ENGLISH, (HangUp(),))
        owed = owed_callback(session, contact.id)  # also one that was only promised: they are on the line now
        if owed is not None:
            owed.status, owed.done_at, owed.last_outcome = FollowUpStatus.DONE, now, "reached"
        leg.status = LegStatus.ACCEPTED
        direct_calls.reached(contact)
        record(session, contact.id, "callback_reached", now)
        if contact.claim_leg_id is None:
            wait_again.back_to_waiting(session, contact, now)
            contact.calling_back = False
            return call_flow.requeue(contact.id, contact.language, Say("voice.counselor_lost"))
        contact.calling_back = False  # from here on a call like any other
        escalation.connected(session, contact, now)
        return call_flow.join(contact.id, contact.language, contact.room or contact.claim_leg_id.hex)
