"""What becomes of a callback that did not come about: tried again, taken over by a new call, or a person's work."""

import uuid
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from models import callbacks, outbox
from models.contacts import Contact, live_legs, lock_contact, record
from models.follow_ups import FollowUp
from routing.follow_up import By
from routing.vocabulary import ContactStatus, Disposition, FollowUpStatus, LegKind
from services import alarms, alerts, counselor_notices, tasks
from services.alarms import AlarmKind
from services.each import contact_broke, each
from services.house import House

ROUND_PAUSE = timedelta(seconds=45)  # nobody waits on the line: the same few counselors are not rung without a pause
ATTEMPT = timedelta(minutes=3)  # four rounds; as long as a caller on the line would wait
NOT_REACHED_AGAIN = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))
NOBODY_FREE_AGAIN = (timedelta(minutes=2), timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=15))
MET = timedelta(seconds=20)  # a talk shorter than this may have been cut off: the promise stands
KEPT = frozenset({ContactStatus.CLOSED, ContactStatus.CONVERSING, ContactStatus.ABANDONED})


class CallbackOutcome(StrEnum):
    """What a person does with a callback that no attempt brought about."""

    AGAIN = "again"
    TALKED = "talked"
    NOT_REACHED = "not_reached"


def before(contact: Contact) -> dict[str, Any]:
    """What a contact was before its callback is tried, to be put back when nobody could be reached."""
    return {
        "status": contact.status.value,
        "disposition": contact.disposition,
        "claimed_by": str(contact.claimed_by) if contact.claimed_by else None,
        "next_step": contact.next_step,
        "waiting_since": contact.waiting_since.isoformat() if contact.waiting_since else None,
        "deadline_at": contact.deadline_at.isoformat() if contact.deadline_at else None,
    }


def _put_back(session: Session, contact: Contact, owed: FollowUp, now: datetime) -> None:
    """The callback rings nobody any more. Whoever took it never met the person, so nothing is theirs to wrap up."""
    was = owed.plan.get("before", {})
    status = ContactStatus(was.get("status", ContactStatus.ENDED))
    texting = status is ContactStatus.CONVERSING
    contact.status = status if status in KEPT else ContactStatus.ENDED
    written = was.get("disposition")
    contact.disposition = Disposition(written) if written else None if texting else Disposition.CALLBACK_REQUESTED
    contact.claimed_by = uuid.UUID(was["claimed_by"]) if was.get("claimed_by") else None
    contact.claim_leg_id = contact.claimed_at = contact.claim_expires_at = contact.counselor_joined_at = None
    contact.next_step = was.get("next_step")
    contact.deadline_at = datetime.fromisoformat(was["deadline_at"]) if texting and was.get("deadline_at") else None
    if texting:  # whoever waits for a counselor's words waits on, and for nobody else is one looked
        contact.waiting_since = datetime.fromisoformat(was["waiting_since"]) if was.get("waiting_since") else None
    contact.ended_at = None if texting else now
    contact.calling_back = False
    tasks.ask(session, tasks.RELEASE, contact.id, now)
    outbox.touch(session, contact.id)


def may_ring(session: Session, house: House, contact: Contact, now: datetime) -> bool:
    """Whether the next round of a callback's ringing is due; the attempt ends when its rounds are over."""
    phones = [leg for leg in contact.legs if leg.kind is not LegKind.CALLER]
    ringing = [leg for leg in live_legs(session, contact.id) if not leg.end_reason]  # the person's own phone, too
    owed = callbacks.owed_callback(session, contact.id, FollowUpStatus.STARTED)
    if owed is not None and not ringing and now - (owed.started_at or now) >= ATTEMPT:
        record(session, contact.id, "callback_nobody_free", now, attempt=owed.attempts)
        _attempt_over(session, house, contact, owed, "nobody_free", now)
        return False
    begun = contact.waiting_since or now
    rung = [leg.planned_at for leg in phones if leg.planned_at >= begun]
    return not rung or now - max(rung) >= ROUND_PAUSE


def not_reached(session: Session, house: House, contact: Contact, now: datetime) -> None:
    """The caller did not answer: the counselor is let go, and the callback is tried again later."""
    owed = callbacks.owed_callback(session, contact.id, FollowUpStatus.STARTED)
    if owed is None:
        return
    record(session, contact.id, "callback_not_reached", now, attempt=owed.attempts)
    _attempt_over(session, house, contact, owed, "no_answer", now)


