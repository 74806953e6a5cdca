"""Read model of the duplicates desk: pairs of places that are perhaps one, side by side, and what was decided."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from models.bed_contacts import bed_contacts_of
from models.directory import DirectoryImport, Listing
from models.facility_history import imports_by_id, last_listings
from models.facility_pairs import FacilityPair, decided_pairs, listed_now, places_by_operator, undecided_pairs
from models.held_places import held_places
from models.live_facts import newest_bed, reports_of, standing_fixes, standing_hold
from models.reading import names_of
from routing import phone
from routing.identity import fold, operator_digits, street_key
from routing.vocabulary import BedLevel
from services.directory.desk_lists import pair_names
from services.house import House

PAGE = 10
DECIDED_SHOWN = 20
_TEXTS = ("name1", "name2", "street1", "city", "state", "zip5", "phone", "website", "codes")
COMPARED = ("name1", "name2", "street1", "town", "phone", "website")


@dataclass(frozen=True)
class Side:
    """A place as its newest list has it, or had it last (`listed` False). `said`: what people said of it, as words."""

    facility_id: int
    values: Mapping[str, str]  # COMPARED
    codes: frozenset[str]
    source: str
    as_of: date | None
    listed: bool
    answers_for: int  # places with the same phone number, this one included
    said: tuple[str, ...]


@dataclass(frozen=True)
class Compared:
    """One field of both places; `alike` as the import compares them."""

    field: str
    before: str
    after: str
    alike: bool


@dataclass(frozen=True)
class OpenPair:
    """Two places that are perhaps one: `before` was there, `after` came. `services`: both, only before, only after.

    `held`: the word "do not refer" to the first holds the other back until somebody decides.
    """

    id: int
    before: Side
    after: Side
    rows: tuple[Compared, ...]
    services: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    file: str
    opened_at: datetime
    held: bool


@dataclass(frozen=True)
class DecidedPair:
    """What somebody decided of two places."""

    id: int
    facility_id: int
    other_id: int
    name: str
    other_name: str
    verdict: str
    reason: str
    by: str
    at: datetime | None


@dataclass(frozen=True)
class PairsPage:
    """One page of open pairs, how many there are, and what was decided last; pages count from 1."""

    pairs: tuple[OpenPair, ...]
    total: int
    page: int
    decided: tuple[DecidedPair, ...]

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE))


def pairs_page(house: House, page: int = 1) -> PairsPage:
    """Open pairs, those first whose place is under "do not refer"; a page past the end is the last one."""
    with house.db.begin() as session:
        _, total = undecided_pairs(session, limit=0, offset=0)
        page = min(max(page, 1), max(1, -(-total // PAGE)))
        found, _ = undecided_pairs(session, limit=PAGE, offset=(page - 1) * PAGE)
        sides = _sides(session, {id_ for pair in found for id_ in (pair.facility_id, pair.other_id)})
        files = imports_by_id(session, [pair.import_id for pair in found])
        held = held_places(session, [pair.facility_id for pair in found])
        pairs = tuple(_open_pair(pair, sides, files, held) for pair in found)
        return PairsPage(pairs, total, page, _decided(session, decided_pairs(session, DECIDED_SHOWN)))


def _open_pair(
    pair: FacilityPair, sides: Mapping[int, Side], files: Mapping[int, DirectoryImport], held: Collection[int]
) -> OpenPair:
    before, after = sides[pair.facility_id], sides[pair.other_id]
    rows = tuple(
        Compared(field, before.values[field], after.values[field], _sign(field, before) == _sign(field, after))
        for field in COMPARED
        if before.values[field] or after.values[field]
    )
    both, gone, come = before.codes & after.codes, before.codes - after.codes, after.codes - before.codes
    services = (tuple(sorted(both)), tuple(sorted(gone)), tuple(sorted(come)))
    file = files[pair.import_id].file_name
    return OpenPair(pair.id, before, after, rows, services, file, pair.opened_at, pair.facility_id in held)


def _sign(field: str, side: Side) -> object:
    """A value as the import compares it."""
    value = side.values[field]
    if field == "street1":
        return street_key(value) or fold(value)
    return phone.dialled(value) or fold(value) if field == "phone" else fold(value)


def _sides(session: Session, facility_ids: Collection[int]) -> dict[int, Side]:
    found: dict[int, tuple[dict[str, str], DirectoryImport | None, bool]] = {}
    for row in listed_now(session, facility_ids):
        found.setdefault(row.facility_id, (_values(row), row.seen, True))
    gone = last_listings(session, set(facility_ids) - found.keys())
    files = imports_by_id(session, [int(past.image["seen_import_id"]) for past in gone])
    for past in gone:
        said = {name: str(past.image[name]) for name in _TEXTS}
        found[past.facility_id] = (said, files.get(int(past.image["seen_import_id"])), False)
    numbers = places_by_operator(session, [operator_digits(values["phone"]) for values, _, _ in found.values()])
    return {
        facility: Side(
            facility_id=facility,
            values={**values, "town": f"{values['city']}, {values['state']} {values['zip5']}"},
            codes=frozenset(values["codes"].split()),
            source=source.source if source else "",
            as_of=source.as_of if source else None,
            listed=listed,
            answers_for=numbers.get(operator_digits(values["phone"]), 0),
            said=tuple(_said(session, facility)),
        )
        for facility, (values, source, listed) in found.items()
    }


def _values(row: Listing) -> dict[str, str]:
    return {name: str(getattr(row, name)) for name in _TEXTS}


def _said(session: Session, facility_id: int) -> Iterable[str]:
    """What would be kept with the place: the web has a word for each."""
    if standing_hold(session, facility_id) is not None:
        yield "held"
    fields = {fix.field for fix in standing_fixes(session, [facility_id])}
    if fields - {"tip"}:
        yield "fixed"
    if "tip" in fields:
        yield "tip"
    if reports_of(session, facility_id):
        yield "reported"
    if bed_contacts_of(session, facility_id):
        yield "phones"
    if any(newest_bed(session, facility_id, level) for level in BedLevel):
        yield "beds"


def _decided(session: Session, pairs: Sequence[FacilityPair]) -> tuple[DecidedPair, ...]:
    names = pair_names(session, pairs)
    people: dict[uuid.UUID, str] = names_of(session, [pair.decided_by for pair in pairs if pair.decided_by])
    return tuple(
        DecidedPair(
            pair.id, pair.facility_id, pair.other_id, *names[pair.id], pair.verdict or "", pair.reason,
            people.get(pair.decided_by, "") if pair.decided_by else "", pair.decided_at,
        )
        for pair in pairs
    )  # fmt: skip
