"""Calls while the database is gone: who is rung, press 1 by a signed ticket, and a journal for later."""

import logging
import zlib
from datetime import datetime
from typing import Any

from routing import call_flow, degraded_flow
from routing.degraded_flow import ROUNDS, Phone
from routing.documents import Document, HangUp, Say, Target
from routing.vocabulary import ContactStatus, Language
from services import intake
from services.degraded import replay, snapshot
from services.degraded.tickets import FOR_A_KEY_SECONDS, FOR_A_TALK_SECONDS, Ticket, open_ticket, seal
from services.house import House
from services.intake import InboundCall
from services.wait_again import back_to_waiting, has_hung_up

log = logging.getLogger(__name__)


def answer(house: House, call: InboundCall, now: datetime, *, number: int = 0) -> Document:
    """Say what helps and ring people of the snapshot and the on-call numbers, in round `number`, without a database."""
    if number == 0 and _is_blocked(house, call, now):
        note(house, "call", now, call=call.sid, number=call.caller_number, line=call.helpline_number, blocked=True)
        return degraded_flow.blocked()
    if number == 0:
        note(house, "call", now, call=call.sid, number=call.caller_number, line=call.helpline_number)
    phones = _phones(house, call, number, now)
    if not phones or number >= ROUNDS:
        return _given_up(house, call, now)
    targets = [_target(call, phone, number) for phone in phones]
    return degraded_flow.ring(targets, f"/voice/degraded/after/{seal(Ticket(call.sid, number))}", first=number == 0)


def _phones(house: House, call: InboundCall, number: int, now: datetime) -> list[Phone]:
    rules = house.rules
    try:
        here = snapshot.who_is_here(house.local, now) if house.local and rules.live else []
    except (OSError, ValueError, KeyError):  # a snapshot that cannot be read must not silence the on-call numbers
        log.exception("snapshot_not_read")
        here = []
    turn = zlib.crc32(call.sid.encode())
    return degraded_flow.phones_of_round(here, rules.on_call_numbers, rules.backup_number or "", number, turn)


def _is_blocked(house: House, call: InboundCall, now: datetime) -> bool:
    if house.local is None or call.caller_number is None:
        return False
    try:
        return snapshot.is_blocked(house.local, call.caller_number, now)
    except (OSError, ValueError, KeyError):  # when in doubt they are let through
        log.exception("snapshot_not_read")
        return False


def _target(call: InboundCall, phone: Phone, number: int) -> Target:
    ticket = seal(Ticket(call.sid, number, phone.person))
    return Target(phone.number, f"/voice/degraded/whisper/{ticket}", "/status/call")


def _given_up(house: House, call: InboundCall, now: datetime) -> Document:
    note(house, "over", now, call=call.sid, spoken=False)
    return degraded_flow.nobody(can_be_called=call.caller_number is not None)


def note(house: House, kind: str, now: datetime, **data: Any) -> None:
    """Write down what happened; a disk that does not take it must not keep the caller from an answer."""
    if house.local is None:
        return
    try:
        house.local.write(kind, now, **data)
    except OSError:
        log.exception("journal_not_written")


def picked_up(sealed: str, parent: str) -> Document:
    """A phone was picked up: ask for 1. `parent` is the call that it is rung for, as the provider says."""
    ticket = open_ticket(sealed, FOR_A_KEY_SECONDS)
    if ticket is None or (parent and ticket.call != parent):
        return degraded_flow.decided(False)
    return degraded_flow.whisper(f"/voice/degraded/key/{sealed}")


def picked_up_by_row(leg_id: object, parent: str) -> Document:
    """The same for a phone that was rung while there still was a row for it."""
    return picked_up(ticket_of_row(leg_id, parent), parent)


def ticket_of_row(leg_id: object, parent: str) -> str:
    """A ticket for a phone that has a row; the provider's own signature has said that it rings for `parent`."""
    return seal(Ticket(parent, leg=str(leg_id)))


def pressed(house: House, sealed: str, digits: str, sid: str, now: datetime) -> Document:
    """1 connects; the first whose answer the provider has wins, and the other phones stop ringing."""
    ticket = open_ticket(sealed, FOR_A_KEY_SECONDS)
    accepted = ticket is not None and digits[:1] == "1"
    if ticket is not None and accepted:
        note(house, "accepted", now, call=ticket.call, phone=sid, person=ticket.person, leg=ticket.leg)
    return degraded_flow.decided(accepted)


def after(house: House, sealed: str, call: InboundCall, now: datetime, *, spoken: bool, phone: str) -> Document:
    """Ringing is over. `phone` is the call of whoever was connected. In vain: back to the line, or the next round."""
    ticket = open_ticket(sealed, FOR_A_TALK_SECONDS)
    if spoken:
        note(house, "over", now, call=call.sid, spoken=True, phone=phone)
        return degraded_flow.thanks()
    try:
        return back_on_the_line(house, call, now)
    except Exception:  # still no database: whatever it is, somebody is rung
        log.info("still_degraded")
    return answer(house, call, now, number=ticket.round + 1 if ticket else ROUNDS)


def back_on_the_line(house: House, call: InboundCall, now: datetime) -> Document:
    """The database is back: the caller waits as everybody does. Raises when it is not."""
    with house.db.begin() as session:
        known = replay.contact_of_call(session, call.sid) is not None
    if not known:
        intake.open_call(house, call, now)
    with house.db.begin() as session:
        contact = replay.contact_of_call(session, call.sid)
        if contact is None or has_hung_up(session, contact):
            return Document(Language.ENGLISH, (HangUp(),))
        if contact.status not in (ContactStatus.WAITING, ContactStatus.CLAIMED):
            back_to_waiting(session, contact, now)
        replay.no_callback_owed(session, contact, now)
        back = Say("voice.degraded_back", language=contact.language)
        return Document(contact.language, (back, call_flow.enqueue(contact.id)))
