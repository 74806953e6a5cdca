"""Supervisors on a live call: listen, whisper to the counselor, join, take it over, give it to somebody else.

Each is put on record; the counselor is told at once, on their phone and on their page.
"""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from models import outbox
from models.contacts import Contact, Leg, record
from models.people import Counselor
from routing.vocabulary import LegKind, LegStatus, Part
from services import audit, guests, rooms, tasks, transfers
from services.house import House
from services.in_call import By, CallRefused, conversation


def supervise(house: House, contact_id: uuid.UUID, by: By, part: Part, now: datetime) -> CallRefused | None:
    """Ring the supervisor's own phone, or change how they take part: listen, whisper, or speak with both."""
    with house.db.begin() as session:
        contact = _led(session, contact_id, by)
        if isinstance(contact, CallRefused):
            return contact
        leg = guests.supervisor_leg(session, contact, by.id)
        if leg is None:
            refused = _ring(session, contact, by, part, now)
            if refused is not None:
                return refused
        elif leg.part is not part:
            leg.part = part
            rooms.want(session, contact, leg, now, **guests.seat_for(session, contact, part))
            if leg.status is LegStatus.JOINED:
                transfers.arrived(session, contact, leg, now)
        audit.write(session, "call_supervised", by.id, now, contact_id=contact_id, part=part.value)
        record(session, contact.id, "supervised", now, part=part.value, by=str(by.id))
        outbox.touch(session, contact.id)
        return None


def _led(session: Session, contact_id: uuid.UUID, by: By) -> Contact | CallRefused:
    """A conversation of somebody else's, for somebody who leads."""
    if not by.leads:
        return CallRefused.NOT_YOURS
    contact = conversation(session, contact_id, by)
    own = not isinstance(contact, CallRefused) and contact.claimed_by == by.id
    return CallRefused.NOBODY_ASKED if own else contact


def _ring(session: Session, contact: Contact, by: By, part: Part, now: datetime) -> CallRefused | None:
    person = session.get(Counselor, by.id)
    if person is None or not person.phone:
        return CallRefused.NO_PHONE
    leg = guests.invite(session, contact, LegKind.SUPERVISOR, person.phone, part, now, counselor_id=by.id)
    return CallRefused.BUSY if leg is None else None


def leave(house: House, contact_id: uuid.UUID, by: By, now: datetime) -> CallRefused | None:
    """The supervisor goes; the others talk on."""
    with house.db.begin() as session:
        contact = _led(session, contact_id, by)
        if isinstance(contact, CallRefused):
            return contact
        leg = guests.supervisor_leg(session, contact, by.id)
        if leg is None:
            return CallRefused.NOBODY_ASKED
        tasks.ask(session, tasks.DROP, leg.id, now)
        record(session, contact.id, "supervisor_left", now, by=str(by.id))
        outbox.touch(session, contact.id)
        return None


def take_over(house: House, contact_id: uuid.UUID, by: By, now: datetime) -> CallRefused | None:
    """The supervisor has the call from now on: at once when they are in it, else as soon as they press 1."""
    with house.db.begin() as session:
        contact = _led(session, contact_id, by)
        if isinstance(contact, CallRefused):
            return contact
        leg: Leg | None = guests.supervisor_leg(session, contact, by.id)
        audit.write(session, "call_taken", by.id, now, contact_id=contact_id)
        if leg is not None and leg.status is LegStatus.JOINED:
            silent_so_far = leg.part is not Part.BARGE
            transfers.succeed(session, contact, leg, now)
            if silent_so_far:
                transfers.tell_caller_who_joins(session, contact, now)
            return None
        if leg is not None:
            leg.kind, leg.part = LegKind.COLLEAGUE, Part.COLD
            return None
    return transfers.to_colleague(house, contact_id, by, by.id, warm=False, now=now)


def reassign(house: House, contact_id: uuid.UUID, by: By, counselor_id: uuid.UUID, now: datetime) -> CallRefused | None:
    """Give a live call to another counselor, who takes it over on pressing 1; until then nothing changes."""
    if not by.leads:
        return CallRefused.NOT_YOURS
    refused = transfers.to_colleague(house, contact_id, by, counselor_id, warm=False, now=now)
    if refused is None:
        with house.db.begin() as session:
            audit.write(session, "call_reassigned", by.id, now, contact_id=contact_id, counselor_id=counselor_id)
    return refused
