"""A call arrives: it is logged, queued and being rung before the first word is spoken."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models import outbox
from models.contacts import Contact, Leg, Receipt, record
from routing import call_flow
from routing.call_flow import NextStep
from routing.documents import Document
from routing.phone import e164
from routing.vocabulary import Channel, ContactStatus, Language, LegKind, LegStatus
from services import tasks
from services.callers import caller_for
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
    """Log and queue a call in one transaction and greet the caller; the same call again is only greeted again."""
    with house.db.begin() as session:
        contact_id = _first_time(session, call.sid, now)
        if contact_id is not None:
            _queue(session, house, contact_id, call, now)
        else:
            contact_id = session.get_one(Receipt, call.sid).contact_id
    if contact_id is None:
        raise LookupError("a receipt without its contact")
    return greeting(house, contact_id)


def greeting(house: House, contact_id: uuid.UUID) -> Document:
    """The first words for a contact."""
    rules = house.rules
    return call_flow.greeting(contact_id, organisation=rules.organisation_name, funding=rules.funding_sentence_en)


def _first_time(session: Session, sid: str, now: datetime) -> uuid.UUID | None:
    contact_id = uuid.uuid4()
    taken = session.execute(
        insert(Receipt).values(provider_id=sid, at=now).on_conflict_do_nothing().returning(Receipt.provider_id)
    ).first()
    return contact_id if taken else None


def _queue(session: Session, house: House, contact_id: uuid.UUID, call: InboundCall, now: datetime) -> None:
    caller = caller_for(session, call.caller_number, now)
    contact = Contact(
        id=contact_id,
        caller_id=caller.id,
        channel=Channel.VOICE,
        helpline_number=call.helpline_number,
        status=ContactStatus.WAITING,
        language=caller.language or Language.ENGLISH,
        opened_at=now,
        waiting_since=now,
        deadline_at=now + timedelta(seconds=house.rules.hard_limit_seconds),
        next_step=NextStep.RING,
        flow={},
    )
    session.add(contact)
    session.flush()
    leg = Leg(
        contact_id=contact_id,
        kind=LegKind.CALLER,
        status=LegStatus.ANSWERED,
        provider_sid=call.sid,
        planned_at=now,
        answered_at=now,
    )
    session.add(leg)
    session.get_one(Receipt, call.sid).contact_id = contact_id
    record(session, contact_id, "call_opened", now)
    tasks.ask(session, tasks.RING, contact_id, now)
    outbox.touch(session, contact_id)
