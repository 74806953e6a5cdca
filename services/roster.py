"""The roster import: a whole file or nothing, and the same file again changes nothing."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.crypto import lookup_hash
from models.people import Counselor, lock_roster
from services import audit, schedules
from services.house import House
from services.roster_file import RosterRow, read_roster


@dataclass(frozen=True)
class RosterResult:
    """What an import did; with `errors` it did nothing."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    errors: tuple[str, ...] = ()


def import_roster(house: House, text: str, now: datetime, *, actor_id: uuid.UUID | None = None) -> RosterResult:
    """Bring counselors and their shifts to what the CSV `text` says; people are known again by e-mail address.

    Whoever is not in the file stays as they are. All errors come back at once, each naming its row.
    """
    rows, errors = read_roster(text)
    if errors:
        return RosterResult(errors=tuple(errors))
    with house.db.begin() as session:
        people = {person.email_hash: person for person in lock_roster(session)}
        taken = _phones_taken(rows, people)
        if taken:
            return RosterResult(errors=tuple(taken))
        _let_go_of_phones(session, rows, people)
        outcomes = [_bring_in(session, people.get(lookup_hash(row.email)), row, now) for row in rows]
        counts = {word: outcomes.count(word) for word in ("added", "changed", "unchanged")}
        if counts["added"] or counts["changed"]:
            audit.write(session, "roster_imported", actor_id, now, **counts)
        return RosterResult(counts["added"], counts["changed"], counts["unchanged"])


def _phones_taken(rows: Sequence[RosterRow], people: dict[bytes, Counselor]) -> list[str]:
    in_file = {lookup_hash(row.email) for row in rows}
    held = {person.phone_hash for key, person in people.items() if key not in in_file}
    return [
        f"Row {row.row}: the phone already belongs to somebody who is not in this file. "
        "Add their row with their new phone, or give this person another one."
        for row in rows
        if row.phone and lookup_hash(row.phone) in held
    ]


def _let_go_of_phones(session: Session, rows: Sequence[RosterRow], people: dict[bytes, Counselor]) -> None:
    """Free the phones that change hands, so that two people may swap theirs in one file."""
    for row in rows:
        person = people.get(lookup_hash(row.email))
        if person is not None and person.phone != row.phone:
            person.phone_hash = None
    session.flush()


def _bring_in(session: Session, person: Counselor | None, row: RosterRow, now: datetime) -> str:
    if person is None:
        person = Counselor(email=row.email, email_hash=lookup_hash(row.email), created_at=now, **_fields(row))
        person.shifts = [schedules.shift(pattern) for pattern in row.shifts]
        session.add(person)
        return "added"
    differing = {key: value for key, value in _fields(row).items() if getattr(person, key) != value}
    for key, value in differing.items():
        setattr(person, key, value)
    if set(schedules.patterns(person)) != set(row.shifts):
        person.shifts = [schedules.shift(pattern) for pattern in row.shifts]
        return "changed"
    return "changed" if differing else "unchanged"


def _fields(row: RosterRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "phone": row.phone,
        "phone_hash": lookup_hash(row.phone) if row.phone else None,
        "role": row.role,
        "languages": list(row.languages),
        "skills": list(row.skills),
        "timezone": row.timezone,
        "active": True,
    }
