"""Places that fit a contact, explained: for a call and for a counselor's page; kept when made for a caller."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models import outbox
from models.contacts import Contact, lock_contact, record
from routing.match_phrases import render
from services.house import House
from services.matching import AskedBy, desk_of, find_matches
from services.suggestions import profile_of

PLACES_ON_THE_PAGE = 5


@dataclass(frozen=True)
class PlacesShown:
    """What a page shows: advice that comes first, places as MATCHING.md R16 writes them, and how many there are."""

    outcome: str
    advice: tuple[str, ...]
    places: tuple[dict[str, Any], ...]
    total: int
    radius: int | None


def match_for_call(house: House, contact_id: uuid.UUID, now: datetime) -> bool:
    """Make and keep the match of a contact whose place and substance are known; False while they are not."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        profile = profile_of(house, contact) if contact else None
        if contact is None or profile is None:
            return False
        matches = find_matches(
            desk_of(house), session, profile, now, limit=PLACES_ON_THE_PAGE, asked_by=AskedBy(contact_id=contact_id)
        )
        record(session, contact_id, "matched", now, outcome=str(matches.answer.outcome), total=matches.answer.total)
        outbox.touch(session, contact_id)
        return True


def places_shown(house: House, contact_id: uuid.UUID, language: str, now: datetime) -> PlacesShown | None:
    """The first places for a contact as things are now; None while place or substance are not known."""
    if house.match_desk is None:
        return None
    with house.db.begin() as session:
        contact = session.get(Contact, contact_id)
        profile = profile_of(house, contact) if contact else None
        if profile is None:
            return None
        desk = desk_of(house)
        found = find_matches(desk, session, profile, now, limit=PLACES_ON_THE_PAGE)
        return PlacesShown(
            outcome=str(found.answer.outcome),
            advice=tuple(render(phrase, desk.phrases, language) for phrase in found.answer.advice),
            places=tuple(place.as_json(desk.phrases, language) for place in found.places),
            total=found.answer.total,
            radius=found.answer.radius,
        )
