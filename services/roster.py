"""The roster import: a whole file or nothing, and the same file again changes nothing."""

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.crypto import is_readable, lookup_hash
from models.people import Counselor, everybody_with_shifts, lock_roster
from routing.phone import masked
from routing.sentence import Sentence
from routing.shift_words import written
from routing.shifts import ShiftPattern
from routing.vocabulary import Role
from services import audit, schedules
from services.house import House
from services.roster_file import NO_WORDS, RosterRow, read_roster
from services.roster_reasons import in_row, wrong
from services.users import can_administer


@dataclass(frozen=True)
class RosterResult:
    """What an import did; with `errors` it did nothing."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    errors: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class RosterChange:
    """What a row would do to a person: `added`, `changed` or `unchanged`, and each field with its old and new words."""

    name: str
    outcome: str
    fields: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class RosterPlan:
    """What a file would do; `digest` tells whether it would still do the same later."""

    changes: tuple[RosterChange, ...] = ()
    digest: str = ""
    errors: tuple[Sentence, ...] = ()


def plan_roster(house: House, text: str, said: Mapping[str, str]) -> RosterPlan:
    """What an import of the CSV `text` would do, and nothing done; `said` as in `import_roster`."""
    rows, errors = read_roster(text, said)
    if errors:
        return RosterPlan(errors=tuple(errors))
    with house.db.begin() as session:
        people = {person.email_hash: person for person in everybody_with_shifts(session)}
        refused = _refused(rows, people)
        if refused:
            return RosterPlan(errors=tuple(refused))
        changes = tuple(_change(people.get(lookup_hash(row.email)), row) for row in rows)
    return RosterPlan(changes, hashlib.sha256(repr(changes).encode()).hexdigest())


def import_roster(
    house: House,
    text: str,
    now: datetime,
    *,
    said: Mapping[str, str] = NO_WORDS,
    actor_id: uuid.UUID | None = None,
) -> RosterResult:
    """Bring counselors and their shifts to what the CSV `text` says; people are known again by e-mail address.

    Whoever is not in the file stays as they are. All errors come back at once, each naming its row.
    `said`: words that may stand for codes of languages and skills, in small letters without accents.
    """
    rows, errors = read_roster(text, said)
    if errors:
        return RosterResult(errors=tuple(errors))
    with house.db.begin() as session:
        people = {person.email_hash: person for person in lock_roster(session)}
        refused = _refused(rows, people)
        if refused:
            return RosterResult(errors=tuple(refused))
        _let_go_of_phones(session, rows, people)
        outcomes = [_bring_in(session, people.get(lookup_hash(row.email)), row, now) for row in rows]
        counts = {word: outcomes.count(word) for word in ("added", "changed", "unchanged")}
        if counts["added"] or counts["changed"]:
            audit.write(session, "roster_imported", actor_id, now, **counts)
        return RosterResult(counts["added"], counts["changed"], counts["unchanged"])


def _refused(rows: Sequence[RosterRow], people: dict[bytes, Counselor]) -> list[Sentence]:
    return [*_phones_taken(rows, people), *_last_admin_lost(rows, people)]


def _last_admin_lost(rows: Sequence[RosterRow], people: dict[bytes, Counselor]) -> list[Sentence]:
    """A file gives roles too, and may not take the last admin who can sign in away from the line."""
    admins = {key for key, person in people.items() if can_administer(person)}
    others = [row for row in rows if lookup_hash(row.email) in admins and row.role is not Role.ADMIN]
    if not admins or len(others) < len(admins):
        return []
    return [in_row(row.row, wrong("last_admin")) for row in others]


def _change(person: Counselor | None, row: RosterRow) -> RosterChange:
    if person is None:
        said = _in_words(_fields(row)) | {"shifts": "; ".join(_shifts(row.shifts))}
        return RosterChange(row.name, "added", tuple((key, "", words) for key, words in said.items() if words))
    before = _in_words({key: getattr(person, key) for key in _fields(row)})
    after = _in_words(_fields(row))
    differing = [(key, before[key], after[key]) for key in after if before[key] != after[key]]
    if person.phone != row.phone and not any(key == "phone" for key, _, _ in differing):
        differing.append(("phone", before["phone"], after["phone"]))  # two that look the same when masked
    shifts = [_shifts(of) for of in (schedules.patterns(person), row.shifts)]
    if shifts[0] != shifts[1]:
        differing.append(("shifts", "; ".join(shifts[0]), "; ".join(shifts[1])))
    return RosterChange(person.name, "changed" if differing else "unchanged", tuple(differing))


def _shifts(patterns: Iterable[ShiftPattern]) -> list[str]:
    """Each in words, in the order of the week."""
    return [written(pattern) for pattern in sorted(patterns, key=lambda pattern: pattern.order)]


def _in_words(fields: dict[str, Any]) -> dict[str, str]:
    """Fields as an admin reads them, the phone masked."""
    return {
        "name": fields["name"],
        "phone": masked(fields["phone"]) if fields["phone"] else "",
        "role": fields["role"].value,
        "languages": " ".join(fields["languages"]),
        "skills": " ".join(fields["skills"]),
        "timezone": fields["timezone"],
        "active": "yes" if fields["active"] else "no",
    }


def _phones_taken(rows: Sequence[RosterRow], people: dict[bytes, Counselor]) -> list[Sentence]:
    in_file = {lookup_hash(row.email) for row in rows}
    held = {person.phone_hash for key, person in people.items() if key not in in_file}
    return [in_row(row.row, wrong("phone_taken")) for row in rows if row.phone and lookup_hash(row.phone) in held]


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
        person.shifts = [schedules.shift(pattern, now) for pattern in row.shifts]
        session.add(person)
        return "added"
    differing = {key: value for key, value in _fields(row).items() if getattr(person, key) != value}
    if differing.keys() & {"role", "timezone", "active"}:
        schedules.begin_anew(session, person, now)
    for key, value in differing.items():
        setattr(person, key, value)
    if not is_readable(person.email):
        person.email = row.email
    if set(schedules.patterns(person)) == set(row.shifts):
        return "changed" if differing else "unchanged"
    schedules.bring_to(session, person, row.shifts, now)
    return "changed"


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
