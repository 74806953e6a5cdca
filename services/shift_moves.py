"""Shifts put elsewhere in the calendar by those who lead the line: one of them, or it and all that follow."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from models.people import Counselor, Shift
from models.schedules import changes_ahead, changes_in_force
from routing.shift_moves import as_before, from_now_on, joined, on_clock, without
from routing.shift_words import written
from routing.shifts import ShiftPattern, dated, occurrences, span_on, starts_on
from routing.spans import Span, common
from routing.vocabulary import ChangeStatus, Role
from services import audit, counselor_notices, schedules, shift_times
from services.house import House

CHECKED_AHEAD = timedelta(weeks=53)  # how far a move of all later ones is held against the person's other shifts


class MoveRefused(StrEnum):
    """Why a shift stays where it is."""

    GONE = "gone"
    OVER = "over"
    BEGUN = "begun"
    ORDER = "order"
    PAST = "past"
    TOO_LONG = "too_long"
    CHANGED = "changed"
    OFF = "off"
    OVERLAPS = "overlaps"
    NTH = "nth"


@dataclass(frozen=True)
class PlacedShift:
    """One shift of somebody: of which row, on which day of their own calendar (IANA zone), and when."""

    shift_id: uuid.UUID
    day: date
    counselor_id: uuid.UUID
    name: str
    timezone: str
    span: Span
    comes_again: bool

    @property
    def key(self) -> str:
        """Which shift this is, as an address says it."""
        return f"{self.shift_id}.{self.day}"


@dataclass(frozen=True)
class Move:
    """Where a shift is to be; `follow`: so are all later ones of it."""

    span: Span
    follow: bool


@dataclass(frozen=True)
class Refusal:
    """Why not, and the stretch of the other shift or the time off that is in the way."""

    why: MoveRefused
    span: Span | None = None


def placed(house: House, shift_id: uuid.UUID, day: date) -> PlacedShift | None:
    """The shift of a row that starts on `day`; None: it does not, or no longer."""
    with house.db.begin() as session:
        found = _find(session, shift_id, day)
        return _placed(*found, day) if found else None


def placed_between(person: Counselor, start: datetime, end: datetime) -> list[PlacedShift]:
    """Every shift of a person that has a moment between two times, whatever changed it."""
    return [
        _placed(person, row, day)
        for row in person.shifts
        for day, _ in dated(schedules.pattern(row), person.timezone, start, end)
    ]


def move(
    house: House, shift_id: uuid.UUID, day: date, wanted: Move, by: uuid.UUID, now: datetime
) -> PlacedShift | Refusal:
    """Put a shift elsewhere, or make it longer or shorter, on its counselor's own clock; they are told by text."""
    with house.db.begin() as session:
        found = _find(session, shift_id, day)
        if found is None:
            return Refusal(MoveRefused.GONE)
        person, pattern = found[0], schedules.pattern(found[1])
        before, to = span_on(pattern, day, person.timezone), on_clock(wanted.span, person.timezone)
        why = _impossible(pattern, day, before, wanted, to, now) or _touched(session, person, before, now)
        if why is not None or to is None or to.valid_from is None:
            return Refusal(why or MoveRefused.TOO_LONG)
        first, to = to.valid_from, as_before(pattern, before, wanted.span, to)
        have = schedules.patterns(person)
        if wanted.follow:
            stay, moved = from_now_on(have, pattern, day, to)
        else:
            stay, moved = [one for one in have if one != pattern] + without(pattern, day), [to]
        after = span_on(to, first, person.timezone)
        refused = _in_the_way(session, person, stay, moved, before, after)
        if refused is not None:
            return refused
        schedules.bring_to(session, person, joined([*stay, *moved]), now)
        session.flush()
        words = {"shift": _in_words(pattern, day), "to": _in_words(to, first)}
        audit.write(session, "shift_moved", by, now, counselor_id=person.id, later_ones=wanted.follow, **words)
        if by != person.id:
            _tell(session, house, person, before, after, now)
        return next(_placed(person, row, first) for row in person.shifts if _is(row, to))


