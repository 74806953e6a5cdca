"""A text that the conversation cannot take, whatever the reason: kept as it came, and a counselor reads it."""

import logging
from datetime import datetime

from models import people
from models.consents import ConsentHow, ConsentKind
from models.contacts import take_receipt
from routing import phone
from routing.consent import Keyword
from services import alarms, hand_over, keyword_texts, text_contacts
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
    """Nothing of it is understood by a machine, save STOP: it is kept, and those on shift hear that somebody writes."""
    with house.db.begin() as session:
        if not take_receipt(session, receipt_of(inbound.sid), now):
            return Heard.AGAIN
        alarms.raise_alarm(session, AlarmKind.TEXT_UNREAD, now)
        sender = phone.e164(inbound.sender)
        if sender is None or sender in house.rules.helpline_numbers:
            return Heard.IGNORED
        caller = people.lock_caller(session, caller_for(session, sender, now).id)
        contact = text_contacts.current(session, caller, inbound, now)
        kept = text_contacts.keep(session, contact, inbound, now)
        if keyword_texts.keyword_in(contact, inbound) is Keyword.STOP:
            keyword_texts.note_consent(session, contact, ConsentKind.TEXTS_STOPPED, ConsentHow.KEYWORD, kept)
        hand_over.want_counselor(session, house, contact, "not_read", now)
        return Heard.KEPT
