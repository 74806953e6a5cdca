"""A call arrives: it is logged, queued and being rung before the first word is spoken."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import opening
from models.opening import Opening
from routing import call_flow, held_calls
from routing.documents import Document
from routing.phone import e164
from routing.vocabulary import Language
from services import staff_line, tasks
from services.house import House

# TN-Validation-Passed-A, TN-Validation-Failed-C-Diverted, No-TN-Validation and the like (Twilio, "StirVerstat")
VERDICT = re.compile(r"(?:No-)?TN-Validation(?:-(?:Passed|Failed))?(?:-[ABC])?(?:-(?:Diverted|Passthrough))*")


@dataclass(frozen=True)
class InboundCall:
    """An inbound call as the edge read it; numbers are E.164, a withheld one is None."""

    sid: str
    caller_number: str | None
    helpline_number: str
    stir: str | None = None  # the network's verdict on the caller's number


def inbound_call(house: House, sid: str, sender: str, recipient: str, verdict: str = "") -> InboundCall:
    """A call as Twilio describes it: `anonymous`, `client:x` and the like are no number. `verdict` is StirVerstat."""
    stir = verdict if VERDICT.fullmatch(verdict) else None
    return InboundCall(sid, e164(sender), e164(recipient) or house.rules.helpline_numbers[0], stir)


def open_call(house: House, call: InboundCall, now: datetime, *, as_caller: bool = False) -> Document:
    """Log and queue a call in one statement and greet the caller; the same call again is only greeted again.

    Our own people, known by the phone of the roster, hear their menu first, unless they come `as_caller`.
    """
    deadline = now + timedelta(seconds=house.rules.hard_limit_seconds)
    rules = house.rules
    wanted = Opening(
        sid=call.sid,
        number=call.caller_number,
        line=call.helpline_number,
        deadline=deadline,
        task=tasks.RING,
        queue=tasks.CALLS,
        as_caller=as_caller,
        stir=call.stir,
        flood=rules.challenge_above_calls_a_minute,
    )
    opened = opening.open_call(house.db, wanted, now)
    if opened is None:
        return staff_line.menu(house, call.caller_number or "", now)
    if opened.held:
        return held_calls.held(opened.contact_id, opened.held, Language.ENGLISH)
    funding = rules.funding_sentence_en
    return call_flow.greeting(opened.contact_id, organisation=rules.organisation_name, funding=funding, live=rules.live)


def staff_key(house: House, call: InboundCall, digit: str, asked: int, now: datetime) -> Document:
    """A key in our own people's menu, or silence: after two of those, and on any other key, they come as callers."""
    answer = staff_line.pressed(house, call.caller_number or "", digit, asked, now)
    return answer or open_call(house, call, now, as_caller=True)
