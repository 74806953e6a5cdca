"""A facility as people see it: the source's words, put right by admins, with its source, licence and last check."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from models.directory import Listing, licences_in, listings_by_id
from models.live_facts import last_verified
from routing.identity import fold
from services.directory.badges import Badge, badge_of
from services.directory.fixes import ADDED, CODES_ADDED, CODES_REMOVED, REPLACING, fixes_by_facility


@dataclass(frozen=True)
class Licence:
    """A state's licence found for the same address or phone."""

    number: str
    expires: str
    capacity: str
    source: str
    as_of: str  # the day of which the state's list speaks

    def expired(self, today: date) -> bool:
        """Whether its last day has passed."""
        return bool(self.expires) and self.expires < today.isoformat()


@dataclass(frozen=True)
class Sheet:
    """One listing to look at. `fixed` names the fields that an admin put right; `as_of` is the edition's day."""

    listing_id: int
    facility_id: int
    name1: str
    name2: str
    street1: str
    street2: str
    city: str
    state: str
    zip5: str
    phone: str
    website: str
    intake: tuple[str, ...]
    codes: tuple[str, ...]
    as_of: date
    source: str
    badge: Badge
    fixed: tuple[str, ...] = ()
    admissions_phone: str = ""
    admissions_hours: str = ""
    tip: str = ""
    verified_at: datetime | None = None
    licence: Licence | None = None

    @property
    def intake_line(self) -> str:
        """Where to ask for a place: the direct line an admin knows, else the listed intake line, else the phone."""
        return self.admissions_phone or next(iter(self.intake), "") or self.phone

    @property
    def street(self) -> str:
        """Both lines of the street."""
        return ", ".join(part for part in (self.street1, self.street2) if part)


def sheets(session: Session, listing_ids: Sequence[int]) -> dict[int, Sheet]:
    """The sheets of these listings by id; those that are gone are left out."""
    rows = listings_by_id(session, listing_ids)
    facilities = [row.facility_id for row in rows.values()]
    fixes, verified = fixes_by_facility(session, facilities), last_verified(session, facilities)
    licences = licences_of(session, list(rows.values()))
    return {
        id_: sheet_of(row, fixes.get(row.facility_id, {}), verified.get(row.facility_id), licences.get(id_))
        for id_, row in rows.items()
    }


def sheet_of(
    row: Listing, fixes: Mapping[str, str], verified_at: datetime | None = None, licence: Licence | None = None
) -> Sheet:
    """One listing with its fixes laid over it."""
    texts = {name: fixes.get(name, getattr(row, name)) for name in REPLACING}
    removed = fixes.get(CODES_REMOVED, "").split()
    codes = dict.fromkeys([*row.codes.split(), *fixes.get(CODES_ADDED, "").split()])
    return Sheet(
        listing_id=row.id,
        facility_id=row.facility_id,
        **texts,
        intake=tuple(row.intake),
        codes=tuple(code for code in codes if code not in removed),
        as_of=row.seen.as_of,
        source=source_in_words(row),
        badge=badge_of(row, verified_at),
        fixed=tuple(sorted(fixes)),
        **{name: fixes.get(name, row.facts.get(name, "")) for name in ADDED},
        verified_at=verified_at,
        licence=licence,
    )


def source_in_words(row: Listing) -> str:
    """Where a listing comes from and when we read it; never "verified" (DOMAIN.md section 3)."""
    seen = row.seen
    edition = f" {seen.edition}" if seen.edition and seen.edition not in seen.source else ""
    return f"{seen.source}{edition}, read {seen.at.date().isoformat()}"


def licences_of(session: Session, rows: Sequence[Listing]) -> dict[int, Licence]:
    """The licence that lies at the same street, or answers the same phone in the same ZIP, of each listing."""
    found: dict[tuple[str, str | int], Listing] = {}
    for licence in licences_in(session, {row.zip5 for row in rows}):
        found.setdefault((licence.zip5, fold(licence.street1)), licence)
        if licence.operator:
            found.setdefault((licence.zip5, licence.operator), licence)
    matched = {row.id: found.get((row.zip5, fold(row.street1))) or found.get((row.zip5, row.operator)) for row in rows}
    return {
        id_: Licence(
            licence.facts.get("licence_number", ""),
            licence.facts.get("licence_expires", ""),
            licence.facts.get("capacity", ""),
            source_in_words(licence),
            licence.seen.as_of.isoformat(),
        )
        for id_, licence in matched.items()
        if licence is not None
    }
