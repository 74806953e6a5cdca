"""Places that an import knows again under another spelling: what left, what came, and the aliases kept of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.directory import DirectoryImport, Facility


class FacilityAlias(Base):
    """Another key of a facility; it wins over a facility's own. `import_id` paired the two, and takes it back.

    None: an admin joined two places, and takes that back.
    """

    __tablename__ = "facility_alias"
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    facility_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Facility.id))
    import_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(DirectoryImport.id))
    __table_args__ = (Index(None, "import_id"), Index(None, "facility_id"))


@dataclass(frozen=True)
class Side:
    """A listing that the file lets go (`ref`: its id), or a row that it brings (`ref`: its line).

    `place`: the facility as text, or the new key. `sure`: the row may be paired at once: the listing would be
    retired, the key is new.
    """

    ref: int
    place: str
    publisher: str
    kind: str
    position: int
    name: str
    city: str
    street: str
    zip5: str
    operator: int
    sure: bool


# Facilities of this source that the file has no row of, where it brings something in the same ZIP code or with the
# same phone; outside a whole scope nothing retires, but a new spelling is known all the same
_GONE = """
SELECT l.id, l.facility_id::text, l.publisher, l.kind, l.position, concat_ws(' ', l.name1, l.name2), l.city, l.street1,
  l.zip5, l.operator, r.id IS NOT NULL
FROM listing l LEFT JOIN retiring r ON r.id = l.id LEFT JOIN directory_import i ON i.id = l.seen_import_id
WHERE l.publisher = :publisher AND l.kind = ANY(:kinds) AND (CAST(:state AS text) IS NULL OR l.state = :state)
  AND i.as_of <= :as_of AND NOT coalesce(r.invented, false)
  AND (l.zip5 IN (SELECT s.zip5 FROM staged s JOIN planned p ON p.line = s.line WHERE p.verdict = 'added')
    OR l.operator IN (SELECT s.operator FROM staged s JOIN planned p ON p.line = s.line
                      WHERE p.verdict = 'added' AND s.operator > 0))
  AND NOT EXISTS (SELECT 1 FROM planned p JOIN staged s ON s.line = p.line
                  WHERE p.facility_id = l.facility_id AND s.publisher = l.publisher)
ORDER BY l.facility_id, l.publisher, l.kind, l.position
"""
_FRESH = """
SELECT s.line, s.key, s.publisher, s.kind, p.position, concat_ws(' ', s.name1, s.name2), s.city, s.street1,
  s.zip5, s.operator,
  p.facility_id IS NULL
FROM staged s JOIN planned p ON p.line = s.line
WHERE p.verdict = 'added' AND s.publisher = :publisher ORDER BY s.line
"""
_TAKE = """
UPDATE planned p SET facility_id = n.facility_id, listing_id = n.listing_id, position = n.position,
  verdict = CASE WHEN n.listing_id IS NULL THEN 'added' ELSE 'changed' END
FROM unnest(CAST(:lines AS integer[]), CAST(:facilities AS bigint[]), CAST(:listings AS bigint[]),
  CAST(:positions AS smallint[])) AS n (line, facility_id, listing_id, position)
WHERE p.line = n.line
"""
_TOLD = """
SELECT concat_ws(', ', l.name1, l.city, l.state),
  EXISTS (SELECT 1 FROM do_not_refer d WHERE d.facility_id = l.facility_id AND d.until IS NULL),
  EXISTS (SELECT 1 FROM facility_fix x WHERE x.facility_id = l.facility_id AND x.until IS NULL),
  EXISTS (SELECT 1 FROM facility_report t WHERE t.facility_id = l.facility_id AND t.until IS NULL),
  EXISTS (SELECT 1 FROM bed_contact b WHERE b.facility_id = l.facility_id AND b.active)
FROM (SELECT DISTINCT ON (gone.facility_id) gone.* FROM listing gone WHERE gone.id IN (SELECT id FROM retiring)
      AND NOT EXISTS (SELECT 1 FROM listing other WHERE other.facility_id = gone.facility_id
                      AND other.id NOT IN (SELECT id FROM retiring))
      ORDER BY gone.facility_id, gone.id) l
ORDER BY l.state, l.city, l.name1
"""
_UNANSWERED = """
SELECT l.facility_id, s.line, concat_ws(', ', l.name1, l.street1, l.city, l.state),
  concat_ws(', ', s.name1, s.street1, s.city, s.state)
FROM unnest(CAST(:listings AS bigint[]), CAST(:lines AS integer[])) WITH ORDINALITY AS n (listing_id, line, number)
JOIN listing l ON l.id = n.listing_id JOIN staged s ON s.line = n.line
WHERE NOT EXISTS (SELECT 1 FROM facility_pair p JOIN facility f ON f.id = p.other_id
                  WHERE p.facility_id = l.facility_id AND f.key = s.key AND p.verdict = 'two')
ORDER BY n.number
"""
WORDS = ("do not refer", "a word of an admin", "reports", "a phone asked for beds")
_UNLISTED_CHECKS = """
DELETE FROM facility_check c WHERE c.done_at IS NULL
  AND c.facility_id IN (SELECT facility_id FROM listing_history h WHERE h.import_id = :import_id)
  AND NOT EXISTS (SELECT 1 FROM listing l WHERE l.facility_id = c.facility_id)
"""


def gone_and_fresh(session: Session, parameters: dict[str, Any]) -> tuple[list[Side], list[Side]]:
    """Listings that the compared file lets go and rows that it brings, in the same ZIP codes or with the same phone."""
    gone = [Side(*row) for row in session.execute(text(_GONE), parameters).all()]
    if not gone:
        return [], []
    zip_codes, operators = {side.zip5 for side in gone}, {side.operator for side in gone} - {0}
    fresh = [Side(*row) for row in session.execute(text(_FRESH), parameters).all()]
    return gone, [side for side in fresh if side.zip5 in zip_codes or side.operator in operators]


def take_pairs(session: Session, pairs: Sequence[tuple[int, int, int | None, int]]) -> None:
    """Plan these lines as rows of a facility that was there: (line, facility, its listing or None, position)."""
    if not pairs:
        return
    lines, facilities, listings, positions = (list(column) for column in zip(*pairs, strict=True))
    values = {"lines": lines, "facilities": facilities, "listings": listings, "positions": positions}
    session.execute(text(_TAKE), values)
    session.execute(text("DELETE FROM retiring WHERE id = ANY(CAST(:listings AS bigint[]))"), {"listings": listings})


def unanswered(
    session: Session, pairs: Sequence[tuple[int, int]]
) -> tuple[list[tuple[int, int]], list[tuple[str, str]]]:
    """Pairs of (listing, staged line) that nobody called two places: as (facility, line), and as people read them."""
    values = {"listings": [listing for listing, _ in pairs], "lines": [line for _, line in pairs]}
    found = session.execute(text(_UNANSWERED), values).all() if pairs else []
    return [(row[0], row[1]) for row in found], [(row[2], row[3]) for row in found]


def retiring_with_words(session: Session) -> list[str]:
    """Places that no list will have any more though people said something of them: name, and what (WORDS)."""
    found = []
    for name, *told in session.execute(text(_TOLD)).all():
        if any(told):
            said = ", ".join(word for word, is_so in zip(WORDS, told, strict=True) if is_so)
            found.append(f"{name} ({said})")
    return found


def end_unlisted_checks(session: Session, import_id: int) -> None:
    """Nobody need call a place that this import retired."""
    session.execute(text(_UNLISTED_CHECKS), {"import_id": import_id})
