"""Red flags of a contact: cleared by a counselor with what was done, suggested by a counselor's own notes."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.contacts import Contact, lock_contact, record
from models.outbox import touch
from routing.understanding import ACTION_URGENCY
from routing.vocabulary import DANGER, Addressed, Urgency, most_urgent
from services.house import House
from services.matching import desk_of

SOURCE = "counselor"


@dataclass(frozen=True)
class Flag:
    """A flag of a contact. `done` is what was done about it, None while it stands."""

    id: str
    urgency: str
    source: str
    done: str | None


@dataclass(frozen=True)
class Suggested:
    """What a counselor's own words may mean; it raises nothing by itself."""

    id: str
    words: str


def flags_of(house: House, contact: Contact) -> tuple[Flag, ...]:
    """All flags, open ones first."""
    known = contact.triage or {}
    done = {entry["value"]: entry["done"] for entry in known.get("addressed", ())}
    found = [
        Flag(e["value"], _urgency(house, e["value"]).value, e.get("source", ""), done.get(e["value"]))
        for e in known.get("flags", ())
    ]
    return tuple(sorted(found, key=lambda flag: flag.done is not None))


def suggested(house: House, contact: Contact) -> tuple[Suggested, ...]:
    """Flags that notes and typed answers would raise, had the caller said them, and those that the caller's own words
    raised in a text that sounds like no danger; known and refused ones left out."""
    known = contact.triage or {}
    settled = {entry["value"] for key in ("flags", "not_so") for entry in known.get(key, ())}
    found = {entry["value"]: Suggested(entry["value"], entry["words"]) for entry in known.get("doubted", ())}
    words = "\n".join([contact.notes or "", *(entry["value"] for entry in known.get("typed", ()))])
    if house.triage is not None and words.strip():
        heard = house.triage.understand(words, contact.language.value)
        found |= {flag.id: Suggested(flag.id, " / ".join(flag.words)) for flag in heard.flags}
    return tuple(one for id_, one in found.items() if id_ not in settled)


def clear_flag(
    house: House, contact_id: uuid.UUID, counselor_id: uuid.UUID, flag: str, done: Addressed, now: datetime
) -> bool:
    """Write what was done about a flag; with no danger left, questions and matching open again. False: no such flag."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None or flag not in _values(contact, "flags"):
            return False
        kept = [entry for entry in (contact.triage or {}).get("addressed", ()) if entry["value"] != flag]
        entry = {"value": flag, "source": SOURCE, "done": done.value, "by": str(counselor_id), "at": now.isoformat()}
        contact.triage = {**(contact.triage or {}), "addressed": [*kept, entry]}
        record(session, contact.id, "flag_cleared", now, flag=flag, done=done.value, by=str(counselor_id))
        was_danger = contact.urgency in DANGER
        contact.urgency = _urgency_left(house, contact)
        if was_danger and contact.urgency not in DANGER:
            record(session, contact.id, "danger_over", now, by=str(counselor_id))
        touch(session, contact_id)
        return True


def answer_suggestion(
    house: House, contact_id: uuid.UUID, counselor_id: uuid.UUID, flag: str, is_so: bool, now: datetime
) -> bool:
    """A counselor says whether a suggested flag is one. False: no such contact, or no such flag."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None or flag not in desk_of(house).catalog.flag_actions:
            return False
        key = "flags" if is_so else "not_so"
        if flag not in _values(contact, key):
            entry = {"value": flag, "source": SOURCE}
            contact.triage = {**(contact.triage or {}), key: [*(contact.triage or {}).get(key, ()), entry]}
        if is_so:
            contact.urgency = _urgency_left(house, contact)
            record(session, contact.id, "flag_added", now, flag=flag, by=str(counselor_id))
        touch(session, contact_id)
        return True


def reopen(session: Session, contact: Contact, flags: list[str], now: datetime) -> None:
    """Flags that are heard again stand again, whatever was done before (locked)."""
    known = contact.triage or {}
    left = [entry for entry in known.get("addressed", ()) if entry["value"] not in flags]
    if len(left) != len(known.get("addressed", ())):
        contact.triage = {**known, "addressed": left}
        record(session, contact.id, "flag_again", now, flags=flags)


def standing(contact: Contact) -> list[str]:
    """The ids of the flags about which nobody has written yet what was done."""
    addressed = _values(contact, "addressed")
    return [flag for flag in _values(contact, "flags") if flag not in addressed]


def _values(contact: Contact, key: str) -> list[str]:
    known: Mapping[str, Any] = contact.triage or {}
    return [entry["value"] for entry in known.get(key, ())]


def _urgency(house: House, flag: str) -> Urgency:
    return ACTION_URGENCY.get(desk_of(house).catalog.flag_actions.get(flag, ""), Urgency.NONE)


def _urgency_left(house: House, contact: Contact) -> Urgency:
    return most_urgent(_urgency(house, flag) for flag in standing(contact))
