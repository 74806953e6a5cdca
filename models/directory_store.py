"""Takes a whole file into the directory by sets: staged by COPY, compared, then written; nothing row by row.

A place is known by its own key or by an alias of it (models.directory_pairs).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.directory import LICENCE

# Invented places for trying the line: they leave with the first real file, and never stand beside real ones
SAMPLE = "sample"
# What a source says about a facility; the columns of `listing` and of the staging table, in this order
CONTENT = (
    *("name1", "name2", "street1", "street2", "city", "state", "zip5", "phone", "operator", "intake", "website"),
    *("latitude", "longitude", "codes", "word", "facts", "digest"),
)
READ_BY_PEOPLE = (*CONTENT[:8], "intake", "website", "codes")
STAGED = ("line", "key", "publisher", "kind", *CONTENT)
_CONTENT_LIST = ", ".join(CONTENT)


@dataclass(frozen=True)
class Scope:
    """What part of a publisher's list a file speaks for: rows missing in it are retired only inside this part.

    `state` None with `whole` means the whole country; not `whole` means that nothing is ever retired. Rows that a
    later edition than `as_of` has seen are neither changed nor retired.
    """

    publisher: str
    kinds: tuple[str, ...]
    as_of: date
    whole: bool
    state: str | None = None

    def parameters(self) -> dict[str, Any]:
        """For the statements below."""
        named = {"publisher": self.publisher, "kinds": list(self.kinds), "as_of": self.as_of}
        return {**named, "whole": self.whole, "state": self.state}


@dataclass(frozen=True)
class Difference:
    """How the staged file differs from the directory, in rows.

    `later` rows are left as a later edition has them; `inside` counts the rows now in scope; `invented` are sample
    rows that leave beside the `retired` ones.
    """

    added: int
    changed: int
    same: int
    later: int
    retired: int
    inside: int
    invented: int


_CREATE = """
CREATE TEMPORARY TABLE staged (
  line integer, key text, publisher text, kind text, name1 text, name2 text, street1 text, street2 text, city text,
  state text, zip5 text, phone text, operator bigint, intake jsonb, website text, latitude double precision,
  longitude double precision, codes text, word bigint, facts jsonb, digest text
) ON COMMIT DROP
"""
_PLAN = """
CREATE TEMPORARY TABLE planned ON COMMIT DROP AS
SELECT s.line, s.position, s.facility_id, l.id AS listing_id,
  CASE WHEN l.digest = s.digest THEN 'same' WHEN i.as_of > :as_of THEN 'later' WHEN l.id IS NOT NULL THEN 'changed'
    WHEN EXISTS (
      SELECT 1 FROM listing_history h JOIN directory_import retired_by ON retired_by.id = h.import_id
      WHERE h.facility_id = s.facility_id AND h.image->>'publisher' = s.publisher AND h.image->>'kind' = s.kind
        AND (h.image->>'position')::integer = s.position
        AND retired_by.as_of > :as_of AND retired_by.undone_at IS NULL) THEN 'later'
    ELSE 'added' END AS verdict
FROM (SELECT known.*, (row_number() OVER (
          PARTITION BY coalesce(facility_id::text, key), publisher, kind ORDER BY line) - 1)::smallint AS position
      FROM (SELECT t.line, t.key, t.publisher, t.kind, t.digest, coalesce(a.facility_id, f.id) AS facility_id
            FROM staged t LEFT JOIN facility_alias a ON a.key = t.key LEFT JOIN facility f ON f.key = t.key) known) s
LEFT JOIN listing l ON l.facility_id = s.facility_id AND l.publisher = s.publisher AND l.kind = s.kind
  AND l.position = s.position
