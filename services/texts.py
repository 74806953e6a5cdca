"""Texts: written as rows, sent exactly once, and what the provider says of them afterwards."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from models import outbox, texts
from models.bed_contacts import BedContact
from models.contacts import Contact, record
from models.people import Caller, Counselor
from models.texts import TextMessage
from routing.sending import Purpose, Rank, Refusal, rank_of
from routing.vocabulary import DANGER, TextStatus
from services import alarms, consent, disclosure, text_pace
from services.alarms import AlarmKind
from services.house import House
from telephony.ports import ProviderRefused, ProviderUnsure, Telephony

SEND_TASK, TEXTS_QUEUE, RETRIES_QUEUE = "workers.texts.send", "texts", "retries"
ALARM_AFTER = 3  # attempts; one 429 is no trouble
ATTEMPT_LIMIT = 12  # then a message is failed and shown to people: about half an hour of trying
SLOWEST_RETRY = timedelta(minutes=5)
BLOCKED_BY_THE_PERSON = 21610  # Twilio: the number said STOP to ours


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


def queue_text(
    session: Session,
    *,
    body: str,
    purpose: Purpose,
    helpline_number: str,
    now: datetime,
    contact: Contact | None = None,
    caller: Caller | None = None,
    counselor: Counselor | None = None,
    bed_contact: BedContact | None = None,
    disclosure_id: uuid.UUID | None = None,
) -> TextMessage:
    """Store a text to a caller, a counselor or facility staff; it is sent once this transaction is committed.

    `disclosure_id`: it tells something of a person (services.disclosure), and is kept back when the consent is over.
    """
    message = TextMessage(
        id=uuid.uuid4(),
        contact_id=contact.id if contact else None,
        caller_id=caller.id if caller else None,
        counselor_id=counselor.id if counselor else None,
        bed_contact_id=bed_contact.id if bed_contact else None,
        disclosure_id=disclosure_id,
        outgoing=True,
        purpose=purpose.value,
        helpline_number=helpline_number,
        rank=rank_of(purpose, in_danger=contact is not None and contact.urgency in DANGER),
        body=body,
        status=TextStatus.QUEUED,
        created_at=now,
        due_at=now,
    )
    session.add(message)
    outbox.put(session, SEND_TASK, TEXTS_QUEUE, message.id, now=now)
    _show(session, message)
    return message


def copy_of(failed: TextMessage, purpose: Purpose, now: datetime) -> TextMessage:
    """The words of a failed text as a new one to the same person, not stored yet."""
    return TextMessage(
        id=uuid.uuid4(),
        contact_id=failed.contact_id,
        caller_id=failed.caller_id,
        counselor_id=failed.counselor_id,
        bed_contact_id=failed.bed_contact_id,
        disclosure_id=failed.disclosure_id,
        outgoing=True,
        purpose=purpose.value,
        helpline_number=failed.helpline_number,
        rank=rank_of(purpose, in_danger=failed.rank == Rank.FIRST),
        body=failed.body,
        status=TextStatus.QUEUED,
        created_at=now,
        due_at=now,
    )


def queue_again(session: Session, again: TextMessage, now: datetime) -> None:
    """Store such a copy; it is sent once this transaction is committed."""
    session.add(again)
    outbox.put(session, SEND_TASK, TEXTS_QUEUE, again.id, now=now)
    _tell(session, again, "text_tried_again", now)


def send(house: House, telephony: Telephony, message_id: uuid.UUID, now: datetime) -> Sent:
    """Send one queued message: claim, commit, provider, commit. Only here do texts leave the house."""
    claimed = _claim(house, message_id, now)
    if isinstance(claimed, Sent):
        return claimed
    try:
        sid = telephony.send_text(
            to=claimed.to, sender=claimed.sender, body=claimed.body, status_url=claimed.status_url
        )
    except ProviderRefused as refusal:
        return _refused(house, message_id, refusal, now)
    except ProviderUnsure:
        return _unsure(house, message_id)
    with house.db.begin() as session:
        message = texts.lock_message(session, message_id)
        if message is not None:
            mark_accepted(session, message, sid, now)
    return Sent.SENT


def _claim(house: House, message_id: uuid.UUID, now: datetime) -> Parcel | Sent:
    with house.db.begin() as session:
        message = texts.claim_to_send(session, message_id, now)
        if message is None:
            return Sent.NOT_OURS
        if not disclosure.still_allowed(session, message, now):
            return _suppress(session, message, Refusal.CONSENT_OVER, now)
        number, verdict = consent.ask(session, house, message, now)
        if verdict.refusal is not None:
            return _suppress(session, message, verdict.refusal, now)
        if verdict.send_at is not None and verdict.send_at > now:
            _put_back(message, verdict.send_at)
            return Sent.WAITS
        if not text_pace.may_go(session, house, message, now):
            _put_back(message, message.due_at)
            message.claimed_at = now  # reminded: the line brings it on, and the sweep of forgotten ones keeps off
            return Sent.IN_LINE
        return Parcel(
            message_id=message.id,
            to=number,
            sender=message.helpline_number,
            body=message.body,
            status_url=f"{house.rules.public_base_url}/status/message?text={message.id}",
        )


def _put_back(message: TextMessage, due_at: datetime) -> None:
    message.status = TextStatus.QUEUED
    message.due_at = due_at
    message.claimed_at = None
    message.attempts -= 1  # nothing was tried


def _suppress(session: Session, message: TextMessage, refusal: Refusal, now: datetime) -> Sent:
    message.status = TextStatus.SUPPRESSED
    _tell(session, message, "text_suppressed", now, reason=refusal.value)
    return Sent.SUPPRESSED


def mark_accepted(session: Session, message: TextMessage, sid: str, now: datetime) -> None:
    """The provider has the message (locked). A status callback may have said so, and more, already."""
    if message.provider_sid is None:
        message.provider_sid = sid
        message.sent_at = now
        _tell(session, message, "text_sent", now, attempts=message.attempts)
    if message.status in (TextStatus.QUEUED, TextStatus.SENDING, TextStatus.UNKNOWN):
        message.status = TextStatus.SENT


def _refused(house: House, message_id: uuid.UUID, refusal: ProviderRefused, now: datetime) -> Sent:
    with house.db.begin() as session:
        message = texts.lock_message(session, message_id)
        if message is None or message.status is not TextStatus.SENDING:
            return Sent.NOT_OURS
        message.error_code = refusal.code or None
        if refusal.code == BLOCKED_BY_THE_PERSON:
            consent.stopped_at_the_provider(session, message, now)
            return _suppress(session, message, Refusal.STOPPED, now)
        if refusal.too_many:
            text_pace.too_many(session, message, now)
        if not refusal.bad_number and message.attempts >= ALARM_AFTER:
            alarms.raise_alarm(session, AlarmKind.PROVIDER, now)
        if refusal.retry and message.attempts < ATTEMPT_LIMIT:
            try_again(session, message, now, wait=_pause(message.attempts))
            return Sent.WAITS
        fail(session, message, now)
        return Sent.FAILED


def _pause(attempts: int) -> timedelta:
    return min(timedelta(seconds=2**attempts), SLOWEST_RETRY)


def try_again(session: Session, message: TextMessage, now: datetime, wait: timedelta = timedelta()) -> None:
    """Back to the queue; at once through the outbox, later through the sweep of due messages."""
    message.status = TextStatus.QUEUED
    message.due_at = now + wait
    message.claimed_at = None
    if not wait:
        outbox.put(session, SEND_TASK, RETRIES_QUEUE, message.id, now=now)


def fail(session: Session, message: TextMessage, now: datetime) -> None:
    """Give a message up (refused for good, or past the limit of attempts): people see it on the contact."""
    message.status = TextStatus.FAILED
    alarms.raise_alarm(session, AlarmKind.TEXT_FAILED, now, subject=message.contact_id or "")
    _tell(session, message, "text_failed", now, code=message.error_code, attempts=message.attempts)


def _unsure(house: House, message_id: uuid.UUID) -> Sent:
    with house.db.begin() as session:
        message = texts.lock_message(session, message_id)
        if message is not None and message.status is TextStatus.SENDING:
            message.status = TextStatus.UNKNOWN
    return Sent.UNSURE


def _tell(session: Session, message: TextMessage, kind: str, now: datetime, **data: object) -> None:
    if message.contact_id is not None:
        record(session, message.contact_id, kind, now, text=str(message.id), purpose=message.purpose, **data)
    _show(session, message)


def _show(session: Session, message: TextMessage) -> None:
    if message.contact_id is not None:
        outbox.touch(session, message.contact_id)
