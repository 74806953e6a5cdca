"""The counselor's controls of a conversation that goes on: hold, mute, hang up, help, and what to do if cut off."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from models import outbox
from models import rooms as queries
from models.contacts import Contact, Leg, lock_contact, record
from routing.documents import Document, Say
from routing.vocabulary import ContactStatus, Language, LegKind
from services import alerts, counselor_notices, escalation, guests, rooms, tasks
from services.each import contact_broke, each
from services.house import House

# `voice.told_...`
WARNED_BEFORE = timedelta(seconds=30)
WARNED = "hold_end_told"  # in the flow: of which hold (its beginning, seconds since 1970) the counselor was told
TOLD = frozenset(
    {"hold_over", "hold_ends_soon", "not_reached", "guest_left", "listens", "joined", "help_comes", "colleague_joins"}
)


class CallRefused(StrEnum):
    """Why a control does nothing."""

    NOT_ON = "not_on"  # the conversation is over, or has not begun
    NOT_YOURS = "not_yours"  # somebody else has it
    NOBODY_ASKED = "nobody_asked"  # there is nobody to bring in, to hand over to or to let go
    ONE_AT_A_TIME = "one_at_a_time"  # somebody was asked in already
    BUSY = "busy"  # that counselor is on another call
    NO_PHONE = "no_phone"  # no number to ring
    NOT_A_KEY = "not_a_key"
    NO_CONSENT = "no_consent"  # nothing may be told to this place
    NOT_SAFE = "not_safe"  # nobody knows whether this person may be called


@dataclass(frozen=True)
class By:
    """Who wants something done: a counselor with their own call, or somebody who leads and may act on any."""

    id: uuid.UUID
    leads: bool = False


def conversation(session: Session, contact_id: uuid.UUID, by: By) -> Contact | CallRefused:
    """The contact, locked, when it is a conversation on which `by` may act now."""
    contact = lock_contact(session, contact_id)
    if contact is None or contact.status is not ContactStatus.CONNECTED:
        return CallRefused.NOT_ON
    if contact.claimed_by != by.id and not by.leads:
        return CallRefused.NOT_YOURS
    return contact


def hold(house: House, contact_id: uuid.UUID, by: By, now: datetime) -> CallRefused | None:
    """Put the caller on hold for a moment; they are brought back by themselves when it takes too long."""
    with house.db.begin() as session:
        contact = conversation(session, contact_id, by)
        if isinstance(contact, CallRefused):
            return contact
        if contact.held_since is None:
            record(session, contact.id, "held", now, by=str(by.id))
        rooms.hold_caller(session, contact, now)
        return None


def resume(house: House, contact_id: uuid.UUID, by: By, now: datetime) -> CallRefused | None:
    """Bring the caller back into the conversation."""
    with house.db.begin() as session:
        contact = conversation(session, contact_id, by)
        if isinstance(contact, CallRefused):
            return contact
        if rooms.bring_back(session, contact, now):
            record(session, contact.id, "resumed_call", now, by=str(by.id))
        return None


def mute(house: House, contact_id: uuid.UUID, by: By, muted: bool, now: datetime) -> CallRefused | None:
    """Nobody hears the counselor, or everybody does again."""
    with house.db.begin() as session:
        contact = conversation(session, contact_id, by)
        if isinstance(contact, CallRefused):
            return contact
        leg = rooms.counselor_leg(session, contact)
        if leg is None:
            return CallRefused.NOT_ON
        rooms.want(session, contact, leg, now, muted=muted)
        return None


def hang_up(house: House, contact_id: uuid.UUID, by: By, now: datetime) -> CallRefused | None:
    """End the conversation: the counselor is asked how it ended, the caller hears how to come back."""
    with house.db.begin() as session:
        contact = conversation(session, contact_id, by)
        if isinstance(contact, CallRefused):
            return contact
        rooms.bring_back(session, contact, now)  # an end that is meant leaves nobody waiting on hold
        record(session, contact.id, "hung_up", now, by=str(by.id))
        tasks.ask(session, tasks.DROP, contact.claim_leg_id, now)
        outbox.touch(session, contact.id)
        return None


def ask_help(house: House, contact_id: uuid.UUID, by: By, now: datetime) -> CallRefused | None:
    """The counselor needs help: supervisors are told by text and on the board, and may listen, whisper or join."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None or contact.status not in (ContactStatus.CLAIMED, *queries.TALKING):
            return CallRefused.NOT_ON
        if contact.claimed_by != by.id and not by.leads:
            return CallRefused.NOT_YOURS
        alerts.ask_help(session, house, contact, by.id, now)
        return None


