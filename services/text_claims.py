"""Texts are taken for sending: queued -> sending, many in one transaction, and asked once more whether they may go."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from models import disclosures, follow_ups, outbox, texts
from models.contacts import record
from models.texts import TextMessage
from routing.sending import Purpose, Refusal, Verdict
from routing.vocabulary import TextStatus
from services import consent, disclosure, text_pace
from services.house import House


class Sent(StrEnum):
    """What came of an attempt to send."""

    SENT = "sent"
    NOT_OURS = "not_ours"  # somebody else has it, or it is not due
    WAITS = "waits"  # for the person's morning, or for the provider
    IN_LINE = "in_line"  # the number's rate is used up
    SUPPRESSED = "suppressed"
    FAILED = "failed"
    UNSURE = "unsure"  # to be reconciled


@dataclass(frozen=True)
class Parcel:
    """One claimed message, ready for the provider, with no database behind it."""

    message_id: uuid.UUID
    to: str
    sender: str
    body: str
    status_url: str


def claim(house: House, ids: Sequence[uuid.UUID], now: datetime) -> Mapping[uuid.UUID, Parcel | Sent]:
    """Take those of these messages that are to be sent now; what became of each."""
    with house.db.begin() as session:
        found = sorted(
            texts.claim_to_send(session, ids, now), key=lambda m: (m.helpline_number, m.rank, m.due_at, m.position)
        )
        answers = consent.ask_all(session, house, found, now)
        claimed = {
            message.id: _parcel(session, house, message, number, verdict, now)
            for message, (number, verdict) in zip(found, answers, strict=True)
        }
        return dict.fromkeys(ids, Sent.NOT_OURS) | claimed


def _parcel(
    session: Session, house: House, message: TextMessage, number: str, verdict: Verdict, now: datetime
) -> Parcel | Sent:
    if not disclosure.still_allowed(session, message, now):
        return suppress(session, message, Refusal.CONSENT_OVER, now)
    if verdict.refusal is not None:
        return suppress(session, message, verdict.refusal, now)
    if verdict.send_at is not None and verdict.send_at > now:
        put_back(message, verdict.send_at)
        return Sent.WAITS
    if not text_pace.may_go(session, house, message, now):
        put_back(message, message.due_at)
        message.claimed_at = now  # reminded: the line brings it on, and the sweep of forgotten ones keeps off
        return Sent.IN_LINE
    return Parcel(
        message_id=message.id,
        to=number,
        sender=message.helpline_number,
        body=message.body,
        status_url=f"{house.rules.public_base_url}/status/message?text={message.id}",
    )


def put_back(message: TextMessage, due_at: datetime) -> None:
    """A claimed message (locked) that is not tried now."""
    message.status = TextStatus.QUEUED
    message.due_at = due_at
    message.claimed_at = None
    message.attempts -= 1  # nothing was tried


def suppress(session: Session, message: TextMessage, refusal: Refusal, now: datetime) -> Sent:
    """A message (locked) that may never go."""
    message.status = TextStatus.SUPPRESSED
    answer_no_more(session, message, now)
    tell(session, message, "text_suppressed", now, reason=refusal.value)
    return Sent.SUPPRESSED


def tell(session: Session, message: TextMessage, kind: str, now: datetime, **data: object) -> None:
    """What happened to a message, on its contact's timeline and pages."""
    contact_id = contact_of(session, message)
    if contact_id is not None:
        record(session, contact_id, kind, now, text=str(message.id), purpose=message.purpose, **data)
        outbox.touch(session, contact_id)


def contact_of(session: Session, message: TextMessage) -> uuid.UUID | None:
    """The contact that a message belongs to, or that it tells a place of."""
    if message.disclosure_id is None:
        return message.contact_id
    return disclosures.contact_of_text(session, message.id)


def answer_no_more(session: Session, message: TextMessage, now: datetime) -> None:
    """A message that does not arrive gets no answer: the step that waits for one goes on at once."""
    if message.purpose in (Purpose.FOLLOW_UP, Purpose.LATE_WORDS) and message.contact_id is not None:
        follow_ups.hurry(session, message.contact_id, message.id, now)


def show(session: Session, message: TextMessage) -> None:
    """Open pages of its contact look different after the commit."""
    if message.contact_id is not None:
        outbox.touch(session, message.contact_id)
