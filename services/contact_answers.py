"""What a counselor learns in a conversation: written, corrected and taken back on the page, with its source."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.contacts import Contact, lock_contact, record
from models.outbox import touch
from routing.match_profile import GENDERS, KEPT_MEDICATIONS
from routing.vocabulary import Need
from services import knowing
from services.house import House
from services.matching import desk_of

OLDEST = 120  # years
_ZIP = re.compile(r"[0-9]{5}")
TRUTHS = ("pregnant", "dual_diagnosis", "liver_disease", "respiratory_disease", "veteran", "dui", "sign_language")
CHOICES = ("payer", "need", "gender", "on_moud")
LONGEST_WORDS = 400  # characters of one list of substances


@dataclass(frozen=True)
class Given:
    """What the form says. Empty words take an answer back; `substances` is to be understood, `without` dropped."""

    answers: Mapping[str, str] = field(default_factory=dict)  # zip, age, gender, payer, need, pregnant, ...
    substances: str = ""
    without: str = ""
    unclear: str = ""  # a name that was asked about, with what it `means` (empty: nothing that matters)
    means: str = ""


def choices(house: House) -> dict[str, tuple[str, ...]]:
    """The words that an answer may be chosen from, by answer."""
    return {
        "payer": tuple(desk_of(house).catalog.payers),
        "need": tuple(Need),
        "gender": GENDERS,
        "on_moud": KEPT_MEDICATIONS,
    }


def substance_names(house: House, language: str) -> dict[str, str]:
    """What each substance is called, by id."""
    desk = desk_of(house)
    return {id_: desk.phrases[f"match.substance.{id_}"][language] for id_ in desk.catalog.substances}


def write_answers(house: House, contact_id: uuid.UUID, given: Given, now: datetime) -> tuple[str, ...] | None:
    """Keep what a counselor heard; the names of answers that could not be read, which are left as they were.

    None when there is no such contact. "substances" comes back when no word of them was understood.
    """
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None:
            return None
        refused = _single_answers(session, house, contact, given.answers, now)
        if given.unclear:
            _settle(session, house, contact, given, now)
        if given.without:
            _drop_substance(session, contact, given.without, now)
        if given.substances.strip() and not _add_substances(session, house, contact, given.substances, now):
            refused.append("substances")
        touch(session, contact_id)
        return tuple(refused)


def _single_answers(
    session: Session, house: House, contact: Contact, answers: Mapping[str, str], now: datetime
) -> list[str]:
    known = dict(contact.triage or {})
    changed, refused = [], []
    for key, words in answers.items():
        value = _value(house, key, words.strip())
        if words.strip() and value is None:
            refused.append(key)
        elif value != knowing.value_of(contact, key):
            known.pop(key, None)
            if value is not None:
                known[key] = {"value": value, "source": knowing.COUNSELOR}
            changed.append(key)
    if changed:
        contact.triage = known
        record(session, contact.id, "learnt", now, answers=sorted(changed))
    return refused


def _value(house: House, key: str, words: str) -> Any:
    if key == "zip":
        return words if _ZIP.fullmatch(words) else None
    if key == "age":
        return int(words) if words.isdecimal() and int(words) <= OLDEST else None
    if key in TRUTHS:
        return {"yes": True, "no": False}.get(words)
    if key == "need_override_reason":
        return words[:LONGEST_WORDS]
    return words if words in choices(house).get(key, ()) else None


def _add_substances(session: Session, house: House, contact: Contact, words: str, now: datetime) -> bool:
    """Names, brands and street names as triage understands them; danger in a counselor's words only suggests."""
    heard = house.triage.understand(words[:LONGEST_WORDS], contact.language.value, "what")
    if heard.flags:
        typed = [
            *(contact.triage or {}).get("typed", ()),
            {"value": words[:LONGEST_WORDS], "source": knowing.COUNSELOR},
        ]
        contact.triage = {**(contact.triage or {}), "typed": typed}
    for substance in heard.substances:
        knowing.hear_substance(session, contact, substance.id, knowing.COUNSELOR, now)
    knowing.keep_unclear(session, contact, heard, knowing.COUNSELOR, now)
    return bool(heard.substances or heard.unclear)


def _settle(session: Session, house: House, contact: Contact, given: Given, now: datetime) -> None:
    """What a name with several meanings means, as the counselor heard it."""
    if given.means in desk_of(house).catalog.substances:
        knowing.hear_substance(session, contact, given.means, knowing.COUNSELOR, now)
    knowing.settle_name(session, contact, given.unclear, now)


def _drop_substance(session: Session, contact: Contact, substance: str, now: datetime) -> None:
    known = dict(contact.triage or {})
    left = [entry for entry in known.get("substances", ()) if entry["value"] != substance]
    if len(left) != len(known.get("substances", ())):
        contact.triage = {**known, "substances": left}
        record(session, contact.id, "learnt", now, answers=["substances"])