def _find(session: Session, shift_id: uuid.UUID, day: date) -> tuple[Counselor, Shift] | None:
    row = session.get(Shift, shift_id)
    if row is None:
        return None
    # Two who drag at once take turns, and the second sees what the first has done.
    lock = {"key_share": True}
    person = session.get_one(Counselor, row.counselor_id, with_for_update=lock, populate_existing=True)
    row = next((shift for shift in person.shifts if shift.id == shift_id), None)
    answers = person.active and person.role in (Role.COUNSELOR, Role.SUPERVISOR)
    return (person, row) if row and answers and starts_on(schedules.pattern(row), day) else None


def _placed(person: Counselor, row: Shift, day: date) -> PlacedShift:
    pattern = schedules.pattern(row)
    span = span_on(pattern, day, person.timezone)
    return PlacedShift(row.id, day, person.id, person.name, person.timezone, span, not pattern.comes_once)


def _impossible(
    pattern: ShiftPattern, day: date, before: Span, wanted: Move, to: ShiftPattern | None, now: datetime
) -> MoveRefused | None:
    start, end = wanted.span
    checks = {
        MoveRefused.OVER: before.end <= now,
        MoveRefused.ORDER: end <= start,
        MoveRefused.PAST: end <= now or (start < now and start != before.start),
        MoveRefused.BEGUN: before.start <= now and start != before.start,
        MoveRefused.TOO_LONG: to is None,
        # The Tuesday after the first Monday of a month is not always its first Tuesday.
        MoveRefused.NTH: bool(wanted.follow and pattern.nth and to and to.valid_from != day),
    }
    return next((why for why, holds in checks.items() if holds), None)


def _touched(session: Session, person: Counselor, before: Span, now: datetime) -> MoveRefused | None:
    """Whether some of this shift is offered, given away or time off: that is undone first."""
    whole = shift_times.of_everybody(session, [person], *before)[person.id]
    offered = [
        Span(change.starts_at, change.ends_at)
        for change in changes_ahead(session, now, person.id)
        if change.counselor_id == person.id and change.status is ChangeStatus.OFFERED
    ]
    return MoveRefused.CHANGED if before not in whole or common([before], offered) else None


def _in_the_way(
    session: Session, person: Counselor, stay: list[ShiftPattern], moved: list[ShiftPattern], before: Span, after: Span
) -> Refusal | None:
    """Time off or a shift of their own where this one would be; of later ones only shifts: time off cuts them."""
    off = []
    taken = []
    for change in changes_in_force(session, *after):
        if change.counselor_id == person.id:
            off.append(Span(change.starts_at, change.ends_at))
        if change.taken_by == person.id:
            taken.append(Span(change.starts_at, change.ends_at))
    if hit := common([after], off):
        return Refusal(MoveRefused.OFF, hit[0])
    window = (min(before.start, after.start), after.end + CHECKED_AHEAD)
    others = [*taken, *occurrences(stay, person.timezone, *window)]
    fresh = occurrences(moved, person.timezone, *window)
    hits = [other for other in sorted(others) if common([other], fresh)]
    return Refusal(MoveRefused.OVERLAPS, hits[0]) if hits else None


def _is(row: Shift, to: ShiftPattern) -> bool:
    minutes = (to.start_minute, to.end_minute)
    there = to.valid_from is not None and starts_on(schedules.pattern(row), to.valid_from)
    return there and (row.start_minute, row.end_minute) == minutes


def _in_words(pattern: ShiftPattern, day: date) -> str:
    return written(ShiftPattern(day.weekday(), pattern.start_minute, pattern.end_minute, day, day))


def _tell(session: Session, house: House, person: Counselor, before: Span, after: Span, now: datetime) -> None:
    language = counselor_notices.language_of(person)
    old, new = (shift_times.in_words(house.phrases, language, span, person.timezone) for span in (before, after))
    link, line = f"{house.rules.public_base_url}/shifts", house.rules.helpline_numbers[0]
    values = {"before": old, "after": new, "link": link}
    counselor_notices.tell(session, house, person, "coverage.moved", helpline_number=line, now=now, **values)
