"""Who works when: shifts as rows made into what the pure rules read."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from models.people import Counselor, Shift
from routing.schedule import Schedule, works_at
from routing.shifts import ShiftPattern


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


def on_shift(_session: Session, people: Iterable[Counselor], now: datetime) -> set[uuid.UUID]:
    """Ids of those whose shift it is now."""
    return {person.id for person in people if works_at(Schedule(person.timezone, patterns(person)), now)}
