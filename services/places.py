"""Places that fit a caller, matched and kept while they wait, so that the counselor's page has them at once."""

import uuid
from datetime import datetime

from models import outbox
from models.contacts import lock_contact, record
from services.house import House
from services.matching import AskedBy, desk_of, find_matches
from services.suggestions import profile_of

PLACES_KEPT = 6  # as many as the counselor's page shows


def match_for_call(house: House, contact_id: uuid.UUID, now: datetime) -> bool:
    """Make and keep the match of a contact whose place and substance are known; False while they are not."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        profile = profile_of(house, contact) if contact else None
        if contact is None or profile is None:
            return False
        matches = find_matches(
            desk_of(house), session, profile, now, limit=PLACES_KEPT, asked_by=AskedBy(contact_id=contact_id)
        )
        record(session, contact_id, "matched", now, outcome=str(matches.answer.outcome), total=matches.answer.total)
        outbox.touch(session, contact_id)
        return True
