"""When somebody works: their shifts, and what was changed since (time off, shifts given and taken)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from routing.shifts import ShiftPattern, occurrences
from routing.spans import Span, common, minus, union


@dataclass(frozen=True)
class Change:
    """From when it was agreed on, a stretch that is worked (`on`) or is not."""

    span: Span
    on: bool


@dataclass(frozen=True)
class Schedule:
    """One person's shifts on their own clock (IANA name), and the changes in the order in which they were made."""

    timezone: str
    patterns: tuple[ShiftPattern, ...]
    changes: tuple[Change, ...] = ()


def working(schedule: Schedule, start: datetime, end: datetime) -> list[Span]:
    """The stretches between two aware times that are worked, cut to them, joined where they touch."""
    spans = occurrences(schedule.patterns, schedule.timezone, start, end)
    return common(changed(spans, schedule.changes), [Span(start, end)])


def changed(spans: list[Span], changes: Iterable[Change]) -> list[Span]:
    """What is left of these stretches, and what is worked besides, after changes in the order in which they came."""
    for change in changes:
        spans = union([*spans, change.span]) if change.on else minus(spans, [change.span])
    return spans


def works_at(schedule: Schedule, now: datetime) -> bool:
    """Whether they are on shift at `now` (aware)."""
    return bool(working(schedule, now, now + timedelta.resolution))


def shifts_between(schedule: Schedule, start: datetime, end: datetime) -> list[Span]:
    """Shift by shift what is worked, in order of time: whole shifts, less what was given away or is time off.

    What was taken over counts as a shift of its own.
    """
    wide = timedelta(days=2)  # so that a shift which began before the window is shown whole
    spans = occurrences(schedule.patterns, schedule.timezone, start, end)
    spans += [change.span for change in schedule.changes if change.on]
    worked = working(schedule, start - wide, end + wide)
    pieces = {piece for span in spans for piece in common([span], worked)}
    return sorted(piece for piece in pieces if piece.end > start and piece.start < end)
