"""Follow-ups: started when due, tried again or ended by what comes back (`follow_up_plans` plans them)."""

import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import follow_ups, outbox
from models.contacts import record
from models.follow_ups import FollowUp
from models.matches import chosen_of
from models.people import Caller
from models.referrals import Referral
from routing.follow_up import NEWS, By, Dropped, Outcome, after_attempt
from routing.sending import Purpose, Refusal, may_send
from routing.vocabulary import FollowUpStatus, ReferralWork
from services import alarms, consent, experiments, reaching, texts
from services.alarms import AlarmKind
from services.house import House
from services.referrals import words, work

BATCH = 200
FAILURE_LIMIT, FAILED_PAUSE = 3, timedelta(minutes=5)
log = logging.getLogger(__name__)


def start_due(house: House, now: datetime, limit: int = BATCH) -> int:
    """Start every planned follow-up whose time has come; how many were looked at."""
    return _with_all_due(house, FollowUpStatus.PENDING, _start, now, limit)


def _start(session: Session, house: House, row: FollowUp, now: datetime) -> None:
    if row.plan["by"] == By.PERSON:
        _hand_to_a_person(session, row, now)
    else:
        _write(session, house, row, now)


Act = Callable[[Session, House, FollowUp, datetime], None]


def _with_all_due(house: House, status: FollowUpStatus, act: Act, now: datetime, limit: int) -> int:
    """Do `act` with all that is due, in one transaction; when one of them breaks it, with each in one of its own."""
    try:
        with house.db.begin() as session:
            due = follow_ups.claim_due(session, status, now, limit)
            for row in due:
                act(session, house, row, now)
            return len(due)
    except Exception:
        log.exception("follow_ups_one_by_one")
    with house.db.begin() as session:
        ids = [row.id for row in follow_ups.claim_due(session, status, now, limit)]
    for follow_up_id in ids:
        _one(house, status, act, follow_up_id, now)
    return len(ids)


def _one(house: House, status: FollowUpStatus, act: Act, follow_up_id: uuid.UUID, now: datetime) -> None:
    try:
        with house.db.begin() as session:
            row = follow_ups.claim_one(session, follow_up_id, status, now)
            if row is not None:
                act(session, house, row, now)
    except Exception:
        log.exception("follow_up_failed")
        with house.db.begin() as session:
            row = follow_ups.claim_one(session, follow_up_id, status, now)
            if row is not None:
                _failed(session, row, now)


def _failed(session: Session, row: FollowUp, now: datetime) -> None:
    """Once more after a pause, then it is failed and people see it; the others go on meanwhile."""
    failures = row.plan.get("failures", 0) + 1
    row.plan = {**row.plan, "failures": failures}
    row.due_at = now + FAILED_PAUSE
    if failures >= FAILURE_LIMIT:
        row.status, row.last_outcome = FollowUpStatus.FAILED, Dropped.ERROR.value
        alarms.raise_alarm(session, AlarmKind.JOB_FAILED, now)


def _hand_to_a_person(session: Session, row: FollowUp, now: datetime) -> None:
    row.owner_id = row.contact.disposition_by or row.contact.claimed_by
    _begin(session, row, now)


def _write(session: Session, house: House, row: FollowUp, now: datetime) -> None:
    contact = row.contact
    person = consent.person_of(session, contact.caller)
    verdict = may_send(Purpose.FOLLOW_UP, person, consent.window_of(house.rules), now)
    if verdict.refusal is not None:
        _kept_back(session, house, row, verdict.refusal, now)
    elif verdict.send_at is not None and verdict.send_at > now:
        row.due_at = verdict.send_at
    else:
        experiments.back_to_standard(session, row)
        language = contact.caller.language or contact.language
        who = consent.name_shown(house, contact.caller)
        key, values = _words_of(session, row)
        body = house.phrases.text(key, language, organisation=who, **values)
        if "STOP" not in body and consent.is_first_text(session, contact.caller):
            body = f"{body} {house.phrases.text('text.stop_hint', language)}"
        texts.queue_text(
            session,
            body=body,
            purpose=Purpose.FOLLOW_UP,
            helpline_number=contact.helpline_number,
            contact=contact,
            caller=contact.caller,
            now=now,
        )
        _begin(session, row, now)


def _kept_back(session: Session, house: House, row: FollowUp, why: Refusal | Outcome, now: datetime) -> None:
    """No text reaches them: a person sees to it, who knows how this caller can be reached."""
    if row.kind not in NEWS and reaching.by_a_person(session, house, row, why, now):
        return
    end(session, row, FollowUpStatus.STOPPED, why.value, now)
    if row.kind in NEWS:
        referral = session.get(Referral, row.plan.get("referral"))
        work.ask_counselor(session, house, row.contact, ReferralWork.TELL_THE_CALLER, now, referral)