def _attempt_over(
    session: Session, house: House, contact: Contact, owed: FollowUp, outcome: str, now: datetime
) -> None:
    """The next attempt, or after the last one work for a person."""
    _put_back(session, contact, owed, now)
    owed.last_outcome = outcome
    if owed.attempts >= owed.max_attempts:
        _hand_to_a_person(session, house, contact, owed, now)
        return
    pauses = NOBODY_FREE_AGAIN if outcome == "nobody_free" else NOT_REACHED_AGAIN
    owed.status = FollowUpStatus.PENDING
    owed.due_at = now + pauses[min(owed.attempts, len(pauses)) - 1]
    if outcome == "no_answer":
        contact.place_at = owed.due_at  # they had their turn


def _hand_to_a_person(session: Session, house: House, contact: Contact, owed: FollowUp, now: datetime) -> None:
    """Nothing rings by itself any more; the callback stays on the list of what is late, and supervisors are told."""
    owed.status, owed.due_at, owed.plan = FollowUpStatus.STARTED, now, {"by": By.PERSON.value}
    record(session, contact.id, "callback_overdue", now)
    alarms.raise_alarm(session, AlarmKind.CALLBACK_OVERDUE, now, subject=contact.id)
    for supervisor in alerts.supervisors(session, now):
        counselor_notices.tell(
            session, house, supervisor, "counselor.callback_overdue", helpline_number=contact.helpline_number, now=now
        )


def is_by_hand(owed: FollowUp) -> bool:
    """Whether every attempt was in vain, so that a person has to see to it."""
    return bool(owed.plan.get("by") == By.PERSON)


def finish(house: House, contact_id: uuid.UUID, actor_id: uuid.UUID, outcome: CallbackOutcome, now: datetime) -> bool:
    """A person says what came of a callback that was handed to people; False when there is none (any more)."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        owed = callbacks.owed_callback(session, contact_id, FollowUpStatus.STARTED)
        if contact is None or owed is None or not is_by_hand(owed):
            return False
        if outcome is CallbackOutcome.AGAIN:
            owed.status, owed.due_at, owed.attempts, owed.plan = FollowUpStatus.PENDING, now, 0, {}
            tasks.ask(session, tasks.CALL_BACK, contact_id, now)
            record(session, contact_id, "callback_again", now, by=str(actor_id))
        else:
            talked = outcome is CallbackOutcome.TALKED
            owed.status = FollowUpStatus.DONE if talked else FollowUpStatus.STOPPED
            owed.done_at, owed.last_outcome = now, outcome.value
            record(session, contact_id, "callback_finished", now, finished=outcome.value, by=str(actor_id))
        outbox.touch(session, contact_id)
        return True


def give_way(house: House, now: datetime) -> int:
    """Callbacks whose caller is here again: they wait while the caller is on the line, and end when the two have met.

    A caller who leaves without having talked is still owed the callback: nobody is forgotten.
    """
    with house.db.begin() as session:
        found = callbacks.overtaken(session)
    return each(found, lambda contact_id: _give_way(house, contact_id, now), contact_broke(house, now))


def _give_way(house: House, contact_id: uuid.UUID, now: datetime) -> bool:
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        owed = callbacks.owed_callback(session, contact_id)
        if contact is None or owed is None:
            return False
        rings = contact.calling_back and contact.status is ContactStatus.WAITING
        if contact.calling_back and not rings:
            return False  # a counselor has it: its own end decides
        by = callbacks.successor(session, owed, now, MET)
        if by is not None:
            _supersede(session, contact, owed, by, now)
        elif rings and callbacks.on_the_line(session, contact.caller_id):
            record(session, contact_id, "callback_waits", now)
            _put_back(session, contact, owed, now)
            owed.status, owed.due_at = FollowUpStatus.PENDING, now
            owed.attempts -= 1  # it was not an attempt: they were here themselves
        else:
            return False
        return True


def _supersede(session: Session, contact: Contact, owed: FollowUp, by: uuid.UUID, now: datetime) -> None:
    if contact.calling_back:
        _put_back(session, contact, owed, now)
    owed.status, owed.last_outcome, owed.done_at = FollowUpStatus.STOPPED, "superseded", now
    record(session, contact.id, "callback_superseded", now, contact=str(by))
    record(session, by, "callback_taken_over", now, contact=str(contact.id))
    outbox.touch(session, contact.id)
    outbox.touch(session, by)
