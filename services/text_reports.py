"""What the provider says about texts we sent: status callbacks, and its list when we do not know."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import outbox, texts
from models.contacts import record
from models.texts import TextMessage
from routing.lifecycle import text_may_become
from routing.vocabulary import TextStatus
from services import consent, text_claims
from services import texts as sending
from services.each import each, row_broke
from services.house import House
from telephony.ports import ProviderRefused, ProviderUnsure, SentText, Telephony

SWEEP_LIMIT = 200
REMIND_AFTER = timedelta(seconds=5)  # a nudge or the outbox's sweep is faster than that
REMIND_AGAIN_AFTER = timedelta(seconds=60)
CLOCK_MARGIN = timedelta(seconds=90)  # the provider's clock has whole seconds and need not agree with ours

_WORDS = {  # Twilio's MessageStatus -> ours
    "accepted": TextStatus.SENT,
    "scheduled": TextStatus.SENT,
    "queued": TextStatus.SENT,
    "sending": TextStatus.SENT,
    "sent": TextStatus.SENT,
    "delivered": TextStatus.DELIVERED,
    "read": TextStatus.DELIVERED,
    "undelivered": TextStatus.UNDELIVERED,
    "failed": TextStatus.FAILED,
}


@dataclass(frozen=True)
class StatusReport:
    """A status callback's words: the provider's message id, its MessageStatus and its ErrorCode if any."""

    sid: str
    word: str
    error_code: int | None = None


def note_status(house: House, message_id: uuid.UUID, report: StatusReport, now: datetime) -> TextStatus | None:
    """A status callback. It may come before our own request returned, twice, or out of order: it only moves forward.

    The status afterwards, or None when we know no such message or it went out under another id.
    """
    with house.db.begin() as session:
        message = texts.lock_message(session, message_id)
        if message is None or not message.outgoing or message.provider_sid not in (None, report.sid):
            return None
        sending.mark_accepted(session, message, report.sid, now)
        reported = _WORDS.get(report.word, TextStatus.SENT)
        if text_may_become(message.status, reported):
            message.status = reported
            message.error_code = report.error_code or message.error_code
            contact_id = text_claims.contact_of(session, message)
            if contact_id is not None:
                record(session, contact_id, f"text_{reported.value}", now, text=str(message.id))
                outbox.touch(session, contact_id)
            if reported in (TextStatus.FAILED, TextStatus.UNDELIVERED):
                text_claims.answer_no_more(session, message, now)
        if report.error_code == sending.BLOCKED_BY_THE_PERSON:
            consent.stopped_at_the_provider(session, message, now)
        return message.status


def send_due(house: House, now: datetime) -> int:
    """Remind the broker of queued messages that nobody came for; how many."""
    with house.db.begin() as session:
        ids = texts.claim_overdue(
            session, due_before=now - REMIND_AFTER, reminded_before=now - REMIND_AGAIN_AFTER, limit=SWEEP_LIMIT
        )
        texts.mark_reminded(session, ids, now)
        for message_id in ids:
            outbox.put(session, sending.SEND_TASK, sending.RETRIES_QUEUE, message_id, now=now)
        return len(ids)


def reconcile(house: House, telephony: Telephony, now: datetime, limit: int = 20) -> int:
    """Settle messages whose fate is unknown, by the provider's list, before anything is sent again; how many."""
    grace = timedelta(seconds=house.rules.unknown_after_seconds)
    with house.db.begin() as session:
        stuck = texts.claim_stuck(session, now - grace, now, limit)
    each(stuck, lambda message_id: _reconcile(house, telephony, message_id, now), row_broke(house, now))
    return len(stuck)


def _reconcile(house: House, telephony: Telephony, message_id: uuid.UUID, now: datetime) -> None:
    with house.db.begin() as session:
        message = session.get_one(TextMessage, message_id)
        number, sender = consent.ask(session, house, message, now)[0], message.helpline_number
        since = message.created_at - CLOCK_MARGIN
    try:
        listed = telephony.sent_texts(to=number, sender=sender, since=since)
    except (ProviderRefused, ProviderUnsure):
        return  # still unknown: asked again when the lease is over
    _settle(house, message_id, listed, now)


def _settle(house: House, message_id: uuid.UUID, listed: Sequence[SentText], now: datetime) -> None:
    with house.db.begin() as session:
        message = texts.lock_message(session, message_id)
        if message is None or message.status is not TextStatus.UNKNOWN:
            return  # a status callback was faster
        known = texts.known_sids(session, [text.sid for text in listed])
        found = [text for text in listed if text.sid not in known and _same_words(text, message)]
        if found:
            sending.mark_accepted(session, message, found[-1].sid, now)
        elif message.attempts < sending.ATTEMPT_LIMIT:
            sending.try_again(session, message, now)
        else:
            sending.fail(session, message, now)


def _same_words(listed: SentText, message: TextMessage) -> bool:
    return listed.body.split() == message.body.split()
