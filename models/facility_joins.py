"""Moves what is known of one facility to another that it was found to be, and back again.

Listings move as an import changes them: what was goes into the history (import_id NULL), so that a past match can be
made again. What people said is ended at the one and said anew at the other.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, inspect, select, text, update
from sqlalchemy.orm import Mapper, Session

from models.bed_contacts import BedContact
from models.directory import Facility
from models.directory_pairs import FacilityAlias
from models.facility_pairs import FacilityPair
from models.live_facts import BedReport, DoNotRefer, FacilityCheck, FacilityFix, FacilityReport

Fact = FacilityFix | DoNotRefer | BedReport | FacilityReport
FACTS: tuple[type[Fact], ...] = (FacilityFix, DoNotRefer, BedReport, FacilityReport)

# The first's listings that an older edition vouches for than the other's of the same list do
_OUTDATED = """
SELECT l.id FROM listing l JOIN directory_import i ON i.id = l.seen_import_id WHERE l.facility_id = :kept
  AND EXISTS (SELECT 1 FROM listing n JOIN directory_import newer ON newer.id = n.seen_import_id
              WHERE n.facility_id = :other AND n.publisher = l.publisher AND n.kind = l.kind AND newer.as_of > i.as_of)
"""
_REMEMBER = """
INSERT INTO listing_history (listing_id, facility_id, image, since, until, import_id)
SELECT l.id, l.facility_id, to_jsonb(l), l.since, :generation, NULL FROM listing l WHERE l.id = ANY(:ids)
"""
# Behind the listings of the same list and kind that stand at the place already
_MOVE = """
UPDATE listing l SET facility_id = :to, since = :generation, position = m.position
FROM (SELECT x.id, row_number() OVER (PARTITION BY x.publisher, x.kind ORDER BY x.position, x.id) - 1 + coalesce(
        (SELECT max(t.position) + 1 FROM listing t
         WHERE t.facility_id = :to AND t.publisher = x.publisher AND t.kind = x.kind), 0) AS position
      FROM listing x WHERE x.id = ANY(:ids)) m
WHERE m.id = l.id
"""
_RESTORE = """
INSERT INTO listing OVERRIDING SYSTEM VALUE
SELECT (jsonb_populate_record(NULL::listing,
  h.image || jsonb_build_object('since', CAST(:generation AS integer)))).*
