"""Sources and dates as HSDS metadata records: who lists a place and as of when, and what our admins put right."""

from collections.abc import Iterator
from datetime import date

from models.live_facts import FacilityFix
from services.directory.fixes import CODES_ADDED, CODES_REMOVED
from services.directory.hsds import names
from services.directory.hsds.gathering import Entry, Place
from services.directory.hsds.shapes import Metadata

ADMIN = "an admin of the helpline"  # never a person's name
VERIFIER = "the helpline, by telephone"


def records(place: Place, entry: Entry, service_id: str) -> list[Metadata]:
    """The metadata of a listing's service. Reasons of corrections and tips stay in the house."""
    seen, licence, verified = entry.listing.seen, entry.sheet.licence, entry.sheet.verified_at
    found = [
        _record(service_id, names.ALL_FIELDS, names.READ, seen.as_of, "", entry.sheet.source, seen.source),
        *_corrections(place, entry, service_id),
    ]
    if licence is not None:
        told = date.fromisoformat(licence.as_of)
        found.append(_record(service_id, "licenses", names.READ, told, "", licence.number, licence.source))
    if verified is not None:
        found.append(_record(service_id, "assured_date", "verified", verified.date(), "", "", VERIFIER))
    return found


def _corrections(place: Place, entry: Entry, service_id: str) -> Iterator[Metadata]:
    row, sheet = entry.listing, entry.sheet
    for field, name in names.FIELD_NAMES.items():
        if field in place.fixes:
            yield _corrected(service_id, name, place.fixes[field], getattr(row, field), getattr(sheet, field))
    for field, name in (("admissions_phone", "phones"), ("admissions_hours", "schedules")):
        if field in place.fixes:
            yield _corrected(service_id, name, place.fixes[field], "", getattr(sheet, field))
    codes = [place.fixes[field] for field in (CODES_ADDED, CODES_REMOVED) if field in place.fixes]
    if codes:
        newest = max(codes, key=lambda fix: fix.at)
        yield _corrected(service_id, names.CODES, newest, row.codes, " ".join(sheet.codes))


def _corrected(service_id: str, name: str, fix: FacilityFix, before: str, after: str) -> Metadata:
    return _record(service_id, name, names.CORRECTED, fix.at.date(), before, after, ADMIN)


def _record(service_id: str, name: str, what: str, on: date, before: str, after: str, who: str) -> Metadata:
    return Metadata(
        id=names.part_id(service_id, f"{what} {name}"),
        last_action_date=on,
        last_action_type=what,
        field_name=name,
        previous_value=before or names.NOT_GIVEN,
        replacement_value=after or names.NOT_GIVEN,
        updated_by=who,
    )
