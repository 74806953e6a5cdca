"""Texts that stand in line because the provider's rate is used up: sent as it frees, what matters most first."""

from datetime import datetime

from models import text_budget
from services import texts
from services.house import House
from services.texts import Sent
from telephony.ports import Telephony

AT_ONCE = 200  # a number and tick; the next tick goes on


def send_in_line(house: House, telephony: Telephony, now: datetime) -> int:
    """Send what each number's rate allows now; how many were sent. Without a limit of ours nothing stands in line."""
    if house.rules.texts_per_second <= 0:
        return 0
    return sum(_send_from(house, telephony, number, now) for number in house.rules.helpline_numbers)


def _send_from(house: House, telephony: Telephony, number: str, now: datetime) -> int:
    sent = 0
    for _ in range(AT_ONCE):
        with house.db.begin() as session:
            message_id = text_budget.next_in_line(session, number, now)
        outcome = texts.send(house, telephony, message_id, now) if message_id is not None else Sent.IN_LINE
        if outcome is Sent.IN_LINE:
            break
        sent += outcome is Sent.SENT
    return sent
