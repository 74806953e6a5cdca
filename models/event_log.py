"""The timeline of many contacts at once, for reports: read in a stream, contact by contact."""

import uuid
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

# Each contact's events in the order in which they were written: its row lock made them take turns
_TIMELINES = text("""
SELECT contact_id, at, kind, data FROM contact_event
WHERE kind = ANY(:kinds) AND contact_id IN (
    SELECT contact_id FROM contact_event WHERE kind IN ('call_opened', 'opened') AND at >= :since AND at < :until)
ORDER BY contact_id, id
""")
# A report over months takes longer than a web process allows other statements; until this transaction ends
_TAKE_YOUR_TIME = text("SET LOCAL statement_timeout = '20s'")
_AT_ONCE = 5_000


def timelines(
    session: Session, since: datetime, until: datetime, kinds: Collection[str]
) -> Iterator[tuple[uuid.UUID, datetime, str, dict[str, Any]]]:
    """Events of these kinds, whenever they happened, of all contacts that began in the period: whose, when, what."""
    session.execute(_TAKE_YOUR_TIME)
    asked = {"kinds": list(kinds), "since": since, "until": until}
    rows = session.execute(_TIMELINES, asked, execution_options={"yield_per": _AT_ONCE})
    return ((row.contact_id, row.at, row.kind, row.data) for row in rows)