def _words_of(session: Session, row: FollowUp) -> tuple[str, dict[str, str]]:
    """The phrase to send and its gaps: "the place you chose" only to somebody who is known to have chosen one."""
    key: str = row.plan["words"]
    referral = session.get(Referral, row.plan.get("referral")) if row.plan.get("referral") else None
    if referral is None:
        unchosen: str = row.plan.get("words_unchosen", "")
        return unchosen if unchosen and not chosen_of(session, row.contact_id) else key, {}
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


def give_up_waiting(house: House, now: datetime, limit: int = BATCH) -> int:
    """Started follow-ups whose time is up: unanswered texts go on or end, a person's work is offered to everybody."""
    return _with_all_due(house, FollowUpStatus.STARTED, _give_up_waiting, now, limit)


def _give_up_waiting(session: Session, house: House, row: FollowUp, now: datetime) -> None:
    if row.plan["by"] == By.PERSON:
        _offer_to_everybody(session, row, now)
    elif reaching.was_not_delivered(session, row):
        _kept_back(session, house, row, Outcome.UNDELIVERED, now)
    else:
        settle(session, row, Outcome.NO_ANSWER, now)


def _offer_to_everybody(session: Session, row: FollowUp, now: datetime) -> None:
    row.owner_id = None
    row.due_at = now + timedelta(seconds=row.plan["spacing_seconds"])
    record(session, row.contact_id, "follow_up_overdue", now, follow_up=row.kind.value)
    outbox.touch(session, row.contact_id)


def settle(session: Session, row: FollowUp, outcome: Outcome, now: datetime) -> None:
    """Write what came of an attempt (the row locked) and what follows from it."""
    following = after_attempt(outcome, row.attempts, row.max_attempts, now)
    if following.due_at is not None:
        row.status, row.due_at, row.last_outcome = following.status, following.due_at, outcome.value
        record(session, row.contact_id, "follow_up_again", now, follow_up=row.kind.value, outcome=outcome.value)
        return
    end(session, row, following.status, outcome.value, now)
    if following.status is FollowUpStatus.STOPPED:
        _stop_rule(session, row, now)


def leave_off(session: Session, row: FollowUp, outcome: Outcome, now: datetime) -> None:
    """After this answer the later steps of the same plan, about the same referral, are not wanted any more."""
    for sibling in follow_ups.planned_for(session, row.contact_id, row.plan["plan"]):
        if sibling.status is FollowUpStatus.PENDING and sibling.plan.get("referral") == row.plan.get("referral"):
            end(session, sibling, FollowUpStatus.STOPPED, outcome.value, now)


def _stop_rule(session: Session, row: FollowUp, now: datetime) -> None:
    """Whoever has not answered so often is left in peace: the plan's later steps are dropped."""
    siblings = follow_ups.planned_for(session, row.contact_id, row.plan["plan"])
    answered = any(sibling.status is FollowUpStatus.DONE for sibling in siblings)
    if answered or sum(sibling.attempts for sibling in siblings) < row.plan["silent_attempts"]:
        return
    for sibling in siblings:
        if sibling.status is FollowUpStatus.PENDING:
            end(session, sibling, FollowUpStatus.STOPPED, Dropped.STOP_RULE.value, now)


def complete(house: House, follow_up_id: uuid.UUID, outcome: Outcome, now: datetime) -> bool:
    """A counselor did a person's step and says what came of it; False when it is not theirs to settle (any more)."""
    with house.db.begin() as session:
        row = session.get(FollowUp, follow_up_id, with_for_update={"of": FollowUp, "key_share": True})
        if row is None or row.status is not FollowUpStatus.STARTED or row.kind not in follow_ups.PLANNED:
            return False
        settle(session, row, outcome, now)
        if row.done_at is None:  # tried again; nobody waited for an answer meanwhile, as with a text
            row.due_at = now + timedelta(seconds=row.plan["spacing_seconds"])
        return True


def hear_answer(session: Session, caller: Caller, outcome: Outcome, now: datetime) -> bool:
    """A text from somebody who got check-ins: any answer ends them. False when none is open."""
    waiting = [row for row in follow_ups.awaiting_answer(session, caller.id) if row.plan["by"] == By.TEXT]
    for row in waiting:
        settle(session, row, outcome, now)
    return bool(waiting)


def end(session: Session, row: FollowUp, status: FollowUpStatus, outcome: str, now: datetime) -> None:
    """Close a follow-up (locked): how it ended, in its row and on the timeline."""
    row.status, row.last_outcome, row.done_at = status, outcome, now
    record(session, row.contact_id, "follow_up_ended", now, follow_up=row.kind.value, outcome=outcome)
    outbox.touch(session, row.contact_id)
