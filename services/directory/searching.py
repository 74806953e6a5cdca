"""The directory as people look at it: search, past imports, undo."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models import directory_store as store
from models.directory import (
    DirectoryImport,
    last_change,
    listed_by_state,
    recent_imports,
    search_listings,
    take_directory,
)
from models.facility_pairs import close_facility_pairs, joins_in_the_way
from models.versions import next_generation
from routing.sentence import Sentence
from services import audit
from services.directory.file_reasons import why
from services.directory.sheets import Sheet, sheets
from services.house import House

__all__ = ["PAGE", "Found", "Outline", "Sheet", "outline", "past_imports", "search_facilities", "undo_import"]

PAGE = 25


@dataclass(frozen=True)
class Found:
    """One page of a search and how many listings fit in all; pages count from 1."""

    listings: Sequence[Sheet]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True)
class Outline:
    """What there is to search: listings by state in the order of its letters, and the newest import."""

    by_state: Mapping[str, int]
    source: str  # empty: nothing was ever imported
    at: datetime | None

    @property
    def total(self) -> int:
        """Listings in all states."""
        return sum(self.by_state.values())


def outline(house: House) -> Outline:
    """The directory before anybody has searched for anything."""
    with house.db.begin() as session:
        newest = last_change(session)
        by_state = dict(sorted(listed_by_state(session).items()))
        return Outline(by_state, newest.source if newest else "", newest.at if newest else None)


def search_facilities(house: House, words: str, state: str = "", page: int = 1) -> Found:
    """Listings whose name, street, town or ZIP hold all the words, in a state if one is given; fixes laid over."""
    page = max(1, page)
    with house.db.begin() as session:
        rows, total = search_listings(session, words, state or None, limit=PAGE, offset=(page - 1) * PAGE)
        seen = sheets(session, [row.id for row in rows])
    return Found([seen[row.id] for row in rows], total, page)


def past_imports(house: House) -> Sequence[DirectoryImport]:
    """The newest imports, for the admin's list."""
    with house.db.begin() as session:
        return recent_imports(session)


def undo_import(house: House, import_id: int, now: datetime, *, actor_id: uuid.UUID | None = None) -> Sentence | None:
    """Take the newest import back as a whole; a sentence when that cannot be done."""
    with house.db.begin() as session:
        if not take_directory(session):
            return why("busy")
        newest = last_change(session)
        if newest is None or newest.id != import_id or newest.generation is None:
            if newest is None:
                return why("not_newest", id=import_id)
            return why("not_newest_but", id=import_id, newest=newest.id)
        if joins_in_the_way(session, newest.generation):
            return why("joins_since", id=import_id)
        generation = next_generation(session)
        store.take_back(session, newest.id, newest.generation, generation)
        close_facility_pairs(session, newest.id)
        newest.undone_at = now
        audit.write(session, "directory_import_undone", actor_id, now, import_id=import_id)
    return None
