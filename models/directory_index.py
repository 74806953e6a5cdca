"""What the match index is read from: the directory now, or as it was in a past generation."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models.directory import LICENCE
from models.patience import wait_for

READING_MS = 60_000
LIMITS = ("statement_timeout", "idle_in_transaction_session_timeout")
# What of a listing reaches the match, and how PostgreSQL sends it: whole numbers, the most significant byte first
SENT = {
    "id": "int8send(id)",
    "facility_id": "int8send(facility_id)",
    "word": "int8send(word)",
    "operator": "int8send(operator)",
    "zip5": "int4send(zip5::integer)",
    "state": "int4send(CASE WHEN length(state) = 2 AND octet_length(state) = 2"
    " THEN ascii(state) << 8 | ascii(right(state, 1)) ELSE 0 END)",  # routing.match_index.state_number
}
_PACKED = f"SELECT string_agg({' || '.join(SENT.values())}, ''::bytea) FROM"
_NOW = "listing WHERE kind <> :licence"
_PAST = """(
  SELECT id, facility_id, word, operator, zip5, state, kind, since, NULL AS until FROM listing
  UNION ALL
  SELECT listing_id, facility_id, (image->>'word')::bigint, (image->>'operator')::bigint, image->>'zip5',
    image->>'state', image->>'kind', since, until FROM listing_history
) row WHERE kind <> :licence AND since <= :generation AND (until IS NULL OR until > :generation)
"""


def index_rows(session: Session, generation: int | None = None, facilities: Sequence[int] | None = None) -> bytes:
    """The listings that the match knows, now or in a past generation, of these facilities or of all: packed (`SENT`).

    As objects a million rows would take ten times as long.
    """
    values: dict[str, Any] = {"licence": LICENCE, "generation": generation, "facilities": list(facilities or ())}
    of_these = "" if facilities is None else " AND facility_id = ANY(:facilities)"
    query = text(f"{_PACKED} {_NOW if generation is None else _PAST}{of_these}")
    packed: bytes | None = session.execute(query, values).scalar_one()
    return packed or b""


@contextmanager
def reading(session: Session) -> Iterator[None]:
    """To read a large directory may take longer than a web process allows; put back afterwards."""
    allowed = session.execute(select(*(func.current_setting(name) for name in LIMITS))).one()
    session.execute(select(*(func.set_config(name, str(READING_MS), True) for name in LIMITS)))
    wait_for(session, READING_MS)
    yield
    session.execute(select(*(func.set_config(name, was, True) for name, was in zip(LIMITS, allowed, strict=True))))
