"""Weekly shifts: read from words, and asked whether they cover a moment."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_A_DAY = 24 * 60
_ENTRY = re.compile(r"(?P<days>[a-z,\s-]+?)\s+(?P<start>\d{1,2}:\d{2})\s*-\s*(?P<end>\d{1,2}:\d{2})")


class ShiftWordsError(ValueError):
    """A shift that cannot be read; the message says which, and how to write it."""


@dataclass(frozen=True, order=True)
class ShiftPattern:
    """A shift of every week, by the clock on the counselor's wall.

    `weekday` is the day on which it starts (0 is Monday); minutes count from midnight, and an end at or before
    the start is on the next day. `valid_from` and `valid_until` bound the starting day, both included.
    """

    weekday: int
    start_minute: int
    end_minute: int
    valid_from: date | None = None
    valid_until: date | None = None


def parse_shifts(words: str) -> tuple[ShiftPattern, ...]:
    """The shifts in `mon-fri 22:00-06:00; sat,sun 09:00-17:00` (also `daily`), sorted, each once.

    Empty words are no shifts. Raises ShiftWordsError with a sentence for whoever wrote them.
    """
    entries = [entry.strip().lower() for entry in words.split(";")]
    return tuple(sorted({pattern for entry in entries if entry for pattern in _parse_entry(entry)}))


def on_shift(patterns: Iterable[ShiftPattern], timezone: str, now: datetime) -> bool:
    """Whether any shift covers `now` (aware). `timezone` is the counselor's IANA name.

    The wall clock decides, so that shifts which follow each other leave no gap when the clocks change: in spring
    a shift of the hour that does not exist takes no time, in autumn the doubled hour counts both times.
    """
    wall = now.astimezone(ZoneInfo(timezone)).replace(tzinfo=None)
    return any(covers(pattern, wall) for pattern in patterns)


def covers(pattern: ShiftPattern, wall: datetime) -> bool:
    """Whether the shift that began today or yesterday is running at `wall` (naive, the counselor's own clock)."""
    return any(_runs(pattern, wall.date() - timedelta(days=back), wall) for back in (0, 1))


def _runs(pattern: ShiftPattern, day: date, wall: datetime) -> bool:
    if day.weekday() != pattern.weekday or not _valid(pattern, day):
        return False
    length = (pattern.end_minute - pattern.start_minute) % MINUTES_A_DAY or MINUTES_A_DAY
    starts = datetime.combine(day, datetime.min.time()) + timedelta(minutes=pattern.start_minute)
    return starts <= wall < starts + timedelta(minutes=length)


def _valid(pattern: ShiftPattern, day: date) -> bool:
    begun = pattern.valid_from is None or pattern.valid_from <= day
    return begun and (pattern.valid_until is None or day <= pattern.valid_until)


def _parse_entry(entry: str) -> list[ShiftPattern]:
    found = _ENTRY.fullmatch(entry)
    if found is None:
        raise ShiftWordsError(f'The shift "{entry}" cannot be read. Write it like "mon-fri 22:00-06:00".')
    start, end = _minute(found["start"], entry), _minute(found["end"], entry)
    if start == MINUTES_A_DAY:
        raise ShiftWordsError(f'The shift "{entry}" starts at 24:00. Write 00:00 of the next day.')
    return [ShiftPattern(day, start, end % MINUTES_A_DAY) for day in _days(found["days"], entry)]


def _minute(clock: str, entry: str) -> int:
    hour, minute = (int(part) for part in clock.split(":"))
    total = hour * 60 + minute
    if minute >= 60 or total > MINUTES_A_DAY:
        raise ShiftWordsError(f'"{clock}" in the shift "{entry}" is not a time. Write 00:00 to 24:00.')
    return total


def _days(words: str, entry: str) -> list[int]:
    if words.strip() in ("daily", "mon-sun"):
        return list(range(7))
    return [day for part in words.split(",") for day in _day_range(part.strip(), entry)]


def _day_range(part: str, entry: str) -> list[int]:
    first, dash, last = (word.strip() for word in part.partition("-"))
    unknown = next((word for word in (first, last if dash else first) if word not in WEEKDAYS), None)
    if unknown is not None:
        raise ShiftWordsError(
            f'"{unknown}" in the shift "{entry}" is not a day. Write mon, tue, wed, thu, fri, sat, sun or daily.'
        )
    begin = WEEKDAYS.index(first)
    count = (WEEKDAYS.index(last) - begin) % 7 + 1 if dash else 1
    return [(begin + step) % 7 for step in range(count)]
