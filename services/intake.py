"""A call arrives: it is logged, queued and being rung before the first word is spoken."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models import opening
from models.opening import Opening
from routing import call_flow
from routing.documents import Document
from routing.phone import e164
from services import staff_line, tasks
from services.house import House


@dataclass(frozen=True)
class InboundCall:
    """An inbound call as the edge read it; numbers are E.164, a withheld one is None."""

    sid: str
    caller_number: str | None
    helpline_number: str


def inbound_call(house: House, sid: str, sender: str, recipient: str) -> InboundCall:
    """A call as Twilio describes it: `anonymous`, `client:x` and the like are no number."""
    return InboundCall(sid, e164(sender), e164(recipient) or house.rules.helpline_numbers[0])


def open_call(house: House, call: InboundCall, now: datetime, *, as_caller: bool = False) -> Document:
    """Log and queue a call in one statement and greet the caller; the same call again is only greeted again.

    Our own people, known by the phone of the roster, hear their menu first, unless they come `as_caller`.
    """
    deadline = now + timedelta(seconds=house.rules.hard_limit_seconds)
    wanted = Opening(call.sid, call.caller_number, call.helpline_number, deadline, tasks.RING, tasks.CALLS, as_caller)
    contact_id = opening.open_call(house.db, wanted, now)
    if contact_id is None:
        return staff_line.menu(house, call.caller_number or "", now)
    rules = house.rules
    return call_flow.greeting(contact_id, organisation=rules.organisation_name, funding=rules.funding_sentence_en)


def staff_key(house: House, call: InboundCall, digit: str, asked: int, now: datetime) -> Document:
    """A key in our own people's menu, or silence: after two of those, and on any other key, they come as callers."""
    answer = staff_line.pressed(house, call.caller_number or "", digit, asked, now)
    return answer or open_call(house, call, now, as_caller=True)
