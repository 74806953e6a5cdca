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
    return tuple(
        ShiftPattern(s.weekday, s.start_minute, s.end_minute, s.valid_from, s.valid_until, s.every_weeks, s.nth)
        for s in person.shifts
    )


def shift(pattern: ShiftPattern) -> Shift:
    """A row for a shift."""
    return Shift(
        weekday=pattern.weekday,
        start_minute=pattern.start_minute,
        end_minute=pattern.end_minute,
        valid_from=pattern.valid_from,
        valid_until=pattern.valid_until,
        every_weeks=pattern.every_weeks,
        nth=pattern.nth,
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