LEFT JOIN directory_import i ON i.id = l.seen_import_id
"""
# Rows of a list kept by hand that are there: earlier in the file, or word for word from another source
_AGAIN = """
DELETE FROM staged s USING (
  SELECT line, first_value(line) OVER same AS first_line, row_number() OVER same AS number FROM staged
  WINDOW same AS (PARTITION BY key, publisher, kind, digest ORDER BY line)
) twin WHERE twin.line = s.line AND twin.number > 1
RETURNING s.line, twin.first_line, NULL, s.name1, s.name2, s.street1, s.city, s.state, s.zip5
"""
_ELSEWHERE = """
DELETE FROM staged s USING facility f, listing l, directory_import i
WHERE f.key = s.key AND l.facility_id = f.id AND l.kind = s.kind AND l.digest = s.digest AND l.publisher <> s.publisher
  AND i.id = l.import_id AND NOT EXISTS (
    SELECT 1 FROM listing own WHERE own.facility_id = f.id AND own.publisher = s.publisher AND own.kind = s.kind)
RETURNING s.line, NULL, i.source, s.name1, s.name2, s.street1, s.city, s.state, s.zip5
"""
_IN_SCOPE = """
l.publisher = :publisher AND l.kind = ANY(:kinds) AND :whole AND (CAST(:state AS text) IS NULL OR l.state = :state)
  AND NOT EXISTS (SELECT 1 FROM directory_import i WHERE i.id = l.seen_import_id AND i.as_of > :as_of)
"""
_REAL = f"EXISTS (SELECT 1 FROM staged s WHERE s.publisher <> '{SAMPLE}')"  # noqa: S608 - our own constant
_RETIRE = f"""
CREATE TEMPORARY TABLE retiring ON COMMIT DROP AS
SELECT l.id, l.publisher = '{SAMPLE}' AND {_REAL} AS invented FROM listing l
WHERE ({_IN_SCOPE} AND NOT EXISTS (SELECT 1 FROM planned p WHERE p.listing_id = l.id))
  OR (l.publisher = '{SAMPLE}' AND {_REAL})
"""  # noqa: S608 - put together from our own constants
_INSIDE = f"SELECT count(*) FROM listing l WHERE {_IN_SCOPE}"  # noqa: S608 - our own constant
_REMEMBER = """
INSERT INTO listing_history (listing_id, facility_id, image, since, until, import_id)
SELECT l.id, l.facility_id, to_jsonb(l), l.since, :generation, :import_id FROM listing l
WHERE l.id IN (SELECT listing_id FROM planned WHERE verdict = 'changed' UNION ALL SELECT id FROM retiring)
"""
# Lines with a facility whose key nobody knows yet were paired with a place that had another spelling
_ALIASES = """
INSERT INTO facility_alias (key, facility_id, import_id)
SELECT DISTINCT s.key, p.facility_id, CAST(:import_id AS bigint) FROM staged s JOIN planned p ON p.line = s.line
WHERE p.facility_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM facility f WHERE f.key = s.key)
ON CONFLICT DO NOTHING
"""
_FACILITIES = """
INSERT INTO facility (key)
SELECT s.key FROM staged s JOIN planned p ON p.line = s.line WHERE p.facility_id IS NULL
GROUP BY s.key ORDER BY min(s.line)
"""
_PLACE = """
UPDATE planned p SET facility_id = f.id FROM staged s JOIN facility f ON f.key = s.key
WHERE p.line = s.line AND p.facility_id IS NULL
"""
_CHANGE = f"""
UPDATE listing l SET ({_CONTENT_LIST}, import_id, seen_import_id, seen_before, since)
  = ({", ".join("s." + name for name in CONTENT)}, :import_id, :import_id, '{{}}', :generation)
FROM staged s JOIN planned p ON p.line = s.line WHERE p.listing_id = l.id AND p.verdict = 'changed'
"""  # noqa: S608 - column names are our own
_ADD = f"""
INSERT INTO listing (facility_id, publisher, kind, position, {_CONTENT_LIST}, import_id, seen_import_id, since)
SELECT p.facility_id, s.publisher, s.kind, p.position, {", ".join("s." + name for name in CONTENT)},
  :import_id, :import_id, :generation
