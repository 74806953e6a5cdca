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


def shift(wanted: ShiftPattern, made_at: datetime | None = None) -> Shift:
    """A row for a shift. `made_at`: when it came on the roster; None: it was always there."""
    return Shift(
        made_at=made_at,
        weekday=wanted.weekday,
        start_minute=wanted.start_minute,
        end_minute=wanted.end_minute,
        valid_from=wanted.valid_from,
        valid_until=wanted.valid_until,
        every_weeks=wanted.every_weeks,
        nth=wanted.nth,
    )


def end_shifts(session: Session, person: Counselor, rows: Iterable[Shift], now: datetime) -> None:
    """These shifts are over, and stay as they were worked, under the role and the zone of these days."""
    for row in rows:
        row.ended_at, row.role, row.timezone = now, person.role, person.timezone
    session.flush()
    session.expire(person, ["shifts"])


def begin_anew(session: Session, person: Counselor, now: datetime) -> None:
    """Before somebody leaves, or takes another role or zone: what they worked stays, and the same shifts go on.

    Before somebody comes back: the shifts that were kept for them count from now on.
    """
    if not person.active:
        for row in person.shifts:
            row.made_at = now
        return
    same = patterns(person)
    end_shifts(session, person, list(person.shifts), now)
    person.shifts.extend(shift(one, now) for one in same)


def bring_to(session: Session, person: Counselor, wanted: Iterable[ShiftPattern], now: datetime) -> None:
    """End the shifts that are not wanted and add the ones that are missing; those that say the same stay."""
    wanted = list(dict.fromkeys(wanted))
    end_shifts(session, person, [row for row in person.shifts if pattern(row) not in wanted], now)
    have = patterns(person)
    person.shifts.extend(shift(one, now) for one in wanted if one not in have)


def schedules(
    session: Session, people: Iterable[Counselor], start: datetime, end: datetime
) -> dict[uuid.UUID, Schedule]:
    """Everybody's schedule by id, right for moments between the two times."""
    known = changes(session, start, end)
    return {person.id: Schedule(person.timezone, patterns(person), tuple(known[person.id])) for person in people}


def changes(session: Session, start: datetime, end: datetime) -> dict[uuid.UUID, list[Change]]:
    """What changes anybody's schedule between two times, by id, in the order in which it was agreed on."""
    found: dict[uuid.UUID, list[Change]] = defaultdict(list)
    for change in changes_in_force(session, start, end):
        span = Span(change.starts_at, change.ends_at)
        found[change.counselor_id].append(Change(span, on=False))
        if change.taken_by is not None:
            found[change.taken_by].append(Change(span, on=True))
    return found


def on_shift(session: Session, people: Iterable[Counselor], now: datetime) -> set[uuid.UUID]:
    """Ids of those whose shift it is now."""
    everybody = schedules(session, people, now, now + timedelta.resolution)
    return {who for who, schedule in everybody.items() if works_at(schedule, now)}
