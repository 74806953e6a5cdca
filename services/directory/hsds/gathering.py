"""What we publish about places: their listings with corrections, sources, licences and beds that are still true."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy.orm import Session

from models.directory import Listing
from models.live_facts import BedReport, FacilityFix, last_verified, standing_fixes
from models.publishing import beds_since, published_facilities, published_listings
from services.directory.sheets import Sheet, licences_of, sheet_of

BEDS_LAST = timedelta(hours=24)  # DOMAIN.md section 6: an older count is unknown, and unknown is never open
BATCH = 200


@dataclass(frozen=True)
class Entry:
    """One listing: as its source has it, and as it reads with corrections."""

    listing: Listing
    sheet: Sheet

    @property
    def part(self) -> str:
        """Tells the listings of one place apart."""
        return f"{self.listing.publisher} {self.listing.kind} {self.listing.position}"


@dataclass(frozen=True)
class Place:
    """A facility with its listings (at least one), its admins' corrections by field, and beds told in the last day."""

    public_id: str
    entries: tuple[Entry, ...]
    fixes: Mapping[str, FacilityFix]
    beds: tuple[BedReport, ...]


def all_places(session: Session, now: datetime) -> Iterator[Place]:
    """Every place that we publish, by the id of its facility, some hundred at a time."""
    after = 0
    while facilities := published_facilities(session, after, BATCH):
        yield from places(session, facilities, now)
        session.expunge_all()
        after = facilities[-1]


def places(session: Session, facility_ids: Sequence[int], now: datetime) -> list[Place]:
    """These places, by the id of their facility; those with nothing to publish are left out."""
    rows = published_listings(session, facility_ids)
    fixes: dict[int, dict[str, FacilityFix]] = {}
    for fix in standing_fixes(session, facility_ids):
        fixes.setdefault(fix.facility_id, {})[fix.field] = fix
    beds: dict[int, list[BedReport]] = {}
    for report in beds_since(session, facility_ids, now - BEDS_LAST):
        beds.setdefault(report.facility_id, []).append(report)
    verified, licences = last_verified(session, facility_ids), licences_of(session, rows)
    found = []
    for facility_id, listings in groupby(rows, key=lambda row: row.facility_id):
        own = fixes.get(facility_id, {})
        values = {field: fix.value for field, fix in own.items()}
        entries = tuple(
            Entry(row, sheet_of(row, values, verified.get(facility_id), licences.get(row.id))) for row in listings
        )
        found.append(Place(entries[0].listing.facility.public_id, entries, own, tuple(beds.get(facility_id, ()))))
    return found