FROM staged s JOIN planned p ON p.line = s.line
WHERE p.verdict = 'added' ORDER BY s.line
"""  # noqa: S608 - column names are our own
_SEEN = """
UPDATE listing l SET seen_import_id = :import_id, seen_before = l.seen_before || l.seen_import_id FROM planned p
WHERE p.listing_id = l.id AND p.verdict = 'same' AND l.seen_import_id <> :import_id
  AND NOT EXISTS (SELECT 1 FROM directory_import i WHERE i.id = l.seen_import_id AND i.as_of > :as_of)
"""
_UNDO_REMEMBER = """
INSERT INTO listing_history (listing_id, facility_id, image, since, until, import_id)
SELECT l.id, l.facility_id, to_jsonb(l), l.since, :generation, :undone FROM listing l WHERE l.import_id = :undone
"""
_UNDO_REMOVE = "DELETE FROM listing WHERE import_id = :undone"
_UNDO_RESTORE = """
INSERT INTO listing OVERRIDING SYSTEM VALUE
SELECT (jsonb_populate_record(NULL::listing,
  '{"seen_before": []}' || h.image || jsonb_build_object('since', CAST(:generation AS integer)))).*
FROM listing_history h WHERE h.import_id = :undone AND h.until = :made
"""
_UNDO_SEEN = """
UPDATE listing SET seen_import_id = coalesce(seen_before[cardinality(seen_before)], import_id),
  seen_before = trim_array(seen_before, least(1, cardinality(seen_before))) WHERE seen_import_id = :undone
"""
_UNDO_ALIASES = "DELETE FROM facility_alias WHERE import_id = :undone"
_UNDO_LEAVES = """
SELECT (SELECT count(*) FROM listing WHERE import_id <> :undone AND kind <> :licence)
  + (SELECT count(*) FROM listing_history WHERE import_id = :undone AND until = :made AND image ->> 'kind' <> :licence)
"""


def stage(session: Session, rows: Iterable[Mapping[str, Any]]) -> int:
    """Copy the rows (keys: STAGED) into a table of this transaction; the number of rows."""
    session.execute(text("DROP TABLE IF EXISTS staged, planned, retiring"))
    session.execute(text(_CREATE))
    count = copy_in(session, "staged", STAGED, ([row[name] for name in STAGED] for row in rows))
    session.execute(text("ANALYZE staged"))
    return count


@dataclass(frozen=True)
class Copy:
    """A staged row that is nothing new: the same as an earlier line of the file, or there from another source."""

    line: int
    same_as: int | None
    source: str | None
    content: dict[str, str]


def drop_copies(session: Session) -> list[Copy]:
    """Take staged rows out that are nothing new; they are named to whoever imports."""
    found = [tuple(row) for sql in (_AGAIN, _ELSEWHERE) for row in session.execute(text(sql)).all()]
    names = ("name1", "name2", "street1", "city", "state", "zip")
    return [
        Copy(row[0], row[1], row[2], dict(zip(names, row[3:], strict=True))) for row in sorted(found, key=itemgetter(0))
    ]


def copy_in(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """PostgreSQL's COPY inside this transaction, one row at a time; the number of rows."""
    driver: Any = session.connection().connection.driver_connection
    count = 0
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def compare(session: Session, scope: Scope) -> None:
    """Plan what each staged row is to the directory, and which listings the file lets go."""
    session.execute(text(_PLAN), scope.parameters())
    session.execute(text("ANALYZE planned"))
    session.execute(text(_RETIRE), scope.parameters())


def difference(session: Session, scope: Scope) -> Difference:
    """How the planned rows differ from what is there."""
    verdicts = session.execute(text("SELECT verdict, count(*) FROM planned GROUP BY verdict")).all()
    counts = {str(verdict): int(count) for verdict, count in verdicts}
    inside = session.execute(text(_INSIDE), scope.parameters())
    return Difference(
        added=counts.get("added", 0),
        changed=counts.get("changed", 0),
        same=counts.get("same", 0),
        later=counts.get("later", 0),
        retired=session.execute(text("SELECT count(*) FROM retiring WHERE NOT invented")).scalar_one(),
        inside=inside.scalar_one(),
        invented=session.execute(text("SELECT count(*) FROM retiring WHERE invented")).scalar_one(),
    )


