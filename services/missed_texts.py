"""Texts that came in while we could not take them: found in the provider's list, and answered."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from models import contacts
from models.look_backs import good_until, note_good
from services import alarms, conversation
from services.alarms import AlarmKind
from services.conversation import Heard, Inbound
from services.house import House
from services.unread_texts import receive_or_set_aside
from telephony.ports import ProviderRefused, ProviderUnsure, ReceivedText, Telephony

NAME = "texts"
OVERLAP = timedelta(minutes=20)  # the provider's list may lag
FIRST_LOOK = timedelta(hours=24)
LONGEST_LOOK = timedelta(days=7)
STILL_ON_ITS_WAY = timedelta(seconds=60)  # the webhook of a younger one may be under way
TRIED_FOR = timedelta(minutes=5)  # one that cannot be taken for so long is set aside


def take_missed(house: House, telephony: Telephony, now: datetime, since: datetime | None = None) -> int:
    """Take every text of the provider's list that no webhook brought; how many. Receipts keep it to once.

    One that cannot be taken does not keep the others waiting: they are taken, and then an ExceptionGroup is raised.
    """
    since, complete, taken = since or _since(house, now), True, 0
    failures: list[Exception] = []
    for number in house.rules.helpline_numbers:
        try:
            listed = telephony.received_texts(recipient=number, since=since)
        except (ProviderRefused, ProviderUnsure):
            complete = False  # the next minute asks again, from the same moment on
            continue
        for text in sorted(_unknown(house, listed, now), key=lambda text: text.sent_at or now):
            inbound = Inbound(text.sid, text.sender, text.recipient, text.body, text.media)
            try:
                take = receive_or_set_aside if _tried(text, now) else conversation.receive_text
                taken += take(house, inbound, now) is not Heard.AGAIN
            except Exception as error:
                failures.append(error)
    with house.db.begin() as session:
        if complete:
            note_good(session, NAME, now)
        if taken:
            alarms.raise_alarm(session, AlarmKind.TEXTS_MISSED, now, count=taken)
    if failures:
        raise ExceptionGroup("missed texts that could not be taken", failures)
    return taken


def _tried(text: ReceivedText, now: datetime) -> bool:
    """Whether its webhook and some looks at the list must have failed with it."""
    return text.sent_at is not None and text.sent_at < now - TRIED_FOR


def _since(house: House, now: datetime) -> datetime:
    """The last moment that is known to be good, and a little before; at most what the provider's list is asked for."""
    with house.db.begin() as session:
        good = good_until(session, NAME)
    return max((good or now - FIRST_LOOK) - OVERLAP, now - LONGEST_LOOK)


def _unknown(house: House, listed: Sequence[ReceivedText], now: datetime) -> list[ReceivedText]:
    old_enough = [text for text in listed if text.sent_at is None or text.sent_at < now - STILL_ON_ITS_WAY]
    with house.db.begin() as session:
        known = contacts.known_receipts(session, [conversation.receipt_of(text.sid) for text in old_enough])
    return [text for text in old_enough if conversation.receipt_of(text.sid) not in known]
