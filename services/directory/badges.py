"""Where a fact of a facility comes from, as plain values: the web says it in the reader's language."""

from dataclasses import dataclass
from datetime import datetime

from models.directory import Listing


@dataclass(frozen=True)
class Badge:
    """The list on which we read it and when; `verified_at` only when a person found it to be so (DOMAIN.md 3)."""

    publisher: str
    source: str
    edition: str
    read_at: datetime
    verified_at: datetime | None = None


def badge_of(row: Listing, verified_at: datetime | None = None) -> Badge:
    """The badge of a listing."""
    seen = row.seen
    return Badge(seen.publisher, seen.source, seen.edition, seen.at, verified_at)
