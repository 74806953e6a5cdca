"""Failed deliveries: what was given up, and what people decide: once more, or let it go for a reason."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from models import failures, outbox
from models.contacts import record
from models.failures import FailureCounts
from models.follow_ups import FollowUp
from models.outbox import OutboxRow
from models.texts import TextMessage
from routing.follow_up import Dropped
from routing.sending import ANSWERS, Purpose, Refusal
from routing.vocabulary import FollowUpStatus
from services import audit, consent, disclosure, texts
from services.house import House

SHOWN = 50  # of each kind
STILL_AN_ANSWER = timedelta(hours=1)  # later than that, an answer keeps to the hours of unasked texts
_ANSWERS = ANSWERS | {Purpose.KEYWORD_ANSWER}
_TRIED_AGAIN = "tried_again"


class FailureKind(StrEnum):
    """What failed."""

    TEXT = "text"
    JOB = "job"
    FOLLOW_UP = "follow_up"


class LetGoReason(StrEnum):
    """Why it is not tried again."""

    REACHED_OTHERWISE = "reached_otherwise"
    OUT_OF_DATE = "out_of_date"
    WRONG_NUMBER = "wrong_number"
    NOT_WANTED = "not_wanted"
    CANNOT_WORK = "cannot_work"


@dataclass(frozen=True)
class Failure:
    """One of them. `what` is a text's purpose, a task's name or a follow-up's kind; `code` is Twilio's, if any."""

    kind: FailureKind
    id: str
    what: str
    at: datetime
    attempts: int
    code: int | None = None
    error: str | None = None
    contact_id: uuid.UUID | None = None
    again: bool = True  # whether it may be tried again


@dataclass(frozen=True)
class Failures:
    """The list, the newest first, and how many there are of each kind."""

    counts: FailureCounts
    rows: tuple[Failure, ...]


def failures_now(house: House) -> Failures:
    """Everything that nobody has decided on, at most 50 of a kind."""
    with house.db.begin() as session:
        rows = [_of_text(row) for row in failures.failed_texts(session, SHOWN)]
        rows += [_of_job(row) for row in failures.failed_jobs(session, SHOWN)]
        rows += [_of_follow_up(row) for row in failures.failed_follow_ups(session, SHOWN)]
        return Failures(failures.count_failures(session), tuple(sorted(rows, key=lambda row: row.at, reverse=True)))


def _of_text(row: TextMessage) -> Failure:
    return Failure(
        kind=FailureKind.TEXT,
        id=str(row.id),
        what=row.purpose,
        at=row.claimed_at or row.created_at,
        attempts=row.attempts,
        code=row.error_code,
        contact_id=row.contact_id,
        again=_may_go_again(row),
    )


def _may_go_again(row: TextMessage) -> bool:
    """Whoever said STOP hears from us at most once, and at once; and words whose time to be kept is over are gone."""
    return row.purpose != Purpose.OPT_OUT_CONFIRMATION and row.emptied_at is None


def _of_job(row: OutboxRow) -> Failure:
    at = row.given_up_at or row.created_at
    return Failure(FailureKind.JOB, str(row.id), row.task, at, row.failures, error=row.error)


def _of_follow_up(row: FollowUp) -> Failure:
    attempts, at = row.plan.get("failures", 0), row.due_at
    return Failure(FailureKind.FOLLOW_UP, str(row.id), row.kind.value, at, attempts, contact_id=row.contact_id)


def try_again(house: House, kind: FailureKind, id_: str, actor_id: uuid.UUID, now: datetime) -> Refusal | bool:
    """Try one again; False when it is not (any more) there, a Refusal when consent or STOP holds it back."""
    with house.db.begin() as session:
        if kind is FailureKind.TEXT:
            done = _text_again(session, house, uuid.UUID(id_), now)
        elif kind is FailureKind.JOB:
            done = _job_again(session, int(id_), now)
        else:
            done = _follow_up_again(session, uuid.UUID(id_), now)
        if done is True:
            audit.write(session, "failure_tried_again", actor_id, now, failure=kind.value, id=id_)
        return done


def _text_again(session: Session, house: House, text_id: uuid.UUID, now: datetime) -> Refusal | bool:
    """A new text with the same words: the failed one keeps the provider's id and what became of it."""
    failed = failures.lock_failed_text(session, text_id)
    if failed is None or not _may_go_again(failed):
        return False
    purpose = Purpose(failed.purpose)
    late = purpose in _ANSWERS and now - failed.created_at > STILL_AN_ANSWER
    again = texts.copy_of(failed, Purpose.SENT_AGAIN if late else purpose, now)
    if not disclosure.still_allowed(session, again, now):
        return Refusal.CONSENT_OVER
    _, verdict = consent.ask(session, house, again, now)
    if verdict.refusal is not None:
        return verdict.refusal
    failed.let_go_at, failed.let_go_reason = now, _TRIED_AGAIN
    texts.queue_again(session, again, now)
    return True


def _job_again(session: Session, row_id: int, now: datetime) -> bool:
    row = failures.lock_failed_job(session, row_id)
    if row is not None:
        outbox.put_again(session, row, now)
    return row is not None


def _follow_up_again(session: Session, follow_up_id: uuid.UUID, now: datetime) -> bool:
    row = failures.lock_failed_follow_up(session, follow_up_id)
    if row is not None:
        row.status = FollowUpStatus.STARTED if row.started_at else FollowUpStatus.PENDING
        row.due_at, row.plan = now, {**row.plan, "failures": 0}
    return row is not None


def let_go(house: House, kind: FailureKind, id_: str, reason: LetGoReason, actor_id: uuid.UUID, now: datetime) -> bool:
    """It is not tried again, for this reason; False when it is not (any more) there."""
    with house.db.begin() as session:
        if kind is FailureKind.TEXT:
            done = _let_text_go(session, uuid.UUID(id_), reason, now)
        elif kind is FailureKind.JOB:
            done = _let_job_go(session, int(id_), now)
        else:
            done = _let_follow_up_go(session, uuid.UUID(id_), now)
        if done:
            audit.write(session, "failure_let_go", actor_id, now, failure=kind.value, id=id_, reason=reason.value)
        return done


def _let_text_go(session: Session, text_id: uuid.UUID, reason: LetGoReason, now: datetime) -> bool:
    row = failures.lock_failed_text(session, text_id)
    if row is not None:
        row.let_go_at, row.let_go_reason = now, reason.value
    return row is not None


def _let_job_go(session: Session, row_id: int, now: datetime) -> bool:
    row = failures.lock_failed_job(session, row_id)
    if row is not None:
        row.given_up_at, row.published_at = None, now  # forgotten in an hour, as all that is done
    return row is not None


def _let_follow_up_go(session: Session, follow_up_id: uuid.UUID, now: datetime) -> bool:
    row = failures.lock_failed_follow_up(session, follow_up_id)
    if row is not None:
        row.status, row.last_outcome, row.done_at = FollowUpStatus.STOPPED, Dropped.LET_GO.value, now
        record(session, row.contact_id, "follow_up_ended", now, follow_up=row.kind.value, outcome=row.last_outcome)
    return row is not None
