"""The admin's lists about the directory: calls of the day, what waits for a look, and neutrality in numbers."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.directory import listed_among, listings_of
from models.facility_history import last_listings, refused_count
from models.facility_pairs import FacilityPair
from models.live_facts import held_back, newest_beds, open_checks, reports_of
from models.match_counts import Exposure, choices, exposures
from models.reading import names_of
from routing import phone
from services.directory.checks import calls_of_the_day
from services.directory.fixes import fixes_by_facility
from services.house import House

_LINE_FIELDS = ("name1", "city", "state", "phone")


@dataclass(frozen=True)
class Line:
    """A facility in a list: whom to ring (the admissions line if we know one), and when."""

    facility_id: int
    name: str
    town: str
    number: str | None
    hours: str


@dataclass(frozen=True)
class DayCall:
    """One call of the day: why (kinds of reports, or routine), how often it was shown lately, when last verified."""

    line: Line
    why: tuple[str, ...]
    shown: int
    verified_at: datetime | None


@dataclass(frozen=True)
class OpenCheck:
    """A call that somebody should make."""

    line: Line
    why: str
    opened_at: datetime


@dataclass(frozen=True)
class Checks:
    """What wants a look: open checks, facilities under "do not refer" by day of review, a count of quarantined rows."""

    checks: tuple[OpenCheck, ...]
    holds: tuple[tuple[Line, datetime, str], ...]
    quarantined: int


@dataclass(frozen=True)
class OperatorExposure:
    """All places that answer the same phone (or the one place without a phone), shown together."""

    name: str
    number: str | None
    places: int
    shown: int
    first: int
    top: int


@dataclass(frozen=True)
class CounselorChoices:
    """What one counselor was offered of one operator in lists, and how often people chose it."""

    counselor: str
    name: str
    offered: int
    chosen: int


@dataclass(frozen=True)
class Neutrality:
    """Exposure and choices of a period. `shown`: how often any place was put before somebody."""

    facilities: tuple[Exposure, ...]
    operators: tuple[OperatorExposure, ...]
    choices: tuple[CounselorChoices, ...]

    @property
    def shown(self) -> int:
        """All showings together, of which the shares are taken."""
        return sum(row.shown for row in self.facilities)


def day_calls(house: House, now: datetime) -> tuple[DayCall, ...]:
    """The ten facilities to call today."""
    calls = calls_of_the_day(house, now)
    with house.db.begin() as session:
        lines = lines_of(session, [call.facility_id for call in calls])
        return tuple(
            DayCall(lines[call.facility_id], _why(session, call.facility_id, call.why), call.shown, call.verified_at)
            for call in calls
            if call.facility_id in lines
        )


def _why(session: Session, facility_id: int, why: str) -> tuple[str, ...]:
    kinds = dict.fromkeys(report.kind.value for report in reversed(reports_of(session, facility_id)))
    return tuple(dict.fromkeys([why, *kinds])) if why != "routine" else (why,)


def lines_of(session: Session, facility_ids: Iterable[int]) -> dict[int, Line]:
    """Facilities as lines, with admins' words; of one that no list has any more, what the last one said."""
    ids = list(facility_ids)
    fixes = fixes_by_facility(session, ids)
    said: dict[int, Mapping[str, str]] = {}
    for row in listings_of(session, ids):
        said.setdefault(row.facility_id, {field: getattr(row, field) for field in _LINE_FIELDS})
    for past in last_listings(session, set(ids) - said.keys()):
        said[past.facility_id] = {field: str(past.image[field]) for field in _LINE_FIELDS}
    return {facility: _line(facility, {**listed, **fixes.get(facility, {})}) for facility, listed in said.items()}


def pair_names(session: Session, pairs: Sequence[FacilityPair]) -> dict[int, tuple[str, str]]:
    """By pair, what its two places are called; of joined ones, what they were called before."""
    lines = lines_of(session, {id_ for pair in pairs for id_ in (pair.facility_id, pair.other_id)})
    found: dict[int, tuple[str, str]] = {}
    for pair in pairs:
        one, other = (lines[id_].name if id_ in lines else "" for id_ in (pair.facility_id, pair.other_id))
        found[pair.id] = tuple(pair.moved["names"]) if pair.moved else (one, other)
    return found


def _line(facility_id: int, said: Mapping[str, str]) -> Line:
    number = phone.dialled(said.get("admissions_phone") or said["phone"])
    return Line(
        facility_id, said["name1"], f"{said['city']}, {said['state']}", number, said.get("admissions_hours", "")
    )


def checks(house: House) -> Checks:
    """Everything that waits for an admin's look."""
    with house.db.begin() as session:
        opened, held = open_checks(session), sorted(held_back(session), key=lambda hold: hold.review_on)
        lines = lines_of(session, [*(check.facility_id for check in opened), *(hold.facility_id for hold in held)])
        quarantined = refused_count(session)
    return Checks(
        tuple(OpenCheck(lines[c.facility_id], c.why, c.opened_at) for c in opened if c.facility_id in lines),
        tuple((lines[h.facility_id], h.at, h.review_on.isoformat()) for h in held if h.facility_id in lines),
        quarantined,
    )


def neutrality(house: House, since: datetime, until: datetime) -> Neutrality:
    """Who was shown how often, and what was offered and chosen, from `since` until before `until`."""
    with house.db.begin() as session:
        facilities = tuple(exposures(session, since, until))
        picked = choices(session, since, until)
        names = names_of(session, [uuid.UUID(row.counselor_id) for row in picked])
    rows = [
        CounselorChoices(names.get(uuid.UUID(row.counselor_id), ""), row.name, row.offered, row.chosen)
        for row in picked
    ]
    return Neutrality(facilities, _operators(facilities), tuple(sorted(rows, key=lambda row: row.counselor)))


def _operators(facilities: Sequence[Exposure]) -> tuple[OperatorExposure, ...]:
    together: dict[tuple[int, int], list[Exposure]] = {}
    for row in facilities:
        together.setdefault((row.operator, 0 if row.operator else row.facility_id), []).append(row)
    found = [
        OperatorExposure(
            rows[0].name, phone.e164(str(operator)) if operator else None, len(rows),
            sum(row.shown for row in rows), sum(row.first for row in rows), sum(row.top for row in rows),
        )
        for (operator, _), rows in together.items()
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda row: -row.shown))


def beds_now(house: House) -> list[tuple[Line, str, int, datetime, str]]:
    """The newest bed count of each facility and level: facility, level, open, when and how."""
    with house.db.begin() as session:
        newest = newest_beds(session)
        listed = listed_among(session, [bed.facility_id for bed in newest])
        lines = lines_of(session, listed)
    known = [bed for bed in newest if bed.facility_id in lines]
    rows = [(lines[bed.facility_id], bed.level.value, bed.open, bed.at, bed.how) for bed in known]
    return sorted(rows, key=lambda row: (row[0].name, row[1]))
