"""Places for a text conversation: what is known of the contact -> a match -> a few lines that fit a telephone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import directory
from models.contacts import Contact, record
from models.owed_endings import nobody_wrote
from models.referrals import referred_by
from routing.care_hint import taken_as_directed
from routing.match_need import Outcome
from routing.match_phrases import render
from routing.match_profile import Profile, read_profile
from routing.vocabulary import ContactStatus, Disposition, Language
from services import follow_up_plans, knowing, showings
from services.house import House
from services.matching import AskedBy, Matches, desk_of, find_matches
from services.place_lines import lines, payer_line

PLACES_A_TEXT = 3
TRUTHS = ("pregnant", "dual_diagnosis", "veteran", "dui")
LISTS = ("substances", "flags", "addressed", "conditions", "use")
CONDITION_FIELDS = {"liver": "liver_disease", "respiratory": "respiratory_disease"}


def profile_of(house: House, contact: Contact) -> Profile | None:
    """What a match may know of this contact; None while ZIP or substance are missing."""
    known: Mapping[str, Any] = contact.triage or {}
    told = {key: [entry["value"] for entry in known.get(key, ())] for key in LISTS}
    use = told["use"]
    asked: dict[str, Any] = {
        "zip": knowing.value_of(contact, "zip"),
        "substances": told["substances"],
        "risk_flags": told["flags"],
        "flags_addressed": [flag for flag in told["addressed"] if flag in told["flags"]],
        "need": knowing.value_of(contact, "need"),
        "payer": knowing.value_of(contact, "payer"),
        "age": knowing.value_of(contact, "age"),
        "gender": knowing.value_of(contact, "gender"),
        "on_moud": knowing.value_of(contact, "on_moud"),
        "need_override_reason": knowing.value_of(contact, "need_override_reason"),
        "prescribed_as_directed": taken_as_directed(use),
        "language": _language(contact),
        **{truth: bool(knowing.value_of(contact, truth)) for truth in TRUTHS},
        **{field: _has(contact, condition, field) for condition, field in CONDITION_FIELDS.items()},
    }
    read = read_profile(asked, desk_of(house).catalog)
    return read if isinstance(read, Profile) and read.zip else None


def _language(contact: Contact) -> str | None:
    if knowing.value_of(contact, "sign_language"):
        return "asl"
    return "es" if contact.language is Language.SPANISH else None


def _has(contact: Contact, condition: str, field: str) -> bool:
    """What a counselor wrote down counts more than what was understood from words."""
    written = knowing.value_of(contact, field)
    heard = [entry["value"] for entry in (contact.triage or {}).get("conditions", ())]
    return bool(written) if written is not None else condition in heard


def first_places(session: Session, house: House, contact: Contact, now: datetime) -> list[str]:
    """The first three places with their reasons, as paragraphs; the match is kept with the contact.

    When they are the three that were sent last, one line says what is new.
    """
    profile = profile_of(house, contact)
    if profile is None:
        return []
    matches = find_matches(
        desk_of(house), session, profile, now, limit=PLACES_A_TEXT, asked_by=AskedBy(contact_id=contact.id)
    )
    record(session, contact.id, "matched", now, outcome=str(matches.answer.outcome), total=matches.answer.total)
    if matches.answer.outcome is Outcome.ASK_LOCATION:
        return [house.phrases.text("text.ask_zip_again", contact.language)]
    phrases, language = desk_of(house).phrases, contact.language.value
    advice = [render(phrase, phrases, language) for phrase in matches.answer.advice]
    if not matches.places:
        return advice
    first = [place.entry.listing for place in matches.places]
    about_payer = [payer_line(house, contact, matches.places, profile.payer)] if profile.payer else []
    if about_payer and contact.flow.get("places_first") == first:
        return [" ".join([house.phrases.text("text.same_places", contact.language), *about_payer])]
    contact.flow = {**contact.flow, "places_first": first, "places_sent": first}
    if _only_a_list(session, contact):
        contact.disposition, contact.disposition_by = Disposition.PLACES_TEXTED, None  # until a counselor writes one
        follow_up_plans.plan_for(session, house, contact, now)
    heading = house.phrases.text("text.places", contact.language, zip=profile.zip)
    listed = "\n".join([heading, *lines(house, contact, matches.places, first=1), *about_payer])
    return [*advice, listed, _end(house, contact, "text.places_end", matches, first)]


def _only_a_list(session: Session, contact: Contact) -> bool:
    """Whether a list by text is the outcome so far: nobody of ours wrote another, and nobody referred them."""
    goes_on = contact.status is ContactStatus.CONVERSING
    return goes_on and nobody_wrote(contact) and referred_by(session, contact.id) is None


def more_places(session: Session, house: House, contact: Contact, now: datetime) -> list[str]:
    """The next three places that were not sent yet, to the end of the list, and how many are left."""
    profile = profile_of(house, contact)
    sent = [int(listing) for listing in contact.flow.get("places_sent", ())]
    if profile is None:
        return []
    matches = find_matches(desk_of(house), session, profile, now, limit=len(sent) + PLACES_A_TEXT)
    further = tuple(place for place in matches.places if place.entry.listing not in sent)[:PLACES_A_TEXT]
    if not further:
        return [house.phrases.text("text.no_more_places", contact.language)]
    listed = lines(house, contact, further, first=len(sent) + 1)
    sent += [place.entry.listing for place in further]
    showings.note_shown(session, contact.id, None, matches, matches.order.index(sent[-1]) + 1)
    contact.flow = {**contact.flow, "places_sent": sent}
    return ["\n".join(listed), _end(house, contact, "text.places_more", matches, sent)]


def _end(house: House, contact: Contact, key: str, matches: Matches, sent: list[int]) -> str:
    """How many places are left to be asked for, or that there are none."""
    left = len(set(matches.order).difference(sent))
    key = key if left else f"{key}_all"
    return house.phrases.text(key, contact.language, left=left)


def numbered_names(house: House, substances: list[str], language: Language) -> str:
    """Substances as a numbered choice: "1 Ativan, 2 Xanax"."""
    table = desk_of(house).phrases
    names = [table[f"match.substance.{substance}"][language.value] for substance in substances]
    return ", ".join(f"{number} {name}" for number, name in enumerate(names, 1))


def timezone_of_zip(session: Session, zip5: str) -> str | None:
    """The IANA zone of a ZIP code, if it has one."""
    found = directory.zip_code(session, zip5)
    return found.timezone or None if found is not None else None
