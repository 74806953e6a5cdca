"""Shifts as a roster writes them: read from words with clear refusals, and written back."""

import re
from datetime import date
from typing import Final

from routing.sentence import cut, sentence
from routing.shifts import LAST, MINUTES_A_DAY, WEEKDAYS, ShiftPattern

NTH: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": LAST}
_NTH_WORDS = {number: word for word, number in NTH.items()}
_SHORT = {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5}
MOST_WEEKS = 26  # a rotation longer than half a year is a slip of the pen
EXAMPLES = (
    '"mon-fri 22:00-06:00", "first mon 09:00-17:00", "every 2 weeks sat 09:00-17:00 from 2026-01-03" '
    'or "2026-12-24 18:00-23:00"'
)
SENTENCES = {
    "unread": 'The shift "{shift}" cannot be read. Write it like {examples}.',
    "at_24": 'The shift "{shift}" starts at 24:00. Write 00:00 of the next day.',
    "one_day": 'The shift "{shift}" is for one day. Leave out every, from and until.',
    "backwards": 'The shift "{shift}" ends before it begins. Write the earlier date after "from".',
    "no_time": '"{time}" in the shift "{shift}" is not a time. Write 00:00 to 24:00.',
    "no_date": '"{date}" in the shift "{shift}" is not a date. Write it like 2026-12-24.',
    "too_far": '"every {weeks} weeks" in the shift "{shift}" is too far. Write 1 to {most} weeks.',
    "which_week": (
        'The shift "{shift}" does not say which week is the first. Add a date of it, like "from 2026-01-05".'
    ),
    "not_clear": 'The shift "{shift}" is not clear. Name single days of the month: "first mon,tue".',
    "no_day": (
        '"{day}" in the shift "{shift}" is not a day. Write mon, tue, wed, thu, fri, sat, sun, daily, "first '
        'mon" or a date like 2026-12-24.'
    ),
}
_ENTRY = re.compile(
    r"(?:every\s+(?P<weeks>\d{1,4})\s+weeks?\s+)?"
    r"(?P<days>[a-z0-9,\s-]+?)\s+(?P<start>\d{1,2}:\d{2})\s*-\s*(?P<end>\d{1,2}:\d{2})"
    r"(?:\s+from\s+(?P<from>\S+))?(?:\s+until\s+(?P<until>\S+))?"
)
_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")


class ShiftWordsError(ValueError):
    """A shift that cannot be read; `why` says which, and how to write it."""

    def __init__(self, code: str, shift: str, /, **values: object) -> None:
        self.why = sentence(f"shift_wrong.{code}", SENTENCES[code], cut({"shift": shift, **values}, 200))
        super().__init__(self.why)


def parse_shifts(words: str) -> tuple[ShiftPattern, ...]:
    """The shifts in `mon-fri 22:00-06:00; first mon 09:00-17:00`, in order, each once; empty words are none.

    An entry is days and times: days of the week (`mon-fri`, `sat,sun`, `daily`); such days of every month
    (`first mon`, `last fri,sat`); every few weeks (`every 2 weeks mon 09:00-17:00 from 2026-01-05`, that week
    being the first); or one date. All but the last may end with `from DATE` and `until DATE`.
    Raises ShiftWordsError with a sentence for whoever wrote them.
    """
    entries = [" ".join(entry.lower().split()) for entry in words.split(";")]
    found = {pattern for entry in entries if entry for pattern in _parse_entry(entry)}
    return tuple(sorted(found, key=lambda pattern: pattern.order))


def written(pattern: ShiftPattern) -> str:
    """One shift as `parse_shifts` reads it."""
    clock = f"{_clock(pattern.start_minute)}-{_clock(pattern.end_minute)}"
    if pattern.comes_once:
        return f"{pattern.valid_from} {clock}"
    day = WEEKDAYS[pattern.weekday]
    if pattern.nth is not None:
        day = f"{_NTH_WORDS[pattern.nth]} {day}"
    elif pattern.every_weeks > 1:
        day = f"every {pattern.every_weeks} weeks {day}"
    since = f" from {pattern.valid_from}" if pattern.valid_from else ""
    return f"{day} {clock}{since}" + (f" until {pattern.valid_until}" if pattern.valid_until else "")


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _parse_entry(entry: str) -> list[ShiftPattern]:
    found = _ENTRY.fullmatch(entry)
    if found is None:
        raise ShiftWordsError("unread", entry, examples=EXAMPLES)
    start, end = _minute(found["start"], entry), _minute(found["end"], entry)
    if start == MINUTES_A_DAY:
        raise ShiftWordsError("at_24", entry)
    first = _date(found["from"], entry) if found["from"] else None
    last = _date(found["until"], entry) if found["until"] else None
    days, weeks, minutes = found["days"].strip(), found["weeks"], (start, end % MINUTES_A_DAY)
    if _DAY.fullmatch(days):
        if first or last or weeks:
            raise ShiftWordsError("one_day", entry)
        day = _date(days, entry)
        return [ShiftPattern(day.weekday(), *minutes, day, day)]
    if first and last and last < first:
        raise ShiftWordsError("backwards", entry)
    every = _weeks(weeks, first, entry)
    return [
        ShiftPattern(weekday, *minutes, first, last, every, nth)
        for nth, weekday in _days(days, entry, rotates=every > 1)
    ]


def _minute(clock: str, entry: str) -> int:
    hour, minute = (int(part) for part in clock.split(":"))
    total = hour * 60 + minute
    if minute >= 60 or total > MINUTES_A_DAY:
        raise ShiftWordsError("no_time", entry, time=clock)
    return total


def _date(words: str, entry: str) -> date:
    try:
        if not _DAY.fullmatch(words):
            raise ValueError
        year, month, day = (int(part) for part in words.split("-"))
        return date(year, month, day)
    except ValueError:
        raise ShiftWordsError("no_date", entry, date=words) from None


def _weeks(words: str | None, first: date | None, entry: str) -> int:
    if words is None:
        return 1
    if not 1 <= int(words) <= MOST_WEEKS:
        raise ShiftWordsError("too_far", entry, weeks=words, most=MOST_WEEKS)
    if first is None:
        raise ShiftWordsError("which_week", entry)
    return int(words)


def _days(words: str, entry: str, *, rotates: bool) -> list[tuple[int | None, int]]:
    """Pairs of which of the month (None: each) and weekday."""
    which, _, rest = words.rpartition(" ")
    nths = [{**NTH, **_SHORT}.get(part.strip()) for part in which.split(",")] if which else []
    if which and None not in nths:
        if rotates or "-" in rest or rest == "daily":
            raise ShiftWordsError("not_clear", entry)
        return [(nth, day) for nth in nths for day in _weekdays(rest, entry)]
    return [(None, day) for day in _weekdays(words, entry)]


def _weekdays(words: str, entry: str) -> list[int]:
    if words in ("daily", "mon-sun"):
        return list(range(7))
    return [day for part in words.split(",") for day in _day_range(part.strip(), entry)]


def _day_range(part: str, entry: str) -> list[int]:
    first, dash, last = (word.strip() for word in part.partition("-"))
    unknown = next((word for word in (first, last if dash else first) if word not in WEEKDAYS), None)
    if unknown is not None:
        raise ShiftWordsError("no_day", entry, day=unknown)
    begin = WEEKDAYS.index(first)
    count = (WEEKDAYS.index(last) - begin) % 7 + 1 if dash else 1
    return [(begin + step) % 7 for step in range(count)]
