"""A text that the conversation cannot take, whatever the reason: kept as it came, and a counselor reads it."""

import logging
from datetime import datetime

from models import people
from models.contacts import take_receipt
from routing import phone
from services import alarms, hand_over, text_contacts
from services.alarms import AlarmKind
from services.callers import caller_for
from services.conversation import Heard, receipt_of, receive_text
from services.house import House
from services.text_contacts import Inbound

log = logging.getLogger(__name__)


def receive_or_set_aside(house: House, inbound: Inbound, now: datetime) -> Heard:
    """Take a text that failed before; failing again, twice, it becomes a person's work and holds up no other.

    Raises only what keeps even that from being written, as a database that is gone.
    """
    try:
        return receive_text(house, inbound, now)
    except Exception:
        log.exception("text_failed_again")
    try:
        return receive_text(house, inbound, now)
    except Exception:
        log.exception("text_set_aside")
    return _set_aside(house, inbound, now)


def _set_aside(house: House, inbound: Inbound, now: datetime) -> Heard:
    """Nothing of it is understood by a machine: it is kept, and those on shift are told that somebody writes."""
    with house.db.begin() as session:
        if not take_receipt(session, receipt_of(inbound.sid), now):
            return Heard.AGAIN
        alarms.raise_alarm(session, AlarmKind.TEXT_UNREAD, now)
        sender = phone.e164(inbound.sender)
        if sender is None or sender in house.rules.helpline_numbers:
            return Heard.IGNORED
        caller = people.lock_caller(session, caller_for(session, sender, now).id)
        contact = text_contacts.current(session, caller, inbound, now)
        text_contacts.keep(session, contact, inbound, now)
        hand_over.want_counselor(session, house, contact, "not_read", now)
        return Heard.KEPT
