"""Texts that stand in line because the provider's rate is used up: sent as it frees, what matters most first."""

import logging
import uuid
from datetime import datetime, timedelta

from models import outbox, text_budget
from models.contacts import record
from models.disclosures import contact_of_text
from models.follow_ups import hurry
from services import alarms, texts
from services.alarms import AlarmKind
from services.house import House
from services.text_claims import Sent
from telephony.ports import Telephony

log = logging.getLogger(__name__)
AT_ONCE = 200  # a number and tick; the next tick goes on
PUT_OFF = timedelta(seconds=30)  # a text that breaks what sends it lets the others pass


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
        if message_id is None:
            break
        try:
            outcome = texts.send(house, telephony, message_id, now)
        except Exception:
            log.exception("text_in_line_failed")
            _put_off(house, message_id, now)
            continue
        if outcome is Sent.IN_LINE:
            break
        sent += outcome is Sent.SENT
    return sent


def _put_off(house: House, message_id: uuid.UUID, now: datetime) -> None:
    """It goes to the back; having broken often enough it is failed, and people decide (web: failed deliveries)."""
    with house.db.begin() as session:
        if text_budget.put_off(session, message_id, now + PUT_OFF, texts.ATTEMPT_LIMIT):
            contact_id = contact_of_text(session, message_id)
            alarms.raise_alarm(session, AlarmKind.TEXT_FAILED, now, subject=contact_id or "")
            if contact_id is not None:
                record(session, contact_id, "text_failed", now, text=str(message_id))
                outbox.touch(session, contact_id)
                hurry(session, contact_id, message_id, now)