def may_call_back(house: House, contact_id: uuid.UUID, by: By, ok: bool | None, now: datetime) -> bool:
    """Write down what the caller said to: if we are cut off, may we call this number right back?"""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None or contact.caller.number is None:
            return False
        if contact.cut_off_ok is not ok:
            contact.cut_off_ok = ok
            word = {True: "yes", False: "no", None: "unknown"}[ok]
            record(session, contact.id, "cut_off_plan", now, answer=word, by=str(by.id))
            outbox.touch(session, contact.id)
        return True


def long_holds(house: House, now: datetime) -> int:
    """Callers on hold for too long are brought back, and the counselor hears that they are; how many."""
    rules = house.rules
    with house.db.begin() as session:
        held = queries.held_contacts(session, now - timedelta(seconds=rules.hold_limit_seconds))
    return each(held, lambda contact_id: _end_hold(house, contact_id, now), contact_broke(house, now))


def consultations_near_their_end(house: House, now: datetime) -> int:
    """Counselors who speak in private, and whose caller comes back soon, are told so, once; how many."""
    soon = timedelta(seconds=house.rules.consult_limit_seconds) - WARNED_BEFORE
    with house.db.begin() as session:
        held = queries.held_contacts(session, now - soon)
    return each(held, lambda contact_id: _warn(house, contact_id, now), contact_broke(house, now))


def _warn(house: House, contact_id: uuid.UUID, now: datetime) -> bool:
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        since = int(contact.held_since.timestamp()) if contact is not None and contact.held_since else None
        if contact is None or since is None or contact.flow.get(WARNED) == since:
            return False
        contact.flow = {**contact.flow, WARNED: since}
        counselor = rooms.counselor_leg(session, contact)
        if counselor is None or guests.guest_here(session, contact) is None:
            return False
        rooms.tell(session, contact, counselor, "hold_ends_soon", now)
        return True


def _end_hold(house: House, contact_id: uuid.UUID, now: datetime) -> bool:
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None or contact.status is not ContactStatus.CONNECTED or contact.held_since is None:
            return False
        rules = house.rules
        limit = rules.consult_limit_seconds if guests.guest_of(session, contact) else rules.hold_limit_seconds
        if now - contact.held_since < timedelta(seconds=limit):
            return False
        rooms.bring_back(session, contact, now)
        record(session, contact.id, "hold_over", now)
        counselor = rooms.counselor_leg(session, contact)
        if counselor is not None:
            rooms.tell(session, contact, counselor, "hold_over", now)
        return True


def hold_document(house: House, contact_id: uuid.UUID) -> Document:
    """What the caller hears on hold, in their language."""
    with house.db.begin() as session:
        contact = session.get(Contact, contact_id)
        return escalation.on_hold(contact_id, contact.language if contact is not None else Language.ENGLISH)


def told(house: House, word: str, leg_id: uuid.UUID) -> Document:
    """A sentence for one phone in a conversation, in the language of whoever holds it."""
    with house.db.begin() as session:
        leg = session.get(Leg, leg_id)
        if leg is None or word not in TOLD:
            return Document(Language.ENGLISH, ())
        caller = leg.kind is LegKind.CALLER
        language = leg.contact.language if caller else counselor_notices.language_on(session, leg)
        return Document(language, (Say(f"voice.told_{word}"),))
