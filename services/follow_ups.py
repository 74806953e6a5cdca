"""Follow-ups: planned from how a contact ended, started when due, tried again or ended by what comes back."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import follow_ups, outbox
from models.contacts import Contact, record
from models.follow_ups import FollowUp
from models.people import Caller
from routing.follow_up import PLAN_VERSION, Outcome, Step, after_attempt, plan, scaled
from routing.sending import Purpose, may_send
from routing.vocabulary import FollowUpStatus
from services import consent, texts
from services.house import House

BATCH = 200


def plan_for(session: Session, house: House, contact: Contact, now: datetime) -> list[FollowUp]:
    """Plan what this contact's disposition asks for, in the caller's transaction; it replaces what was planned."""
    for old in follow_ups.open_follow_ups(session, contact.id):
        if old.kind in follow_ups.TEXTED and old.status is FollowUpStatus.PENDING:
            _end(session, old, FollowUpStatus.STOPPED, "replaced", now)
    if contact.disposition is None:
        return []
    planned = [_row(house, contact, step, now) for step in plan(contact.disposition)]
    session.add_all(planned)
    for row in planned:
        record(session, contact.id, "follow_up_planned", now, follow_up=row.kind.value, due=row.due_at.isoformat())
    return planned


def _row(house: House, contact: Contact, step: Step, now: datetime) -> FollowUp:
    scale = house.rules.follow_up_time_scale
    return FollowUp(
        contact_id=contact.id,
        kind=step.kind,
        due_at=now + scaled(step.after, scale),
        attempts=0,
        max_attempts=step.max_attempts,
        created_at=now,
        plan={
            "version": PLAN_VERSION,
            "words": step.words,
            "spacing_seconds": scaled(step.spacing, scale).total_seconds(),
        },
    )


def start_due(house: House, now: datetime, limit: int = BATCH) -> int:
    """Start every follow-up whose time has come: a stored text each, or a reason why not; how many were looked at."""
    with house.db.begin() as session:
        due = follow_ups.claim_due(session, FollowUpStatus.PENDING, now, limit)
        for row in due:
            _start(session, house, row, now)
        return len(due)


def _start(session: Session, house: House, row: FollowUp, now: datetime) -> None:
    contact = row.contact
    person = consent.person_of(session, contact.caller)
    verdict = may_send(Purpose.FOLLOW_UP, person, consent.window_of(house.rules), now)
    if verdict.refusal is not None:
        _end(session, row, FollowUpStatus.STOPPED, verdict.refusal.value, now)
    elif verdict.send_at is not None and verdict.send_at > now:
        row.due_at = verdict.send_at
    else:
        row.status, row.started_at = FollowUpStatus.STARTED, now
        row.attempts += 1
        row.due_at = now + timedelta(seconds=row.plan["spacing_seconds"])
        language = contact.caller.language or contact.language
        body = house.phrases.text(row.plan["words"], language, organisation=house.rules.organisation_name)
        texts.queue_text(
            session,
            body=body,
            purpose=Purpose.FOLLOW_UP,
            helpline_number=contact.helpline_number,
            contact=contact,
            caller=contact.caller,
            now=now,
        )
        record(session, contact.id, "follow_up_started", now, follow_up=row.kind.value, attempt=row.attempts)


def give_up_waiting(house: House, now: datetime, limit: int = BATCH) -> int:
    """Started follow-ups that nobody answered in time: tried again, or ended by the stop rule; how many."""
    with house.db.begin() as session:
        silent = follow_ups.claim_due(session, FollowUpStatus.STARTED, now, limit)
        for row in silent:
            settle(session, row, Outcome.NO_ANSWER, now)
        return len(silent)


def settle(session: Session, row: FollowUp, outcome: Outcome, now: datetime) -> None:
    """Write what came of an attempt (the row locked) and what follows from it."""
    following = after_attempt(outcome, row.attempts, row.max_attempts, now)
    if following.due_at is None:
        _end(session, row, following.status, outcome.value, now)
        return
    row.status, row.due_at, row.last_outcome = following.status, following.due_at, outcome.value
    record(session, row.contact_id, "follow_up_again", now, follow_up=row.kind.value, outcome=outcome.value)


def hear_answer(session: Session, caller: Caller, words: str, now: datetime) -> Outcome | None:
    """A text from somebody who got a check-in: any answer ends it, "1" asks for a counselor. None: none is open."""
    waiting = follow_ups.awaiting_answer(session, caller.id)
    if not waiting:
        return None
    outcome = Outcome.WANTS_COUNSELOR if words.strip().rstrip(".!") == "1" else Outcome.ANSWERED
    for row in waiting:
        settle(session, row, outcome, now)
    return outcome


def _end(session: Session, row: FollowUp, status: FollowUpStatus, outcome: str, now: datetime) -> None:
    row.status, row.last_outcome, row.done_at = status, outcome, now
    record(session, row.contact_id, "follow_up_ended", now, follow_up=row.kind.value, outcome=outcome)
    outbox.touch(session, row.contact_id)
