"""Follow-ups: tried again or ended by what comes back (`follow_up_plans` plans, `follow_up_starts` starts them)."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import follow_ups, outbox
from models.contacts import record
from models.follow_ups import FollowUp
from models.people import Caller
from models.referrals import Referral
from routing.follow_up import NEWS, By, Dropped, Outcome, after_attempt
from routing.sending import Refusal
from routing.vocabulary import FollowUpKind, FollowUpStatus, ReferralWork
from services import claimed, reaching
from services.house import House
from services.referrals import work

AT_ONCE = 200  # given up in one transaction: each looks at its plan's other steps, far within a task's time


def give_up_waiting(house: House, now: datetime) -> int:
    """Started follow-ups whose time is up: unanswered texts go on or end, a person's work is offered to everybody."""
    with house.db.begin() as session:
        ids = follow_ups.claim_due(session, FollowUpStatus.STARTED, now, AT_ONCE, claimed.LEASE)
    claimed.do(house, ids, FollowUpStatus.STARTED, _give_up_waiting, now)
    return len(ids)


def _give_up_waiting(session: Session, house: House, due: Sequence[FollowUp], now: datetime) -> None:
    for row in due:
        if row.plan["by"] == By.PERSON:
            _offer_to_everybody(session, row, now)
        elif reaching.was_not_delivered(session, row):
            keep_back(session, house, row, Outcome.UNDELIVERED, now)
        else:
            settle(session, row, Outcome.NO_ANSWER, now)


def keep_back(session: Session, house: House, row: FollowUp, why: Refusal | Outcome, now: datetime) -> None:
    """No text reaches them: a person sees to it, who knows how this caller can be reached."""
    if row.kind not in NEWS and reaching.by_a_person(session, house, row, why, now):
        return
    end(session, row, FollowUpStatus.STOPPED, why.value, now)
    if row.kind in NEWS:
        referral = session.get(Referral, row.plan.get("referral"))
        work.ask_counselor(session, house, row.contact, ReferralWork.TELL_THE_CALLER, now, referral)


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
    for sibling in follow_ups.lock_later(session, row.contact_id, row.plan["plan"]):
        if sibling.plan.get("referral") == row.plan.get("referral"):
            end(session, sibling, FollowUpStatus.STOPPED, outcome.value, now)


def _stop_rule(session: Session, row: FollowUp, now: datetime) -> None:
    """Whoever has not answered so often is left in peace: the plan's later steps are dropped."""
    siblings = follow_ups.planned_for(session, row.contact_id, row.plan["plan"])
    answered = any(sibling.status is FollowUpStatus.DONE for sibling in siblings)
    if answered or sum(sibling.attempts for sibling in siblings) < row.plan["silent_attempts"]:
        return
    for later in follow_ups.lock_later(session, row.contact_id, row.plan["plan"]):
        end(session, later, FollowUpStatus.STOPPED, Dropped.STOP_RULE.value, now)


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


def hear_answer(
    session: Session, caller: Caller, outcome: Outcome, now: datetime, *, still_open: Collection[FollowUpKind] = ()
) -> bool:
    """A text from somebody who got check-ins: any answer ends them, save the kinds that it leaves open.

    False when none of the others is open.
    """
    waiting = [row for row in follow_ups.awaiting_answer(session, caller.id) if row.plan["by"] == By.TEXT]
    waiting = [row for row in waiting if row.kind not in still_open]
    for row in waiting:
        settle(session, row, outcome, now)
    return bool(waiting)


def end(session: Session, row: FollowUp, status: FollowUpStatus, outcome: str, now: datetime) -> None:
    """Close a follow-up (locked): how it ended, in its row and on the timeline."""
    row.status, row.last_outcome, row.done_at = status, outcome, now
    record(session, row.contact_id, "follow_up_ended", now, follow_up=row.kind.value, outcome=outcome)
    outbox.touch(session, row.contact_id)
