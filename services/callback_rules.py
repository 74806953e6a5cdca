"""Which callbacks are promised: to the number that contacted us, in the countries we call, not without end.

Toll fraud makes a line call expensive numbers again and again. Whoever is refused stays on the line or leaves a
voicemail, and supervisors see who was refused and why.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from models import care
from models.contacts import Contact
from routing.phone import callable_in
from routing.vocabulary import DANGER
from services.house import House

SHOWN_FOR = timedelta(days=7)


class CallbackRefused(StrEnum):
    """Why no callback is promised."""

    NO_NUMBER = "no_number"
    COUNTRY = "country"  # not of the countries that we call, or a number that costs extra
    NUMBER_LIMIT = "number_limit"  # this number was promised enough of them today
    DAY_LIMIT = "day_limit"


@dataclass(frozen=True)
class RefusedRow:
    """One callback that was not promised."""

    contact_id: uuid.UUID
    at: datetime
    reason: str


def refusal(
    session: Session, house: House, contact: Contact, now: datetime, *, limits: bool = True
) -> CallbackRefused | None:
    """Why this contact cannot be promised a callback; None when it can. Limits hold nobody in danger back."""
    number, rules = contact.caller.number, house.rules
    if number is None:
        return CallbackRefused.NO_NUMBER
    if not callable_in(number, rules.callback_countries):
        return CallbackRefused.COUNTRY
    if contact.urgency in DANGER or not limits:
        return None
    since = now - care.DAY
    if care.promised_since(session, since, contact.caller_id) >= rules.callbacks_per_number_a_day:
        return CallbackRefused.NUMBER_LIMIT
    return CallbackRefused.DAY_LIMIT if care.promised_since(session, since) >= rules.callbacks_a_day else None


def refused_lately(house: House, now: datetime) -> tuple[RefusedRow, ...]:
    """What supervisors see: the refused callbacks of a week, newest first."""
    with house.db.begin() as session:
        events = care.refused_callbacks(session, now - SHOWN_FOR)
        return tuple(RefusedRow(event.contact_id, event.at, str(event.data["reason"])) for event in events)
