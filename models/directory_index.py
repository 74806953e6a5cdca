"""What the match index is read from: the directory now, or as it was in a past generation."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, cast, func, select, text
from sqlalchemy.orm import Session

from models.directory import LICENCE, Listing

READING_MS = 60_000
_PAST_ROWS = """
SELECT id, facility_id, word, zip5::integer, operator, state FROM listing
WHERE kind <> :licence AND since <= :generation
UNION ALL
SELECT listing_id, facility_id, (image->>'word')::bigint, (image->>'zip5')::integer, (image->>'operator')::bigint,
  image->>'state' FROM listing_history
WHERE image->>'kind' <> :licence AND since <= :generation AND until > :generation
"""


def index_rows(session: Session, generation: int | None = None) -> Sequence[Any]:
    """What the match index is built from: listing, facility, code word, ZIP as a number, operator digits, state.

    Now, or as it was in a past generation. A large directory takes longer to read than a web process allows a
    statement; that is put back afterwards.
    """
    allowed = session.execute(text("SHOW statement_timeout")).scalar_one()
    session.execute(text(f"SET LOCAL statement_timeout = {READING_MS}"))
    query = select(
        Listing.id, Listing.facility_id, Listing.word, cast(Listing.zip5, Integer), Listing.operator, Listing.state
    ).where(Listing.kind != LICENCE)
    if generation is None:
        rows = session.execute(query).all()
    else:
        rows = session.execute(text(_PAST_ROWS), {"generation": generation, "licence": LICENCE}).all()
    session.execute(select(func.set_config("statement_timeout", allowed, True)))
    return rows
