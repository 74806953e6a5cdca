"""One shift of a schedule put elsewhere: that one only, or it and all that follow; the rest stays as it was."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from routing.shifts import MINUTES_A_DAY, ShiftPattern, starts_on
from routing.spans import Span

A_DAY = timedelta(days=1)
LOOK_AHEAD = 800  # days: a fifth Monday of the month, or a rotation of half a year, has come again by then


def on_clock(span: Span, timezone: str) -> ShiftPattern | None:
    """The shift that comes once and is this stretch on that zone's clock (IANA name); None: none to a day are allowed.

    A minute that autumn has twice is its first one, as for every shift.
    """
    start, end = (moment.astimezone(ZoneInfo(timezone)).replace(tzinfo=None) for moment in span)
    return _once(start.date(), _minute(start), _minute(end)) if timedelta() < end - start <= A_DAY else None


def as_before(pattern: ShiftPattern, before: Span, wanted: Span, to: ShiftPattern) -> ShiftPattern:
    """Where the shift goes, an end that stays keeping its minute: in a night without 02:30 its instant says 03:00."""
    start = pattern.start_minute if wanted.start == before.start else to.start_minute
    end = pattern.end_minute if wanted.end == before.end else to.end_minute
    return replace(to, start_minute=start, end_minute=end)


def without(pattern: ShiftPattern, day: date) -> list[ShiftPattern]:
    """What is left of a shift when it does not come on `day`, on which it did: before it and after it."""
    return [*_before(pattern, day), *_from(pattern, day + A_DAY)]


def from_now_on(
    patterns: Iterable[ShiftPattern], pattern: ShiftPattern, day: date, to: ShiftPattern
) -> tuple[list[ShiftPattern], list[ShiftPattern]]:
    """The shift that starts on `day` and all later ones of its series, put where `to` (a shift that comes once) is.

    Two lists: what stays, and what has moved. A series is what was one shift before such changes cut it.
    """
    stay: list[ShiftPattern] = []
    moved: list[ShiftPattern] = []
    for each in patterns:
        later = _from(each, day) if _same_series(each, pattern) else []
        stay += _before(each, day) if later else [each]
        moved += [_put(one, to, _first(to) - day) for one in later]
    return stay, moved


def joined(patterns: Iterable[ShiftPattern]) -> list[ShiftPattern]:
    """The same shifts in no more patterns than it takes: one that was put back where it was leaves no trace."""
    left = sorted(set(patterns), key=lambda pattern: pattern.order)
    for early in left:
        for late in left:
            if early.valid_until is None or late.valid_from is None or not early.valid_until < late.valid_from:
                continue
            whole = replace(early, valid_until=late.valid_until)
            between = _between(whole, early.valid_until, late.valid_from)
            if _same_series(early, late) and all(one in left for one in between):
                return joined([whole, *(one for one in left if one not in (early, late, *between))])
    return left


def _between(whole: ShiftPattern, after: date, until: date) -> list[ShiftPattern]:
    days = (after + timedelta(days=n) for n in range(1, (until - after).days))
    return [_once(day, whole.start_minute, whole.end_minute) for day in days if starts_on(whole, day)]


def _same_series(one: ShiftPattern, other: ShiftPattern) -> bool:
    if one.comes_once or other.comes_once:
        return one == other
    if replace(one, valid_from=None, valid_until=None) != replace(other, valid_from=None, valid_until=None):
        return False
    return one.every_weeks == 1 or (_monday(_first(one)) - _monday(_first(other))).days // 7 % one.every_weeks == 0


def _put(pattern: ShiftPattern, to: ShiftPattern, away: timedelta) -> ShiftPattern:
    until = pattern.valid_until + away if pattern.valid_until else None
    minutes = {"start_minute": to.start_minute, "end_minute": to.end_minute}
    return replace(pattern, weekday=to.weekday, valid_from=_first(pattern) + away, valid_until=until, **minutes)


def _before(pattern: ShiftPattern, day: date) -> list[ShiftPattern]:
    """The shift as long as it starts before `day`; nothing when it never does."""
    first = pattern.valid_from
    if first is not None and not any(starts_on(pattern, one) for one in _days(first, (day - first).days)):
        return []
    return [replace(pattern, valid_until=day - A_DAY)]


def _from(pattern: ShiftPattern, day: date) -> list[ShiftPattern]:
    """The shift from the first time on which it comes, `day` or later; nothing when it never does."""
    since = max(day, pattern.valid_from or day)
    first = next((one for one in _days(since, LOOK_AHEAD) if starts_on(pattern, one)), None)
    if first is None:
        return []
    if first == pattern.valid_until:
        return [_once(first, pattern.start_minute, pattern.end_minute)]
    return [replace(pattern, valid_from=first)]


def _once(day: date, start_minute: int, end_minute: int) -> ShiftPattern:
    return ShiftPattern(day.weekday(), start_minute, end_minute, day, day)


def _first(pattern: ShiftPattern) -> date:
    return pattern.valid_from or date.min


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _days(first: date, count: int) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range(count))


def _minute(wall: datetime) -> int:
    return (wall.hour * 60 + wall.minute) % MINUTES_A_DAY
