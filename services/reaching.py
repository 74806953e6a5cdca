"""Whom a text may not or does not reach: a person takes the step over, by a call where that is safe; nobody is lost."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from models import follow_ups as rows
from models import outbox, texts
from models.contacts import Contact, record
from models.follow_ups import FollowUp
from routing import clock
from routing.follow_up import By, Outcome
from routing.sending import Refusal, hours_of, zones_of
from routing.vocabulary import FollowUpStatus, TextStatus
from services import callback_rules, consent, experiments, safe_contact
from services.house import House

NOT_THERE = (TextStatus.FAILED, TextStatus.UNDELIVERED, TextStatus.SUPPRESSED)


class Instead(StrEnum):
    """What a person does in the place of a text (`instead` in the row's plan)."""

    CALL = "call"
    NO_WAY = "no_way"  # nothing is known to be safe: somebody decides, and says so in a word


def by_a_person(session: Session, house: House, row: FollowUp, why: Refusal | Outcome, now: datetime) -> bool:
    """Hand the step (its row locked) to people, at an hour that is the person's; the sweep then gives it an owner.

    False, and nothing changed, when people have been asked already how this contact can be reached.
    """
    way = Instead.CALL if may_call(session, house, row.contact, now) else Instead.NO_WAY
    if way is Instead.NO_WAY and any(_is_no_way(other) for other in rows.open_of_contact(session, row.contact_id)):
        return False
    experiments.leave(row)
    row.plan = {**row.plan, "by": By.PERSON.value, "instead": way.value, "why": why.value}
    row.status, row.attempts = FollowUpStatus.PENDING, 0
    row.due_at = _next_hour(session, house, row.contact, now) if way is Instead.CALL else now
    record(session, row.contact_id, "follow_up_by_person", now, follow_up=row.kind.value, outcome=why.value)
    outbox.touch(session, row.contact_id)
    return True


def _is_no_way(row: FollowUp) -> bool:
    return row.plan.get("instead") == Instead.NO_WAY


def may_call(session: Session, house: House, contact: Contact, now: datetime) -> bool:
    """Whether we may call this number unasked: the person said that a call is safe, and we call such numbers."""
    known = safe_contact.call_is_safe(contact)
    return known and callback_rules.refusal(session, house, contact, now, limits=False) is None


def _next_hour(session: Session, house: House, contact: Contact, now: datetime) -> datetime:
    """A call that nobody asked for keeps to the hours of texts, and to the person's own."""
    person, window = consent.person_of(session, contact.caller), consent.window_of(house.rules)
    return clock.next_open_everywhere(now, zones_of(person, window), *hours_of(person, window))


def was_not_delivered(session: Session, row: FollowUp) -> bool:
    """Whether the text of this attempt never came to the person's phone, as far as the network told."""
    sent = row.plan.get("text")
    return sent is not None and texts.status_of(session, uuid.UUID(sent)) in NOT_THERE


def take(house: House, follow_up_id: uuid.UUID, counselor_id: uuid.UUID, now: datetime) -> bool:
    """A person's step gets an owner; False when it is over, or somebody else has it."""
    with house.db.begin() as session:
        row = rows.lock_started(session, follow_up_id)
        if row is None or row.plan.get("by") != By.PERSON or row.owner_id not in (None, counselor_id):
            return False
        row.owner_id = counselor_id
        record(session, row.contact_id, "follow_up_taken", now, follow_up=row.kind.value, by=str(counselor_id))
        outbox.touch(session, row.contact_id)
        return True
