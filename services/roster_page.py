"""The roster for supervisors: people with their phones masked, and their shifts, added and removed one by one."""

import uuid
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from models import reading
from models.people import Counselor, Shift
from models.schedules import changes_ahead
from routing.phone import masked
from routing.shift_words import written
from routing.shifts import LAST, ShiftPattern
from routing.spans import Span
from routing.vocabulary import Role
from services import audit, rings, schedules, shift_times
from services.coverage_week import ChangeRow, change_row
from services.house import House

LONGEST_ROTATION = 8  # weeks, as the page offers them; a file may name more
NTHS = (1, 2, 3, 4, 5, LAST)
ANSWERING = (Role.COUNSELOR, Role.SUPERVISOR)


@dataclass(frozen=True)
class ShiftGroup:
    """Shifts that differ in their weekday only. `pattern` is the first of them, `id` its row's."""

    id: uuid.UUID
    days: tuple[int, ...]
    pattern: ShiftPattern


@dataclass(frozen=True)
class RosterPerson:
    """Somebody on the roster, for those who lead the line."""

    id: uuid.UUID
    name: str
    role: str
    languages: tuple[str, ...]
    skills: tuple[str, ...]
    phone: str  # masked; empty: none
    timezone: str
    presence: str
    shifts: tuple[ShiftGroup, ...]
    next_shifts: tuple[Span, ...]
    changes: tuple[ChangeRow, ...] = ()


@dataclass(frozen=True)
class ShiftWish:
    """A shift as the form gives it: `repeats` is `weekly`, `2` to `8` weeks, `nth:1` to `nth:5`, `nth:-1` or `once`."""

    days: tuple[int, ...]
    start_minute: int | None
    end_minute: int | None
    repeats: str
    first: date | None
    last: date | None


def people(house: House, now: datetime) -> tuple[RosterPerson, ...]:
    """Everybody who answers, by name."""
    with house.db.begin() as session:
        staff = [person for person in reading.people_of_the_line(session) if person.role in ANSWERING]
        return tuple(sorted(_rows(session, staff, now), key=lambda row: row.name.casefold()))


def person(house: House, counselor_id: uuid.UUID, now: datetime) -> RosterPerson | None:
    """One person of the roster, with their time off and offers; None: nobody who answers."""
    with house.db.begin() as session:
        found = session.get(Counselor, counselor_id)
        if found is None or not found.active or found.role not in ANSWERING:
            return None
        changes = tuple(
            change_row(change)
            for change in changes_ahead(session, now, counselor_id)
            if counselor_id in (change.counselor_id, change.taken_by)
        )
        return replace(_rows(session, [found], now)[0], changes=changes)


def add_shift(house: House, counselor_id: uuid.UUID, wish: ShiftWish, by: uuid.UUID, now: datetime) -> tuple[str, ...]:
    """Add a shift; the names of fields that do not fit together, and then nothing was added."""
    refused = _refused(wish)
    if refused:
        return refused
    with house.db.begin() as session:
        found = session.get_one(Counselor, counselor_id, with_for_update={"key_share": True})
        have = set(schedules.patterns(found))
        for pattern in _wished(wish):
            if pattern not in have:
                found.shifts.append(schedules.shift(pattern, now))
                audit.write(session, "shift_added", by, now, counselor_id=counselor_id, shift=written(pattern))
    return ()


def remove_shift(house: House, counselor_id: uuid.UUID, shift_id: uuid.UUID, by: uuid.UUID, now: datetime) -> bool:
    """End a shift with those that differ from it in the weekday only; what was worked stays. False: there is none."""
    with house.db.begin() as session:
        found = session.get(Counselor, counselor_id, with_for_update={"key_share": True})
        if found is None:
            return False
        group = next((g for g in _grouped(found).values() if shift_id in {s.id for s in g}), [])
        schedules.end_shifts(session, found, group, now)
        for shift in group:
            gone = written(schedules.pattern(shift))
            audit.write(session, "shift_removed", by, now, counselor_id=counselor_id, shift=gone)
        return bool(group)


def _rows(session: Session, staff: list[Counselor], now: datetime) -> list[RosterPerson]:
    ahead = shift_times.of_everybody(session, staff, now, now + shift_times.AHEAD)
    return [
        RosterPerson(
            id=who.id,
            name=who.name,
            role=who.role.value,
            languages=tuple(who.languages),
            skills=tuple(who.skills),
            phone=masked(who.phone),
            timezone=who.timezone,
            presence=rings.presence_now(who, now).value,
            shifts=tuple(_group(shifts) for shifts in _grouped(who).values()),
            next_shifts=tuple(ahead[who.id]),
        )
        for who in staff
    ]


def _grouped(who: Counselor) -> dict[object, list[Shift]]:
    groups: dict[object, list[Shift]] = defaultdict(list)
    for shift in sorted(who.shifts, key=lambda shift: schedules.pattern(shift).order):
        pattern = schedules.pattern(shift)
        groups[shift.id if pattern.comes_once else replace(pattern, weekday=0)].append(shift)
    return groups


def _group(shifts: list[Shift]) -> ShiftGroup:
    return ShiftGroup(shifts[0].id, tuple(shift.weekday for shift in shifts), schedules.pattern(shifts[0]))


def _refused(wish: ShiftWish) -> tuple[str, ...]:
    once, rotates = wish.repeats == "once", wish.repeats.isdigit()
    known = {"weekly", "once", *(f"nth:{n}" for n in NTHS), *(str(n) for n in range(2, LONGEST_ROTATION + 1))}
    checks = {
        "days": once or wish.days,
        "start": wish.start_minute is not None,
        "end": wish.end_minute is not None,
        "repeats": wish.repeats in known,
        "from": wish.first is not None or not (once or rotates),
        "until": once or wish.first is None or wish.last is None or wish.first <= wish.last,
    }
    return tuple(field for field, good in checks.items() if not good)


def _wished(wish: ShiftWish) -> list[ShiftPattern]:
    start, end = wish.start_minute or 0, wish.end_minute or 0
    if wish.repeats == "once" and wish.first is not None:
        return [ShiftPattern(wish.first.weekday(), start, end, wish.first, wish.first)]
    every = int(wish.repeats) if wish.repeats.isdigit() else 1
    nth = int(wish.repeats.removeprefix("nth:")) if wish.repeats.startswith("nth:") else None
    return [ShiftPattern(day, start, end, wish.first, wish.last, every, nth) for day in sorted(set(wish.days))]
