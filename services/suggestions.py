"""Places for a text conversation: what is known of the contact -> a match -> a few lines that fit a telephone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import directory
from models.contacts import Contact, record
from routing import phone
from routing.care_hint import taken_as_directed
from routing.match_need import Outcome
from routing.match_phrases import render
from routing.match_profile import Profile, read_profile
from routing.match_reasons import UNSURE_FIT
from routing.vocabulary import ContactStatus, Disposition, Language
from services import follow_ups, knowing
from services.house import House
from services.matching import AskedBy, FoundPlace, Matches, desk_of, find_matches
from services.text_contacts import LONGEST_TEXT

PLACES_A_TEXT = 3
REASONS_A_PLACE = 2
LEAST_MILES = 1
ROOM_AROUND = 200  # characters that a list's heading takes
LISTS = ("substances", "flags", "addressed", "conditions", "use")
CONDITION_FIELDS = {"liver": "liver_disease", "respiratory": "respiratory_disease"}


def profile_of(house: House, contact: Contact) -> Profile | None:
    """What a match may know of this contact; None while ZIP or substance are missing."""
    known: Mapping[str, Any] = contact.triage or {}
    told = {key: [entry["value"] for entry in known.get(key, ())] for key in LISTS}
    conditions, use = told["conditions"], told["use"]
    asked: dict[str, Any] = {
        "zip": knowing.value_of(contact, "zip"),
        "substances": told["substances"],
        "risk_flags": told["flags"],
        "flags_addressed": [flag for flag in told["addressed"] if flag in told["flags"]],
        "need": knowing.value_of(contact, "need"),
        "payer": knowing.value_of(contact, "payer"),
        "age": knowing.value_of(contact, "age"),
        "gender": knowing.value_of(contact, "gender"),
        "pregnant": bool(knowing.value_of(contact, "pregnant")),
        "dual_diagnosis": bool(knowing.value_of(contact, "dual_diagnosis")),
        "prescribed_as_directed": taken_as_directed(use),
        "language": "es" if contact.language is Language.SPANISH else None,
        **{field: condition in conditions for condition, field in CONDITION_FIELDS.items()},
    }
    read = read_profile(asked, desk_of(house).catalog)
    return read if isinstance(read, Profile) and read.zip else None


def first_places(session: Session, house: House, contact: Contact, now: datetime) -> list[str]:
    """The first three places with their reasons, as paragraphs; the match is kept with the contact."""
    profile = profile_of(house, contact)
    if profile is None:
        return []
    matches = find_matches(
        desk_of(house), session, profile, now, limit=PLACES_A_TEXT, asked_by=AskedBy(contact_id=contact.id)
    )
    record(session, contact.id, "matched", now, outcome=str(matches.answer.outcome), total=matches.answer.total)
    contact.flow = {**contact.flow, "places_shown": len(matches.places)}
    if matches.places and contact.status is ContactStatus.CONVERSING:
        contact.disposition = Disposition.REFERRED  # until a counselor writes another
        follow_ups.plan_for(session, house, contact, now)
    return _first_paragraphs(house, contact, profile, matches)


def _first_paragraphs(house: House, contact: Contact, profile: Profile, matches: Matches) -> list[str]:
    if matches.answer.outcome is Outcome.ASK_LOCATION:
        return [house.phrases.text("text.ask_zip_again", contact.language)]
    phrases, language = desk_of(house).phrases, contact.language.value
    paragraphs = [render(advice, phrases, language) for advice in matches.answer.advice]
    if matches.places:
        heading = house.phrases.text("text.places", contact.language, zip=profile.zip)
        paragraphs.append("\n".join([heading, *lines(house, contact, matches.places, first=1)]))
        paragraphs.append(house.phrases.text("text.places_end", contact.language))
    return paragraphs


def more_places(session: Session, house: House, contact: Contact, now: datetime) -> list[str]:
    """The next three places of the same list."""
    profile = profile_of(house, contact)
    shown = int(contact.flow.get("places_shown", 0))
    if profile is None:
        return []
    matches = find_matches(desk_of(house), session, profile, now, limit=shown + PLACES_A_TEXT)
    further = matches.places[shown:]
    if not further:
        return [house.phrases.text("text.no_more_places", contact.language)]
    contact.flow = {**contact.flow, "places_shown": shown + len(further)}
    return ["\n".join(lines(house, contact, further, first=shown + 1))]


def lines(house: House, contact: Contact, places: tuple[FoundPlace, ...], *, first: int) -> list[str]:
    """Places as numbered lines for a telephone, in the caller's language.

    Each with its first two reasons, and what has to be asked first where it may be for others only. The units' names
    stand there while all lines fit into one text.
    """
    full = [_line(house, contact, place, number, unit=True) for number, place in enumerate(places, first)]
    if len("\n".join(full)) + ROOM_AROUND <= LONGEST_TEXT:
        return full
    return [_line(house, contact, place, number, unit=False) for number, place in enumerate(places, first)]


def _line(house: House, contact: Contact, place: FoundPlace, number: int, *, unit: bool) -> str:
    phrases, language = desk_of(house).phrases, contact.language.value
    entry, listing = place.entry, place.listing
    said = (*entry.reasons[:REASONS_A_PLACE], *(point for point in entry.open_points if point in UNSURE_FIT))
    return house.phrases.text(
        "text.place",
        contact.language,
        number=number,
        name=f"{listing.name1}, {listing.name2}" if unit and listing.name2 else listing.name1,
        city=listing.city,
        miles=max(LEAST_MILES, round(entry.miles)),
        phone=phone.spoken(listing.phone) if listing.phone else "",
        reasons=" ".join(render(phrase, phrases, language) for phrase in said),
    )


def numbered_names(house: House, substances: list[str], language: Language) -> str:
    """Substances as a numbered choice: "1 Ativan, 2 Xanax"."""
    table = desk_of(house).phrases
    names = [table[f"match.substance.{substance}"][language.value] for substance in substances]
    return ", ".join(f"{number} {name}" for number, name in enumerate(names, 1))


def zip_of_town(session: Session, city: str, state: str | None) -> str | None:
    """A ZIP code of a town; None when no town, or towns in several states, are called so."""
    found = directory.zip_codes_of_town(session, city, state)
    return found[0].zip5 if len({place.state for place in found}) == 1 else None


def timezone_of_zip(session: Session, zip5: str) -> str | None:
    """The IANA zone of a ZIP code, if it has one."""
    found = directory.zip_code(session, zip5)
    return found.timezone or None if found is not None else None
