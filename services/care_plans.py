"""Care plans: how to be there for somebody who calls often, written by supervisors, shown to whoever answers."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from models.care import CarePlan, plans_by_review
from models.contacts import Contact
from models.outbox import touch
from routing.phone import masked
from services import audit
from services.house import House

LONGEST = 2000  # characters
REVIEW_AFTER = timedelta(days=90)  # when nobody chose a date
REVIEW_WITHIN = timedelta(days=366)


@dataclass(frozen=True)
class PlanShown:
    """The plan as a contact's page shows it."""

    words: str
    written_at: datetime
    writer: str | None
    review_on: date
    overdue: bool  # nobody has looked at it by then


@dataclass(frozen=True)
class PlanRow:
    """One line of the list, without the words: whoever opens the contact is on record.

    `contact_id`: their newest contact, None when none is kept any more. `number` is masked.
    """

    contact_id: uuid.UUID | None
    number: str
    review_on: date
    overdue: bool


def plan_of(session: Session, house: House, contact: Contact, now: datetime) -> PlanShown | None:
    """The plan for whoever has this contact's number; a withheld number has none."""
    plan = session.get(CarePlan, contact.caller_id)
    return _shown(plan, house.day_of(now)) if plan else None


def _shown(plan: CarePlan, today: date) -> PlanShown:
    writer = plan.writer.name if plan.writer else None
    return PlanShown(plan.words, plan.written_at, writer, plan.review_on, plan.review_on < today)


def plans(house: House, now: datetime) -> tuple[PlanRow, ...]:
    """Every care plan, those first that should have been looked at again."""
    today = house.day_of(now)
    with house.db.begin() as session:
        return tuple(
            PlanRow(contact_id, masked(caller.number), plan.review_on, plan.review_on < today)
            for plan, caller, contact_id in plans_by_review(session)
        )


def write(house: House, contact_id: uuid.UUID, actor_id: uuid.UUID, words: str, review: str, now: datetime) -> bool:
    """Keep a plan, or end it with empty words. `review`: a date such as 2026-12-31, or empty for in 90 days.

    False: no such contact, a withheld number, too long, or no date between today and a year from now.
    """
    today = house.day_of(now)
    try:
        review_on = date.fromisoformat(review) if review else today + REVIEW_AFTER
    except ValueError:
        return False
    with house.db.begin() as session:
        contact = session.get(Contact, contact_id)
        if contact is None or contact.caller.number is None or len(words) > LONGEST:
            return False
        if not today <= review_on <= today + REVIEW_WITHIN:
            return False
        plan = session.get(CarePlan, contact.caller_id, with_for_update={"of": CarePlan, "key_share": True})
        if words.strip():
            plan = plan or CarePlan(caller_id=contact.caller_id)
            plan.words, plan.review_on = words.strip(), review_on
            plan.written_at, plan.written_by = now, actor_id
            session.add(plan)
        elif plan is not None:
            session.delete(plan)
        audit.write(session, "care_plan_written", actor_id, now, contact_id=contact_id)
        touch(session, contact_id)
        return True
