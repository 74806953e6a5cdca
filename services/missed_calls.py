"""Calls that reached nobody's records while we were away: found in the provider's list, each written down once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from models import contacts
from models.contacts import take_receipt
from models.look_backs import good_until, note_good
from models.people import counselor_by_phone
from routing.phone import e164
from services import alarms
from services.alarms import AlarmKind
from services.degraded import records
from services.house import House
from telephony.ports import ProviderRefused, ProviderUnsure, ReceivedCall, Telephony

NAME = "calls"
OVERLAP = timedelta(minutes=20)  # the provider's list may lag, and a journal may be replayed meanwhile
FIRST_LOOK = timedelta(hours=24)
LONGEST_LOOK = timedelta(days=7)
STILL_ON_ITS_WAY = timedelta(seconds=60)  # the webhook of a younger one may be under way
MET = timedelta(seconds=20)  # as for callbacks: a talk shorter than this may have been cut off


def take_missed(house: House, telephony: Telephony, now: datetime, since: datetime | None = None) -> int:
    """Write down every ended call to our numbers of which no webhook told us; how many.

    Looks back to the last time that this went well (or to `since`). Whoever talked through the static documents is
    owed nothing; everybody else is work for a person, for nobody has asked whether a call is safe.
    One that cannot be written down keeps no other waiting: they are, and then an ExceptionGroup is raised.
    """
    begin = since or _since(house, now)
    taken = 0
    failures: list[Exception] = []
    for number in house.rules.helpline_numbers:
        try:
            for call in _unknown(house, telephony.received_calls(recipient=number, since=begin), now):
                taken += _take_or_note(house, telephony, call, failures, now)
        except (ProviderRefused, ProviderUnsure):
            return taken  # the next minute asks again, from the same moment on
    with house.db.begin() as session:
        if not failures:
            note_good(session, NAME, now)
        if taken:
            alarms.raise_alarm(session, AlarmKind.CALLS_MISSED, now, count=taken)
    if failures:
        raise ExceptionGroup("missed calls that could not be written down", failures)
    return taken


def _take_or_note(
    house: House, telephony: Telephony, call: ReceivedCall, failures: list[Exception], now: datetime
) -> bool:
    try:
        return _take(house, telephony, call, now)
    except (ProviderRefused, ProviderUnsure):
        raise
    except Exception as error:
        failures.append(error)
        return False


def _since(house: House, now: datetime) -> datetime:
    with house.db.begin() as session:
        good = good_until(session, NAME)
    return max((good or now - FIRST_LOOK) - OVERLAP, now - LONGEST_LOOK)


def _unknown(house: House, listed: Sequence[ReceivedCall], now: datetime) -> list[ReceivedCall]:
    ended = [call for call in listed if call.over and call.started_at < now - STILL_ON_ITS_WAY]
    with house.db.begin() as session:
        known = contacts.known_receipts(session, [call.sid for call in ended])
    return sorted((call for call in ended if call.sid not in known), key=lambda call: call.started_at)


def _is_ours(house: House, caller: str | None) -> bool:
    """Whether one of our own people called: their menu (`services.staff_line`) leaves no receipt."""
    with house.db.begin() as session:
        return caller is not None and counselor_by_phone(session, caller) is not None


def _take(house: House, telephony: Telephony, call: ReceivedCall, now: datetime) -> bool:
    caller = e164(call.caller)
    if caller in house.rules.helpline_numbers or _is_ours(house, caller):
        return False
    talked = timedelta(seconds=telephony.talked_seconds(call.sid)) >= MET
    with house.db.begin() as session:
        if not take_receipt(session, call.sid, now):
            return False
        contact = records.missed_call(session, call.sid, caller, call.recipient, call.started_at, now, talked=talked)
        contacts.record(session, contact.id, "missed_altogether", now, talked=talked)
    return True
