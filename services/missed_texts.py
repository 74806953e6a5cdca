"""Texts that came in while we could not take them: found in the provider's list, and answered."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from models import contacts
from services import conversation
from services.conversation import Heard, Inbound
from services.house import House
from telephony.ports import ProviderRefused, ProviderUnsure, ReceivedText, Telephony

LOOK_BACK = timedelta(minutes=20)  # every minute
LOOK_FAR_BACK = timedelta(hours=24)  # once an hour, and after a start
STILL_ON_ITS_WAY = timedelta(seconds=60)  # the webhook of a younger one may be under way
MINUTE_OF_THE_LONG_LOOK = 7


def take_missed(house: House, telephony: Telephony, now: datetime) -> int:
    """Take every text of the provider's list that no webhook brought; how many. Receipts keep it to once.

    One that cannot be taken does not keep the others waiting: they are taken, and then an ExceptionGroup is raised.
    """
    since = now - (LOOK_FAR_BACK if now.minute == MINUTE_OF_THE_LONG_LOOK else LOOK_BACK)
    taken = 0
    failures: list[Exception] = []
    for number in house.rules.helpline_numbers:
        try:
            listed = telephony.received_texts(recipient=number, since=since)
        except (ProviderRefused, ProviderUnsure):
            continue  # the next minute asks again
        for text in sorted(_unknown(house, listed, now), key=lambda text: text.sent_at or now):
            inbound = Inbound(text.sid, text.sender, text.recipient, text.body)
            try:
                taken += conversation.receive_text(house, inbound, now) is not Heard.AGAIN
            except Exception as error:
                failures.append(error)
    if failures:
        raise ExceptionGroup("missed texts that could not be taken", failures)
    return taken


def _unknown(house: House, listed: Sequence[ReceivedText], now: datetime) -> list[ReceivedText]:
    old_enough = [text for text in listed if text.sent_at is None or text.sent_at < now - STILL_ON_ITS_WAY]
    with house.db.begin() as session:
        known = contacts.known_receipts(session, [conversation.receipt_of(text.sid) for text in old_enough])
    return [text for text in old_enough if conversation.receipt_of(text.sid) not in known]