def has_real_places(session: Session) -> bool:
    """Whether anything but invented samples is in the directory."""
    found = text("SELECT EXISTS (SELECT 1 FROM listing WHERE publisher <> :sample)")
    return bool(session.execute(found, {"sample": SAMPLE}).scalar_one())


def examples(session: Session, limit: int) -> dict[str, list[str]]:
    """A few names for each kind of difference, for a dry run."""
    listed = session.execute(
        text(
            "SELECT verdict, name FROM ("
            " SELECT p.verdict, concat_ws(', ', s.name1, s.city, s.state) AS name, s.line,"
            " row_number() OVER (PARTITION BY p.verdict ORDER BY s.line) AS number"
            " FROM planned p JOIN staged s ON s.line = p.line WHERE p.verdict IN ('added', 'changed')"
            " UNION ALL SELECT 'retired', concat_ws(', ', l.name1, l.city, l.state), l.id,"
            " row_number() OVER (ORDER BY l.id) FROM listing l JOIN retiring r ON r.id = l.id"
            ") named WHERE number <= :limit ORDER BY verdict, line"
        ),
        {"limit": limit},
    ).all()
    found: dict[str, list[str]] = {}
    for verdict, name in listed:
        found.setdefault(verdict, []).append(name)
    return found


def codes_of_added(session: Session, limit: int) -> list[str]:
    """The service codes (with a blank between them) of the new places that `examples` names, in its order."""
    query = "SELECT s.codes FROM planned p JOIN staged s USING (line) WHERE p.verdict = 'added' ORDER BY line LIMIT :n"
    return list(session.scalars(text(query), {"n": limit}))


def changed_fields(session: Session, limit: int) -> list[dict[str, Any]]:
    """A few changed places, by field: `{"name", "fields": [[field, before, after]]}`, fields that people read."""
    listed = session.execute(
        text(
            "SELECT concat_ws(', ', s.name1, s.city, s.state), to_jsonb(l), to_jsonb(s) FROM planned p"
            " JOIN staged s ON s.line = p.line JOIN listing l ON l.id = p.listing_id"
            " WHERE p.verdict = 'changed' ORDER BY s.line LIMIT :limit"
        ),
        {"limit": limit},
    ).all()
    return [
        {"name": name, "fields": [[one, old[one], new[one]] for one in READ_BY_PEOPLE if old[one] != new[one]]}
        for name, old, new in listed
    ]


def write(session: Session, scope: Scope, import_id: int, generation: int) -> None:
    """Carry out the compared difference as one generation of the directory; what was there goes into the history."""
    values = {**scope.parameters(), "import_id": import_id, "generation": generation}
    for statement in (_REMEMBER, _ALIASES, _FACILITIES, _PLACE, _CHANGE, _ADD):
        session.execute(text(statement), values)
    session.execute(text("DELETE FROM listing WHERE id IN (SELECT id FROM retiring)"))
    session.execute(text("ANALYZE facility, listing"))  # the next comparison must not plan for an empty table


def refresh_seen(session: Session, scope: Scope, import_id: int) -> None:
    """Note that this edition still has the unchanged rows, unless a later one has seen them."""
    session.execute(text(_SEEN), {"import_id": import_id, "as_of": scope.as_of})


def left_without(session: Session, undone: int, made: int) -> int:
    """How many places there would be to search if `take_back` took this import back."""
    values = {"undone": undone, "made": made, "licence": LICENCE}
    return session.scalar(text(_UNDO_LEAVES), values) or 0


def take_back(session: Session, undone: int, made: int, generation: int) -> None:
    """Put back what import `undone` replaced or retired in generation `made`, and take out what it brought."""
    values = {"undone": undone, "made": made, "generation": generation}
    for statement in (_UNDO_REMEMBER, _UNDO_REMOVE, _UNDO_RESTORE, _UNDO_SEEN, _UNDO_ALIASES):
        session.execute(text(statement), values)
