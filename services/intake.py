"""A call arrives: it is logged, queued and being rung before the first word is spoken."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models import opening
from models.opening import Opening
from routing import call_flow
from routing.documents import Document
from routing.phone import e164
from services import tasks
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


def open_call(house: House, call: InboundCall, now: datetime) -> Document:
    """Log and queue a call in one statement and greet the caller; the same call again is only greeted again."""
    deadline = now + timedelta(seconds=house.rules.hard_limit_seconds)
    wanted = Opening(call.sid, call.caller_number, call.helpline_number, deadline, tasks.RING, tasks.CALLS)
    contact_id = opening.open_call(house.db, wanted, now)
    rules = house.rules
    return call_flow.greeting(contact_id, organisation=rules.organisation_name, funding=rules.funding_sentence_en)
