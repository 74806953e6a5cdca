"""The audit as it is read: searched, paged, taken out as a table; each reading is an event of the audit itself."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import audit_trail
from models.audit_trail import Wanted
from models.people import AuditEvent
from models.reading import everybody_by_name, names_of
from services import audit
from services.house import House

__all__ = ["Wanted"]  # what the pages ask with
PAGE = 50
LONGEST_TABLE = 50_000  # rows; the newest ones of a longer answer


@dataclass(frozen=True)
class Entry:
    """One event. `actor` is empty when the system or a command did it; `person` is whom it was done to, if anybody."""

    at: datetime
    actor: str
    kind: str
    person: str
    contact_id: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Trail:
    """One page of what fits, newest first; pages count from 1."""

    entries: tuple[Entry, ...]
    found: int
    page: int
    people: tuple[tuple[uuid.UUID, str], ...]

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.found // PAGE))


def trail(house: House, reader_id: uuid.UUID, wanted: Wanted, page: int, now: datetime) -> Trail:
    """One page of the audit, with those who may be asked for; that somebody looked goes on record."""
    with house.db.begin() as session:
        found = audit_trail.count_events(session, wanted)
        page = min(max(page, 1), max(1, -(-found // PAGE)))
        rows = audit_trail.events(session, wanted, limit=PAGE, offset=(page - 1) * PAGE)
        shown = Trail(_entries(session, rows), found, page, tuple(everybody_by_name(session)))
        _note(session, "audit_read", reader_id, wanted, now)
        return shown


def table(house: House, reader_id: uuid.UUID, wanted: Wanted, now: datetime) -> tuple[Entry, ...]:
    """Everything that fits, for a file: the newest 50 000."""
    with house.db.begin() as session:
        rows = _entries(session, audit_trail.events(session, wanted, limit=LONGEST_TABLE))
        _note(session, "audit_exported", reader_id, wanted, now)
        return rows


def _note(session: Session, kind: str, reader_id: uuid.UUID, wanted: Wanted, now: datetime) -> None:
    who = wanted.actor_id or ("nobody" if wanted.by_nobody else "")
    contact = wanted.contact_id or ""
    audit.write(session, kind, reader_id, now, who=who, what=wanted.kind, contact_id=contact)


def _entries(session: Session, rows: Sequence[AuditEvent]) -> tuple[Entry, ...]:
    concerned = {row.id: _person_in(row.data) for row in rows}
    ids = [row.actor_id for row in rows if row.actor_id] + [person for person in concerned.values() if person]
    names = names_of(session, ids)
    return tuple(_entry(row, names, concerned[row.id]) for row in rows)


def _entry(row: AuditEvent, names: Mapping[uuid.UUID, str], person: uuid.UUID | None) -> Entry:
    unsaid = {"counselor_id", "contact_id", "centre_id" if "name" in row.data else ""}  # a name says more than an id
    said = {key: value for key, value in row.data.items() if key not in unsaid and value != ""}
    actor = names.get(row.actor_id, "?") if row.actor_id else ""
    concerned = names.get(person, "?") if person else ""
    return Entry(row.at, actor, row.kind, concerned, row.data.get("contact_id", ""), said)


def _person_in(data: Mapping[str, Any]) -> uuid.UUID | None:
    value = data.get("counselor_id")
    return uuid.UUID(value) if value else None
