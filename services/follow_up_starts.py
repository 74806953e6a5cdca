"""Follow-ups whose time has come are started: many in one transaction, with what is known of all read at once."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from models import follow_ups, outbox
from models import texts as messages
from models.contacts import record
from models.follow_ups import FollowUp
from models.matches import contacts_that_chose
from models.referrals import Referral
from models.text_contacts import spoken_with
from routing.follow_up import NEWS, By, purpose_of
from routing.sending import may_send
from routing.vocabulary import FollowUpStatus
from services import claimed, consent, experiments, texts
from services.claimed import BATCH, LEASE
from services.follow_ups import keep_back
from services.house import House
from services.referrals import words

START: Final = "workers.follow_ups.start"
QUEUE: Final = "follow_ups"
AFTER_A_TALK: Final = timedelta(hours=12)  # no check-in comes on top of what a counselor has just said
LOOK_AGAIN: Final = timedelta(minutes=15)  # while the talk goes on
AT_ONCE = 10_000  # claimed by one sweep; the next one is seconds away


def start_due(house: House, now: datetime) -> int:
    """Claim what is due, start the first batch here and have all workers start the others; how many were claimed."""
    ids = hand_out(house, now)
    start(house, ids[:BATCH], now)
    return len(ids)


def hand_out(house: House, now: datetime) -> Sequence[uuid.UUID]:
    """Claim what is due and, with the same commit, ask workers to start all but the first batch of it."""
    with house.db.begin() as session:
        ids = follow_ups.claim_due(session, FollowUpStatus.PENDING, now, AT_ONCE, LEASE)
        for first in range(BATCH, len(ids), BATCH):
            outbox.put(session, START, QUEUE, *ids[first : first + BATCH], now=now)
    return ids


def start(house: House, ids: Sequence[uuid.UUID], now: datetime) -> None:
    """Start those of the claimed that are not started yet."""
    if ids:
        claimed.do(house, ids, FollowUpStatus.PENDING, _start, now)


@dataclass(frozen=True)
class _Known:
    """Of all people of a batch: who wrote to us, whom we wrote to, with whom a counselor is (None) or was until when.

    And in which contacts a place was chosen.
    """

    wrote: set[uuid.UUID]
    written: set[uuid.UUID]
    spoken_with: Mapping[uuid.UUID, datetime | None]
    chose: frozenset[uuid.UUID]


def _start(session: Session, house: House, due: Sequence[FollowUp], now: datetime) -> None:
    callers = {row.contact.caller_id for row in due}
    known = _Known(
        wrote=messages.correspondents(session, callers, outgoing=False),
        written=messages.correspondents(session, callers, outgoing=True),
        spoken_with=spoken_with(session, callers, now - AFTER_A_TALK * house.rules.follow_up_time_scale),
        chose=contacts_that_chose(session, {row.contact_id for row in due if row.plan.get("words_unchosen")}),
    )
    experiments.back_to_standard(session, due)
    for row in due:
        if row.plan["by"] == By.PERSON:
            row.owner_id = row.contact.disposition_by or row.contact.claimed_by
            _begin(session, row, now)
        else:
            _write(session, house, row, known, now)


def _write(session: Session, house: House, row: FollowUp, known: _Known, now: datetime) -> None:
    contact, caller = row.contact, row.contact.caller
    person = consent.person(caller, wrote_to_us=caller.id in known.wrote)
    verdict = may_send(purpose_of(row.kind), person, consent.window_of(house.rules), now)
    if verdict.refusal is not None:
        keep_back(session, house, row, verdict.refusal, now)
    elif (held := _held_until(house, row, known, now)) is not None:
        row.due_at = held
    elif verdict.send_at is not None and verdict.send_at > now:
        row.due_at = verdict.send_at
    else:
        language = caller.language or contact.language
        key, values = _words_of(session, row, known)
        body = house.phrases.text(key, language, organisation=consent.name_shown(house, caller), **values)
        if "STOP" not in body and caller.id not in known.wrote and caller.id not in known.written:
            body = f"{body} {house.phrases.text('text.stop_hint', language)}"
        known.written.add(caller.id)
        written = texts.queue_text(
            session,
            body=body,
            purpose=purpose_of(row.kind),
            helpline_number=contact.helpline_number,
            contact=contact,
            caller=caller,
            now=now,
        )
        row.plan = {**row.plan, "text": str(written.id)}
        _begin(session, row, now)


def _held_until(house: House, row: FollowUp, known: _Known, now: datetime) -> datetime | None:
    """While a counselor is with them, an answer to a check-in would go to the counselor: it waits, and a while longer.

    News of a place does not wait. What was planned after the talk is timed from it already.
    """
    scale = house.rules.follow_up_time_scale
    if row.kind in NEWS or row.contact.caller_id not in known.spoken_with:
        return None
    over_at = known.spoken_with[row.contact.caller_id]
    if over_at is None:
        return now + LOOK_AGAIN * scale
    return over_at + AFTER_A_TALK * scale if over_at > row.created_at else None


def _words_of(session: Session, row: FollowUp, known: _Known) -> tuple[str, dict[str, str]]:
    """The phrase to send and its gaps: "the place you chose" only to somebody who is known to have chosen one."""
    key: str = row.plan["words"]
    referral = session.get(Referral, row.plan.get("referral")) if row.plan.get("referral") else None
    if referral is None:
        unchosen: str = row.plan.get("words_unchosen", "")
        return unchosen if unchosen and row.contact_id not in known.chose else key, {}
    values = words.to_the_caller(session, referral, row.kind)
    if values.get("next") == "":
        return "referral.no_next", values
    neutral: str = row.plan.get("words_neutral", "")
    return neutral if neutral and not words.names_may_be_texted(session, row.contact) else key, values


def _begin(session: Session, row: FollowUp, now: datetime) -> None:
    row.status, row.started_at = FollowUpStatus.STARTED, now
    row.attempts += 1
    row.due_at = now + timedelta(seconds=row.plan["spacing_seconds"])
    record(session, row.contact_id, "follow_up_started", now, follow_up=row.kind.value, attempt=row.attempts)
    outbox.touch(session, row.contact_id)
