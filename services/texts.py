"""Texts: written as rows, sent exactly once, and what the provider says of them afterwards."""

import logging
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import outbox, texts
from models.bed_contacts import BedContact
from models.contacts import Contact
from models.people import Caller, Counselor
from models.texts import TextMessage
from routing.sending import Purpose, Rank, Refusal, rank_of
from routing.vocabulary import DANGER, TextStatus
from services import alarms, consent, text_claims, text_pace
from services.alarms import AlarmKind
from services.house import House
from services.text_claims import Parcel, Sent
from services.text_posting import Answers, post
from telephony.ports import ProviderRefused, ProviderUnsure, Telephony

SEND_TASK, TEXTS_QUEUE, RETRIES_QUEUE = "workers.texts.send", "texts", "retries"
ALARM_AFTER = 3  # attempts; one 429 is no trouble
ATTEMPT_LIMIT = 12  # then a message is failed and shown to people: about half an hour of trying
SLOWEST_RETRY = timedelta(minutes=5)
BLOCKED_BY_THE_PERSON = 21610  # Twilio: the number said STOP to ours
log = logging.getLogger(__name__)


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
    message_id: uuid.UUID | None = None,
) -> TextMessage:
    """Store a text to a caller, a counselor or facility staff; it is sent once this transaction is committed.

    `disclosure_id`: it tells something of a person (services.disclosure), and is kept back when the consent is over.
    """
    message = TextMessage(
        id=message_id or uuid.uuid4(),
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
    text_claims.show(session, message)
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
    text_claims.tell(session, again, "text_tried_again", now)


def send(house: House, telephony: Telephony, message_id: uuid.UUID, now: datetime) -> Sent:
    """Send one queued message."""
    return send_all(house, telephony, [message_id], now)[message_id]


def send_all(house: House, telephony: Telephony, ids: Sequence[uuid.UUID], now: datetime) -> Mapping[uuid.UUID, Sent]:
    """Send queued messages: claim, commit, provider, commit. Only here do texts leave the house.

    One that cannot even be claimed holds up no other; what it raised is raised when the others are sent.
    """
    try:
        claimed = text_claims.claim(house, ids, now)
    except Exception:
        if len(ids) == 1:
            raise
        log.exception("texts_one_by_one")
        return _one_by_one(house, telephony, ids, now)
    parcels = [one for one in claimed.values() if isinstance(one, Parcel)]
    done = {message_id: one for message_id, one in claimed.items() if isinstance(one, Sent)}
    return done | _settled(house, parcels, post(telephony, parcels), now) if parcels else done


def _one_by_one(
    house: House, telephony: Telephony, ids: Sequence[uuid.UUID], now: datetime
) -> Mapping[uuid.UUID, Sent]:
    done: dict[uuid.UUID, Sent] = {}
    broken: Exception | None = None
    for message_id in ids:
        try:
            done[message_id] = send(house, telephony, message_id, now)
        except Exception as error:
            broken = error
    if broken is not None:
        raise broken
    return done


def _settled(house: House, parcels: Sequence[Parcel], answers: Answers, now: datetime) -> dict[uuid.UUID, Sent]:
    """Write down what the provider answered, and give back what was not tried."""
    done: dict[uuid.UUID, Sent] = {}
    with house.db.begin() as session:
        for message in texts.lock_messages(session, [parcel.message_id for parcel in parcels]):
            answer = answers.get(message.id)
            if isinstance(answer, str):
                mark_accepted(session, message, answer, now)
                done[message.id] = Sent.SENT
            elif answer is None and message.status is TextStatus.SENDING:
                text_claims.put_back(message, now)  # the sweep of forgotten ones brings it on
                done[message.id] = Sent.WAITS
    broken = [answer for answer in answers.values() if not isinstance(answer, str | ProviderRefused | ProviderUnsure)]
    for message_id, answer in answers.items():
        if isinstance(answer, ProviderRefused):
            done[message_id] = _refused(house, message_id, answer, now)
        elif isinstance(answer, ProviderUnsure):
            done[message_id] = _unsure(house, message_id)
    if broken:
        raise broken[0]
    return done


def mark_accepted(session: Session, message: TextMessage, sid: str, now: datetime) -> None:
    """The provider has the message (locked). A status callback may have said so, and more, already."""
    if message.provider_sid is None:
        message.provider_sid = sid
        message.sent_at = now
        text_claims.tell(session, message, "text_sent", now, attempts=message.attempts)
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
            return text_claims.suppress(session, message, Refusal.STOPPED, now)
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
    text_claims.answer_no_more(session, message, now)
    alarms.raise_alarm(session, AlarmKind.TEXT_FAILED, now, subject=text_claims.contact_of(session, message) or "")
    text_claims.tell(session, message, "text_failed", now, code=message.error_code, attempts=message.attempts)


def _unsure(house: House, message_id: uuid.UUID) -> Sent:
    with house.db.begin() as session:
        message = texts.lock_message(session, message_id)
        if message is not None and message.status is TextStatus.SENDING:
            message.status = TextStatus.UNKNOWN
    return Sent.UNSURE
