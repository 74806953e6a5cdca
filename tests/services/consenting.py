"""A facility, and consents of a person to tell it something, for tests."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models.contacts import Contact
from models.directory import Facility
from models.disclosures import DisclosureConsent
from routing.disclosure import CONSENTABLE, Fact, SharedFor
from tests.services.outside import NOON, make_caller, make_contact

TOLD = {  # every kind of answer, with words that appear nowhere else
    "substances": [{"value": "alprazolam", "source": "text"}],
    "zip": {"value": "02118", "source": "text"},
    "payer": {"value": "medicaid", "source": "text"},
    "age": {"value": 47, "source": "counselor"},
    "gender": {"value": "female", "source": "counselor"},
    "pregnant": {"value": True, "source": "counselor"},
    "need": {"value": "detox", "source": "counselor"},
    "on_moud": {"value": "methadone", "source": "counselor"},
    "dual_diagnosis": {"value": True, "source": "counselor"},
    "conditions": [{"value": "liver", "source": "text"}],
}


def a_place(session: Session, key: str = "A") -> int:
    """A facility without listings; its id."""
    place = Facility(key=f"place {key}")
    session.add(place)
    session.flush()
    return place.id


def a_person(session: Session, **facts: Any) -> Contact:
    """A contact of whom everything is known."""
    return make_contact(session, make_caller(session, texting_ok=True), **{"triage": TOLD, **facts})


def a_consent(
    session: Session,
    contact: Contact,
    facility_id: int,
    facts: Collection[Fact] = CONSENTABLE,
    purposes: Collection[SharedFor] = (SharedFor.TREATMENT,),
    signed_at: datetime | None = NOON,
    lasts: timedelta = timedelta(days=30),
    **given: Any,
) -> DisclosureConsent:
    """A consent, signed unless told otherwise."""
    consent = DisclosureConsent(
        contact_id=contact.id,
        facility_id=facility_id,
        recipient="Harbor House, Boston",
        purposes=[purpose.value for purpose in purposes],
        facts=[fact.value for fact in facts],
        prepared_at=NOON,
        expires_at=NOON + lasts,
        link_hash=uuid.uuid4().bytes * 2,
        link_until=NOON + timedelta(days=1),
        signed_at=signed_at,
        signed_name="Maria Quinn" if signed_at else None,
        **given,
    )
    session.add(consent)
    session.flush()
    return consent
