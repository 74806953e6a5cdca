"""Shifts that come again or come once: on which days they start, and which stretches of time they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from routing.clock import instant, is_zone
from routing.spans import Span

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_A_DAY = 24 * 60
LAST = -1  # as `nth`: the last such weekday of the month


@dataclass(frozen=True)
class ShiftPattern:
    """A shift by the clock on the counselor's wall.

    `weekday` is the day on which it starts (0 is Monday); minutes count from midnight, and an end at or before
    the start is on the next day. `valid_from` and `valid_until` bound the starting day, both included; the same
    day twice is a shift that comes once. With `every_weeks` above 1 it comes in the week of `valid_from` and every
    so many weeks after it; with `nth` (1 to 5, or LAST) on that weekday of every month that has one.
    """

    weekday: int
    start_minute: int
    end_minute: int
    valid_from: date | None = None
    valid_until: date | None = None
    every_weeks: int = 1
    nth: int | None = None

    @property
    def comes_once(self) -> bool:
        """Whether it is for one day only."""
        return self.valid_from is not None and self.valid_from == self.valid_until

    @property
    def order(self) -> tuple[int, int, int, date, date, int, int]:
        """How shifts are listed: by weekday and time."""
        first, last = self.valid_from or date.min, self.valid_until or date.max
        return (self.weekday, self.start_minute, self.end_minute, first, last, self.every_weeks, self.nth or 0)


def starts_on(pattern: ShiftPattern, day: date) -> bool:
    """Whether the shift starts on this day of the counselor's calendar."""
    if day.weekday() != pattern.weekday:
        return False
    if pattern.valid_from is not None and day < pattern.valid_from:
        return False
    if pattern.valid_until is not None and day > pattern.valid_until:
        return False
    if pattern.nth is not None:
        return _last_of_month(day) if pattern.nth == LAST else (day.day - 1) // 7 + 1 == pattern.nth
    if pattern.every_weeks > 1 and pattern.valid_from is not None:
        return (_monday(day) - _monday(pattern.valid_from)).days // 7 % pattern.every_weeks == 0
    return True


def span_on(pattern: ShiftPattern, day: date, timezone: str) -> Span:
    """The stretch of time (UTC) of the shift that starts on `day`; `timezone` is the counselor's IANA name.

    One wall time is one instant (`clock.instant`), so that shifts which follow each other leave no gap and never
    overlap, and each is one stretch. What spring skips takes no time; the hour that autumn doubles is worked
    twice by whoever has it, and a change-over within it is at its first coming.
    """
    length = (pattern.end_minute - pattern.start_minute) % MINUTES_A_DAY or MINUTES_A_DAY
    starts = datetime.combine(day, time()) + timedelta(minutes=pattern.start_minute)
    return Span(instant(starts, timezone), instant(starts + timedelta(minutes=length), timezone))


def occurrences(patterns: Iterable[ShiftPattern], timezone: str, start: datetime, end: datetime) -> list[Span]:
    """Every shift that has a moment between two aware times, uncut, in order of time; nothing when they are the same.

    Two patterns that overlap give two.
    """
    return sorted(span for pattern in patterns for _, span in dated(pattern, timezone, start, end))


def dated(pattern: ShiftPattern, timezone: str, start: datetime, end: datetime) -> list[tuple[date, Span]]:
    """The same of one pattern, with the day of the counselor's calendar on which each shift starts.

    In a zone that this machine does not know nobody works: that of one person must not break the week of all.
    """
    if not is_zone(timezone):
        return []
    zone = ZoneInfo(timezone)
    first = start.astimezone(zone).date() - timedelta(days=1)  # a shift may have begun yesterday
    days = [first + timedelta(days=n) for n in range((end.astimezone(zone).date() - first).days + 1)]
    found = [(day, span_on(pattern, day, timezone)) for day in days if starts_on(pattern, day)]
    return [(day, span) for day, span in found if max(span.start, start) < min(span.end, end)]


def on_shift(patterns: Iterable[ShiftPattern], timezone: str, now: datetime) -> bool:
    """Whether any shift covers `now` (aware)."""
    return bool(occurrences(patterns, timezone, now, now + timedelta.resolution))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _last_of_month(day: date) -> bool:
    return (day + timedelta(days=7)).month != day.month
