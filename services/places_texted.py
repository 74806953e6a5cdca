"""Places that a counselor ticked are texted to the caller, or it is said why not."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from models.contacts import Contact, events_of, lock_contact, record
from services import consent, place_lines, safe_contact, suggestions, text_contacts
from services.contact_matches import list_length
from services.house import House
from services.matching import FoundPlace, desk_of, find_matches

MOST_TEXTED = 5


class NotTexted(StrEnum):
    """Why nothing was sent."""

    NONE_TICKED = "none_ticked"
    TOO_MANY = "too_many"
    NOT_SAFE = "not_safe"  # no number, texts stopped, or nobody said that a text is safe
    NOT_LISTED = "not_listed"  # one of them left the list, so that it is not what the counselor saw


def text_places(
    house: House,
    contact_id: uuid.UUID,
    counselor_id: uuid.UUID,
    listings: Sequence[int],
    agreed: bool,
    now: datetime,
    key: uuid.UUID,
) -> tuple[str, ...] | NotTexted:
    """Text the chosen places to the caller, in their language and the order of the list; the names of those sent.

    `agreed`: they have just said that a text to this phone is safe, which is kept. All of what was chosen, or nothing.
    `key` is the page's until one of its texts was kept (hand_over.write_to_caller): the same places with the same key
    are sent once.
    """
    if not listings or len(listings) > MOST_TEXTED:
        return NotTexted.TOO_MANY if listings else NotTexted.NONE_TICKED
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id, caller=agreed)
        profile = suggestions.profile_of(house, contact) if contact is not None else None
        if contact is None or profile is None:
            return NotTexted.NOT_LISTED
        if not safe_contact.may_text(session, contact, counselor_id, agreed, now):
            return NotTexted.NOT_SAFE
        limit = list_length(session, contact_id, counselor_id)
        matches = find_matches(desk_of(house), session, profile, now, limit=limit)
        chosen = tuple(place for place in matches.places if place.entry.listing in listings)
        if len(chosen) < len(set(listings)):
            return NotTexted.NOT_LISTED
        told = sorted(place.entry.listing for place in chosen)
        if not _texted_before(session, contact, told, key):
            _send(session, house, contact, chosen, now)
            said = {"places": len(chosen), "listings": told, "key": str(key), "by": str(counselor_id)}
            record(session, contact.id, "places_texted", now, **said)
        return tuple(place.listing.name1 for place in chosen)


def _texted_before(session: Session, contact: Contact, listings: list[int], key: uuid.UUID) -> bool:
    sent = [event.data for event in events_of(session, contact.id) if event.kind == "places_texted"]
    return any(data.get("key") == str(key) and data.get("listings") == listings for data in sent)


def _send(session: Session, house: House, contact: Contact, chosen: tuple[FoundPlace, ...], now: datetime) -> None:
    lines = place_lines.lines(house, contact, chosen, first=1)
    first = consent.is_first_text(session, contact.caller)
    who = consent.name_shown(house, contact.caller)
    hello = [house.phrases.text("text.places_first", contact.language, organisation=who)] if first else []
    purpose = text_contacts.purpose_of_late_words(contact, now)
    text_contacts.answer(session, contact, ["\n".join([*hello, *lines])], now, purpose)
