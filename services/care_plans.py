"""Care plans: how to be there for somebody who calls often, written by supervisors, shown to whoever answers."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.care import CarePlan
from models.contacts import Contact
from models.outbox import touch
from services import audit
from services.house import House

LONGEST = 2000  # characters


@dataclass(frozen=True)
class PlanShown:
    """The plan as a contact's page shows it."""

    words: str
    written_at: datetime
    writer: str | None


def plan_of(session: Session, contact: Contact) -> PlanShown | None:
    """The plan for whoever has this contact's number; a withheld number has none."""
    plan = session.get(CarePlan, contact.caller_id)
    return PlanShown(plan.words, plan.written_at, plan.writer.name if plan.writer else None) if plan else None


def write(house: House, contact_id: uuid.UUID, actor_id: uuid.UUID, words: str, now: datetime) -> bool:
    """Keep a plan, or end it with empty words. False: no such contact, a withheld number, or too long."""
    with house.db.begin() as session:
        contact = session.get(Contact, contact_id)
        if contact is None or contact.caller.number is None or len(words) > LONGEST:
            return False
        plan = session.get(CarePlan, contact.caller_id, with_for_update={"of": CarePlan, "key_share": True})
        if words.strip():
            plan = plan or CarePlan(caller_id=contact.caller_id)
            plan.words, plan.written_at, plan.written_by = words.strip(), now, actor_id
            session.add(plan)
        elif plan is not None:
            session.delete(plan)
        audit.write(session, "care_plan_written", actor_id, now, contact_id=contact_id)
        touch(session, contact_id)
        return True
