"""Calling out as the helpline: the counselor's own phone first, then the other, who sees the helpline's number.

Only to the contact's own number or to a place of the directory. No private number is shown to anybody.
"""

import uuid
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import outbox
from models.callbacks import on_the_line, owed_callback
from models.contacts import Contact, Leg, live_legs, lock_contact, record
from models.people import Counselor
from routing import call_flow, phone
from routing.documents import Ask, Document, HangUp, Ring, Say, Target
from routing.vocabulary import ContactStatus, Language, LegKind, LegStatus
from services import audit, browser_legs, counselor_notices, direct_calls, dispositions, rings, safe_contact, tasks
from services.directory.sheets import sheets
from services.house import House
from services.in_call import By, CallRefused
from services.intake_lines import FIRST_WAIT

OVER = (ContactStatus.ENDED, ContactStatus.CLOSED, ContactStatus.ABANDONED)


def call_them(house: House, contact_id: uuid.UUID, by: By, asked: bool, now: datetime) -> CallRefused | None:
    """Call the contact's own number. `asked`: they wanted it, or said that a call is safe; else it must be known."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None or contact.status not in OVER:
            return CallRefused.NOT_ON
        if contact.caller.number is None:
            return CallRefused.NO_PHONE
        if not (asked or safe_contact.call_is_safe(contact) or owed_callback(session, contact.id)):
            return CallRefused.NOT_SAFE
        if on_the_line(session, contact.caller_id):
            return CallRefused.BUSY
        leg = _own_phone(session, contact, LegKind.COUNSELOR, by, now)
        if isinstance(leg, CallRefused):
            return leg
        direct_calls.begin(session, house, contact, leg, now, again=False)
        record(session, contact.id, "called_out", now, by=str(by.id), leg=str(leg.id))
        audit.write(session, "called_out", by.id, now, contact_id=contact_id)
        return None


def call_place(house: House, contact_id: uuid.UUID, by: By, listing_id: int, now: datetime) -> CallRefused | None:
    """Call a place of the directory about this contact, who is not on the line."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None:
            return CallRefused.NOT_ON
        if _number(session, listing_id) is None:
            return CallRefused.NO_PHONE
        leg = _own_phone(session, contact, LegKind.CALL_OUT, by, now)
        if isinstance(leg, CallRefused):
            return leg
        leg.listing_id = listing_id
        record(session, contact.id, "called_place", now, by=str(by.id), leg=str(leg.id))
        audit.write(session, "called_out", by.id, now, contact_id=contact_id)
        outbox.touch(session, contact.id)
        return None


def _own_phone(session: Session, contact: Contact, kind: LegKind, by: By, now: datetime) -> Leg | CallRefused:
    person = session.get(Counselor, by.id)
    if person is None or not person.phone:
        return CallRefused.NO_PHONE
    try:
        with session.begin_nested():
            leg = rings.add_leg(session, contact, kind, person.phone, by.id, now)
    except IntegrityError:
        return CallRefused.BUSY
    tasks.ask(session, tasks.PLACE, leg.id, now)
    return leg


def _number(session: Session, listing_id: int) -> str | None:
    sheet = sheets(session, [listing_id]).get(listing_id)
    return phone.dialled(sheet.intake_line) if sheet is not None else None


def picked_up(house: House, leg_id: uuid.UUID, sid: str, now: datetime) -> Document:
    """The counselor's own phone for a call to a place: 1 from a person, before the place is rung."""
    with house.db.begin() as session:
        leg = session.get(Leg, leg_id, with_for_update={"of": Leg, "key_share": True})
        if leg is None or leg.ended_at is not None or leg.kind is not LegKind.CALL_OUT:
            return Document(Language.ENGLISH, (HangUp(),))
        browser_legs.is_there(leg)
        leg.provider_sid, leg.answered_at, leg.status = (
            leg.provider_sid or sid,
            leg.answered_at or now,
            LegStatus.ANSWERED,
        )
        ask = Ask((Say("voice.out_press_one"),), call_flow.path("out-key", leg.id), seconds=house.rules.press_seconds)
        if not leg.in_browser:
            return Document(counselor_notices.language_on(session, leg), (ask, ask, HangUp()))
    return pressed(house, leg_id, "1", now)  # no voicemail clicks on Answer


def pressed(house: House, leg_id: uuid.UUID, digits: str, now: datetime) -> Document:
    """1 rings the place, with the helpline's number shown; the counselor's own keys reach its phone tree."""
    with house.db.begin() as session:
        leg = session.get(Leg, leg_id, with_for_update={"of": Leg, "key_share": True})
        number = _number(session, leg.listing_id or 0) if leg is not None and leg.ended_at is None else None
        if leg is None or number is None or digits[:1] != "1":
            return Document(Language.ENGLISH, (HangUp(),))
        leg.status, leg.accepted_at = LegStatus.JOINED, leg.accepted_at or now
        plain, _, extension = number.partition(";ext=")
        keys = f"{FIRST_WAIT}{extension}" if extension.isdigit() else ""
        ring = Ring(
            (Target(plain, None, None, keys),), house.rules.intake_ring_seconds, call_flow.path("out-after", leg.id)
        )
        return Document(counselor_notices.language_on(session, leg), (Say("voice.out_ringing"), ring))


def after(house: House, leg_id: uuid.UUID, *, answered: bool) -> Document:
    """The call to the place is over, or nobody answered there."""
    with house.db.begin() as session:
        leg = session.get_one(Leg, leg_id)
        key = "voice.guest_over" if answered else "voice.out_no_answer"
        return call_flow.farewell(counselor_notices.language_on(session, leg), Say(key))


def reconnect(house: House, leg_id: uuid.UUID, now: datetime) -> Document:
    """The counselor stayed on the line after the caller was cut off: they go in again, and the caller is rung."""
    with house.db.begin() as session:
        leg = session.get_one(Leg, leg_id)
        contact = lock_contact(session, leg.contact_id)
        if contact is None or contact.claim_leg_id != leg.id or not direct_calls.may_reconnect(contact, leg):
            return dispositions.ask(leg_id)
        for old in live_legs(session, contact.id):
            if old.kind is LegKind.CALLER:
                rings.end_leg(old, "completed", now)  # the conference ended with it; its own word may be late
        if on_the_line(session, contact.caller_id):
            return dispositions.ask(leg_id)  # they are calling us this moment
        direct_calls.note_try(contact)
        direct_calls.begin(session, house, contact, leg, now, again=True)
        leg.seat = leg.seated = {}
        record(session, contact.id, "cut_off", now, leg=str(leg.id))
        language = counselor_notices.language_on(session, leg)
        return call_flow.counselor_joins(leg.id, language, (Say("voice.reconnecting"),))
