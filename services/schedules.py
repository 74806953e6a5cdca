"""Who works when: shifts as rows made into what the pure rules read."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models.people import Counselor, Shift
from models.schedules import changes_in_force
from routing.schedule import Change, Schedule, works_at
from routing.shifts import ShiftPattern
from routing.spans import Span


def patterns(person: Counselor) -> tuple[ShiftPattern, ...]:
    """A person's shifts as the pure rules read them."""
    return tuple(pattern(shift) for shift in person.shifts)


def pattern(row: Shift) -> ShiftPattern:
    """A row as the pure rules read it."""
    bounds = (row.valid_from, row.valid_until)
    return ShiftPattern(row.weekday, row.start_minute, row.end_minute, *bounds, row.every_weeks, row.nth)


def shift(wanted: ShiftPattern) -> Shift:
    """A row for a shift."""
    return Shift(
        weekday=wanted.weekday,
        start_minute=wanted.start_minute,
        end_minute=wanted.end_minute,
        valid_from=wanted.valid_from,
        valid_until=wanted.valid_until,
        every_weeks=wanted.every_weeks,
        nth=wanted.nth,
    )


def schedules(
    session: Session, people: Iterable[Counselor], start: datetime, end: datetime
) -> dict[uuid.UUID, Schedule]:
    """Everybody's schedule by id, right for moments between the two times."""
    changes: dict[uuid.UUID, list[Change]] = defaultdict(list)
    for change in changes_in_force(session, start, end):
        span = Span(change.starts_at, change.ends_at)
        changes[change.counselor_id].append(Change(span, on=False))
        if change.taken_by is not None:
            changes[change.taken_by].append(Change(span, on=True))
    return {
        person.id: Schedule(person.timezone, patterns(person), tuple(changes.get(person.id, ()))) for person in people
    }


def on_shift(session: Session, people: Iterable[Counselor], now: datetime) -> set[uuid.UUID]:
    """Ids of those whose shift it is now."""
    everybody = schedules(session, people, now, now + timedelta.resolution)
    return {who for who, schedule in everybody.items() if works_at(schedule, now)}
