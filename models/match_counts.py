"""How often facilities were put before people, and picked: neutrality in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.patience import allow

# A listing may have been replaced since: then its past is looked up in the history
_NAMES = """
named AS (
  SELECT id, facility_id, name1, operator FROM listing
  UNION ALL
  (SELECT DISTINCT ON (h.listing_id) h.listing_id, h.facility_id, h.image->>'name1', (h.image->>'operator')::bigint
  FROM listing_history h WHERE NOT EXISTS (SELECT 1 FROM listing l WHERE l.id = h.listing_id)
  ORDER BY h.listing_id, h.until DESC)
)
"""
_EXPOSURE = f"""
WITH {_NAMES}, shown AS (
  SELECT o.listing_id, o.place FROM match_record m
  CROSS JOIN LATERAL unnest(m.listing_order[1:m.shown]) WITH ORDINALITY AS o(listing_id, place)
  WHERE m.at >= :since AND m.at < :until
)
SELECT n.facility_id, min(n.name1) AS name, min(n.operator) AS operator, count(*) AS shown,
  count(*) FILTER (WHERE s.place = 1) AS first, count(*) FILTER (WHERE s.place <= 3) AS top
FROM shown s JOIN named n ON n.id = s.listing_id
GROUP BY n.facility_id ORDER BY shown DESC, n.facility_id
"""  # noqa: S608 - put together from our own constants
_CHOICES = f"""
WITH {_NAMES}, offered AS (
  SELECT m.id AS match_id, o.listing_id, m.counselor_id FROM match_record m
  CROSS JOIN LATERAL unnest(m.listing_order[1:m.shown]) AS o(listing_id)
  WHERE m.at >= :since AND m.at < :until AND m.counselor_id IS NOT NULL
)
SELECT o.counselor_id, n.operator, min(n.name1) AS name, count(*) AS offered, count(c.id) AS chosen
FROM offered o JOIN named n ON n.id = o.listing_id
LEFT JOIN match_choice c ON c.match_id = o.match_id AND c.listing_id = o.listing_id
GROUP BY o.counselor_id, n.operator, CASE WHEN n.operator = 0 THEN n.facility_id END
ORDER BY o.counselor_id, chosen DESC, offered DESC
"""  # noqa: S608 - put together from our own constants
# A report over months takes longer than a web process allows other statements; until this transaction ends
_TAKE_YOUR_TIME_MS = 20_000


@dataclass(frozen=True)
class Exposure:
    """How often one facility was shown, shown first, and among the first three. `operator`: ten digits or 0."""

    facility_id: int
    name: str
    operator: int
    shown: int
    first: int
    top: int


@dataclass(frozen=True)
class Choices:
    """How often one counselor was offered places of one operator, and picked one."""

    counselor_id: str
    operator: int
    name: str
    offered: int
    chosen: int


def exposures(session: Session, since: datetime, until: datetime) -> Sequence[Exposure]:
    """Of every facility that was shown in the period, most shown first."""
    allow(session, _TAKE_YOUR_TIME_MS)
    rows = session.execute(text(_EXPOSURE), {"since": since, "until": until})
    return [Exposure(row.facility_id, row.name, row.operator, row.shown, row.first, row.top) for row in rows]


def choices(session: Session, since: datetime, until: datetime) -> Sequence[Choices]:
    """Of every counselor and operator in the period."""
    allow(session, _TAKE_YOUR_TIME_MS)
    rows = session.execute(text(_CHOICES), {"since": since, "until": until})
    return [Choices(str(row.counselor_id), row.operator, row.name, row.offered, row.chosen) for row in rows]