FROM listing_history h WHERE h.listing_id = ANY(:ids) AND h.until = :joined AND h.import_id IS NULL
ON CONFLICT DO NOTHING
"""
_ALIASES = "UPDATE facility_alias SET facility_id = :to WHERE key = ANY(:keys)"


def move_in(session: Session, pair: FacilityPair, generation: int, version: int) -> dict[str, Any]:
    """Bring everything of the pair's other place to its first; what moved, for `move_out`.

    Where both say something that can be said only once, the newer word stands.
    """
    kept, other = pair.facility_id, pair.other_id
    places = {"kept": kept, "other": other}
    outdated = list(session.scalars(text(_OUTDATED), places))
    listings = list(session.scalars(text("SELECT id FROM listing WHERE facility_id = :other"), places))
    _remember(session, [*outdated, *listings], generation)
    session.execute(text("DELETE FROM listing WHERE id = ANY(:ids)"), {"ids": outdated})
    session.execute(text(_MOVE), {"to": kept, "ids": listings, "generation": generation})
    aliases = list(session.scalars(select(FacilityAlias.key).where(FacilityAlias.facility_id == other)))
    session.execute(text(_ALIASES), {"to": kept, "keys": aliases})
    session.add(FacilityAlias(key=session.get_one(Facility, other).key, facility_id=kept))
    return {
        "generation": generation,
        "retired": outdated,
        "listings": listings,
        "aliases": aliases,
        "facts": {t.__tablename__: _facts_in(session, t, kept, other, version) for t in FACTS},
        "checks": _checks(session, kept, other),
        "phones": _phones(session, kept, other),
    }


def move_out(session: Session, pair: FacilityPair, generation: int, version: int) -> None:
    """Take `move_in` back as far as nobody changed it since: later words stay where they were said."""
    kept, other, moved = pair.facility_id, pair.other_id, pair.moved or {}
    there = text("SELECT id FROM listing WHERE facility_id = :kept AND id = ANY(:ids)")
    listings = list(session.scalars(there, {"kept": kept, "ids": moved["listings"]}))
    _remember(session, listings, generation)
    session.execute(text(_MOVE), {"to": other, "ids": listings, "generation": generation})
    before = {"ids": moved["retired"], "joined": moved["generation"], "generation": generation}
    session.execute(text(_RESTORE), before)
    alias = session.get(FacilityAlias, session.get_one(Facility, other).key)
    if alias is not None:
        session.delete(alias)
    session.execute(text(_ALIASES), {"to": other, "keys": moved["aliases"]})
    for table in FACTS:
        _facts_out(session, table, moved["facts"][table.__tablename__], version)
    for kind, key in ((FacilityCheck, "checks"), (BedContact, "phones")):
        ids = [uuid.UUID(each) for each in moved[key]]
        session.execute(update(kind).where(kind.id.in_(ids), kind.facility_id == kept).values(facility_id=other))


def _remember(session: Session, ids: Sequence[int], generation: int) -> None:
    session.execute(text(_REMEMBER), {"ids": ids, "generation": generation})


def _facts_in(session: Session, table: type[Fact], kept: int, other: int, since: int) -> list[list[str | None]]:
    """Ended rows, each with the row that now stands in their stead (None: one of the place kept that stood there)."""
    standing = _standing(session, table, table.facility_id.in_((kept, other)))
    by_place: dict[object, list[Fact]] = defaultdict(list)
    for row in standing:
        by_place[_only_once(row)].append(row)
    done: list[list[str | None]] = []
    for rows in by_place.values():
        newest = rows[-1]
        gone = [row for row in rows if row is not newest or row.facility_id == other]
        for row in gone:
            row.until = since
        session.flush()
        copy = str(_again(session, newest, kept, since).id) if newest.facility_id == other else None
        done += [[str(row.id), copy] for row in gone]
    return done


def _facts_out(session: Session, table: type[Fact], moved: Iterable[Sequence[str | None]], since: int) -> None:
    """Say again where it was said first what moved, unless somebody ended it or said something newer since."""
    pairs = [(uuid.UUID(cast(str, ended)), uuid.UUID(copy) if copy else None) for ended, copy in moved]
    ids = [copy for _, copy in pairs if copy is not None]
    copies = {row.id: row for row in _standing(session, table, table.id.in_(ids))}
    for row in copies.values():
        row.until = since
    session.flush()
    for ended, copy in pairs:
        said = cast(Fact, session.get_one(table, ended))
        taken = {_only_once(row) for row in _standing(session, table, table.facility_id == said.facility_id)}
        if (copy is None or copy in copies) and _only_once(said) not in taken:
            _again(session, said, said.facility_id, since)


def _standing(session: Session, table: type[Fact], which: ColumnElement[bool]) -> Sequence[Fact]:
    rows = session.scalars(select(table).where(which, table.until.is_(None)).order_by(table.at)).all()
    return cast("Sequence[Fact]", rows)


def _only_once(row: Fact) -> object:
    """What of a facility's standing rows there can be one of."""
    if isinstance(row, FacilityFix):
        return row.field
    if isinstance(row, BedReport):
        return row.level
    return row.id if isinstance(row, FacilityReport) else ""


def _again(session: Session, row: Fact, facility_id: int, since: int) -> Fact:
    said = {column.key: getattr(row, column.key) for column in cast("Mapper[Any]", inspect(type(row))).column_attrs}
    copy = type(row)(**{**said, "id": uuid.uuid4(), "facility_id": facility_id, "since": since, "until": None})
    session.add(copy)
    session.flush()
    return copy


def _checks(session: Session, kept: int, other: int) -> list[str]:
    """Calls made and to be made; one that is asked for at both places stays behind."""
    asked = select(FacilityCheck.why).where(FacilityCheck.facility_id == kept, FacilityCheck.done_at.is_(None))
    moving = update(FacilityCheck).where(
        FacilityCheck.facility_id == other, FacilityCheck.done_at.is_not(None) | FacilityCheck.why.not_in(asked)
    )
    found = session.execute(moving.values(facility_id=kept).returning(FacilityCheck.id))
    return [str(row.id) for row in cast("CursorResult[Any]", found)]


def _phones(session: Session, kept: int, other: int) -> list[str]:
    moving = update(BedContact).where(BedContact.facility_id == other).values(facility_id=kept)
    return [str(row.id) for row in cast("CursorResult[Any]", session.execute(moving.returning(BedContact.id)))]
