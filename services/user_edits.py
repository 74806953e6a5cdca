"""A person's facts corrected on a page, by the same rules as the roster file's."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from models.crypto import is_readable, lookup_hash, unreadable_shown
from models.people import Counselor, counselor_with_address, counselor_with_phone
from routing.phone import e164
from routing.vocabulary import Role
from services import audit, schedules
from services.house import House
from services.roster_file import ADDRESS, checked_offers, split_words

NO_PHONE = "-"  # takes the phone away; an empty field leaves it, because phones are not shown to be edited


@dataclass(frozen=True)
class Facts:
    """What the form shows; the phone stays masked."""

    name: str
    email: str
    timezone: str
    languages: tuple[str, ...]
    skills: tuple[str, ...]


def facts(house: House, counselor_id: uuid.UUID) -> Facts | None:
    """A person's facts as the form shows them; None: nobody."""
    with unreadable_shown(), house.db.begin() as session:
        who = session.get(Counselor, counselor_id)
        if who is None:
            return None
        return Facts(who.name, who.email, who.timezone, tuple(who.languages), tuple(who.skills))


def edit(
    house: House, counselor_id: uuid.UUID, given: Mapping[str, str], by: uuid.UUID, now: datetime
) -> tuple[str, ...]:
    """Correct a person's facts; the names of fields that are not right, and then nothing was changed.

    `given`: name, email, phone, timezone, languages, skills. Another zone moves their shifts from now on. What could
    not be read of the person has to be given anew.
    """
    with unreadable_shown(), house.db.begin() as session:
        person = session.get(Counselor, counselor_id, with_for_update={"key_share": True})
        if person is None:
            return ("gone",)
        wanted = _read(person, given)
        refused = _wrong(person, wanted, given)
        address, phone = counselor_with_address(session, wanted["email"]), wanted["phone"]
        holder = counselor_with_phone(session, phone) if phone else None
        taken = {"email_taken": address, "phone_taken": holder}
        refused += tuple(word for word, other in taken.items() if other is not None and other.id != person.id)
        if refused:
            return refused
        changed = sorted(name for name, value in wanted.items() if getattr(person, name) != value)
        if not changed:
            return ()
        if "timezone" in changed:
            schedules.begin_anew(session, person, now)
        for name in changed:
            setattr(person, name, wanted[name])
        person.email_hash = lookup_hash(person.email)
        person.phone_hash = lookup_hash(person.phone) if person.phone else None
        audit.write(session, "person_corrected", by, now, counselor_id=person.id, fields=", ".join(changed))
        return ()


def set_offers(
    house: House,
    counselor_id: uuid.UUID,
    languages: tuple[str, ...],
    skills: tuple[str, ...],
    by: uuid.UUID,
    now: datetime,
) -> tuple[str, ...]:
    """Say which languages somebody of the roster speaks and what they know well; names of fields that are not right."""
    refused = tuple(field for field, fine in checked_offers(languages, skills).items() if not fine)
    if refused:
        return refused
    with house.db.begin() as session:
        person = session.get_one(Counselor, counselor_id, with_for_update={"key_share": True})
        wanted = {"languages": list(languages), "skills": list(skills)}
        changed = [name for name, value in wanted.items() if set(getattr(person, name)) != set(value)]
        for name in changed:
            setattr(person, name, wanted[name])
        if changed:
            audit.write(session, "person_corrected", by, now, counselor_id=person.id, fields=", ".join(changed))
    return ()


def _read(person: Counselor, given: Mapping[str, str]) -> dict[str, Any]:
    phone = given["phone"].strip()
    return {
        "name": given["name"].strip(),
        "email": given["email"].strip().lower(),
        "phone": person.phone if not phone else None if phone == NO_PHONE else e164(phone),
        "timezone": given["timezone"].strip(),
        "languages": list(split_words(given["languages"])),
        "skills": list(split_words(given["skills"])),
    }


def _wrong(person: Counselor, wanted: Mapping[str, Any], given: Mapping[str, str]) -> tuple[str, ...]:
    phone = wanted["phone"]
    right_phone = is_readable(phone) and (phone or given["phone"].strip() in ("", NO_PHONE))
    checks = {
        "name": wanted["name"] and is_readable(wanted["name"]),
        "email": ADDRESS.fullmatch(wanted["email"]),
        "phone": right_phone and (phone or person.role is not Role.COUNSELOR),
        "timezone": wanted["timezone"] in available_timezones(),
        **checked_offers(tuple(wanted["languages"]), tuple(wanted["skills"])),
    }
    return tuple(field for field, fine in checks.items() if not fine)
