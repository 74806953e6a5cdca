"""Told without a consent in a medical emergency (42 CFR 2.51): its own path, written down at once, never quiet."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from models import outbox
from models.contacts import events_of, lock_contact, record
from models.disclosures import Disclosure, disclosures_of
from routing.disclosure import Basis, Fact, Told
from routing.vocabulary import RescueStep
from services import alerts, audit
from services.house import House

LONGEST_REASON, LONGEST_NAME = 500, 120  # characters
LATEST: Final = timedelta(hours=24)  # 2.51(c) says "immediately"; what is older is for a supervisor to note
TOLD_TO_MEDICAL: Final = RescueStep.DISPATCH_CALLED


@dataclass(frozen=True)
class Emergency:
    """What 2.51(c) wants on record. `minutes_ago`: when it was told; `facts`: which kinds of facts."""

    name: str  # of the medical personnel
    role: str  # and where they work
    reason: str  # the nature of the emergency
    facts: Sequence[str]
    minutes_ago: int = 0


def problems(given: Emergency) -> tuple[str, ...]:
    """The fields that are missing or cannot be read."""
    kinds = {fact.value for fact in Fact}
    checks = {
        "name": 0 < len(given.name.strip()) <= LONGEST_NAME,
        "role": 0 < len(given.role.strip()) <= LONGEST_NAME,
        "reason": 0 < len(given.reason.strip()) <= LONGEST_REASON,
        "facts": bool(given.facts) and kinds.issuperset(given.facts),
        "minutes_ago": 0 <= given.minutes_ago <= LATEST / timedelta(minutes=1),
    }
    return tuple(field for field, fine in checks.items() if not fine)


def document(
    house: House, contact_id: uuid.UUID, counselor_id: uuid.UUID, given: Emergency, now: datetime
) -> tuple[str, ...] | None:
    """Write down what was told to medical personnel; supervisors learn of it at once. The fields that are wrong, or
    None: no such contact. Whoever speaks with a rescuer speaks first and writes then: nothing here delays help."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None:
            return None
        wrong = problems(given)
        if wrong:
            return wrong
        row = Disclosure(
            id=uuid.uuid4(),
            at=now - timedelta(minutes=given.minutes_ago),
            documented_at=now,
            contact_id=contact.id,
            basis=Basis.EMERGENCY,
            recipient=f"{given.name.strip()}, {given.role.strip()}",
            facts=[fact.value for fact in Fact if fact.value in given.facts],
            how=Told.SPOKEN,
            actor_id=counselor_id,
            reason=given.reason.strip(),
        )
        session.add(row)
        record(session, contact.id, "emergency_told", now, count=len(row.facts), by=str(counselor_id))
        audit.write(session, "emergency_told", counselor_id, now, contact_id=contact.id, disclosure_id=row.id)
        alerts.alert_supervisors(session, house, contact, "counselor.emergency_told", now)
        outbox.touch(session, contact.id)
        return ()


def undocumented(session: Session, contact_id: uuid.UUID) -> bool:
    """Whether dispatch was called and nobody has written down since what they were told."""
    called = [e.at for e in events_of(session, contact_id) if e.data.get("did") == TOLD_TO_MEDICAL.value]
    told = [row.documented_at for row in disclosures_of(session, contact_id) if row.basis is Basis.EMERGENCY]
    return bool(called) and (not told or max(told) < max(called))
