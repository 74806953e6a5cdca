"""A shift that is put elsewhere leaves every other one where it was."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.shift_moves import from_now_on, joined, on_clock, without
from routing.shift_words import parse_shifts, written
from routing.shifts import ShiftPattern, starts_on
from routing.spans import Span

DAY = date(2026, 11, 27)  # a Friday
WORDS = (
    "fri 22:00-06:00",
    "every 2 weeks fri 09:00-17:00 from 2026-11-13",
    "last fri 09:00-17:00 until 2027-06-30",
    "fri 09:00-17:00 from 2026-11-20 until 2026-12-11",
    "2026-11-27 09:00-17:00",
)


def one(words: str) -> ShiftPattern:
    (found,) = parse_shifts(words)
    return found


def starts(patterns: list[ShiftPattern]) -> set[tuple[date, int, int]]:
    days = [DAY + timedelta(days=n) for n in range(-60, 250)]
    return {(d, p.start_minute, p.end_minute) for p in patterns for d in days if starts_on(p, d)}


@pytest.mark.parametrize("words", WORDS)
def test_one_shift_goes_and_comes_back_without_a_trace(words: str) -> None:
    pattern, to = one(words), one("2026-11-26 20:15-04:30")
    rest = without(pattern, DAY)
    back = on_clock(Span(*(datetime(2026, 11, 27, h, tzinfo=UTC) for h in (9, 17))), "UTC")
    assert starts(rest) == {start for start in starts([pattern]) if start[0] != DAY}
    assert starts(joined([*rest, to])) == starts(rest) | {(DAY - timedelta(days=1), 20 * 60 + 15, 4 * 60 + 30)}
    assert joined([*rest, back if words != WORDS[0] else one("2026-11-27 22:00-06:00")]) == [pattern]


def test_from_now_on_takes_what_an_earlier_change_cut_off_and_leaves_that_change() -> None:
    patterns = parse_shifts("fri 22:00-06:00 until 2026-12-10; 2026-12-11 18:00-23:00; fri 22:00-06:00 from 2026-12-18")
    pattern = next(p for p in patterns if p.valid_from is None)
    stay, moved = from_now_on(patterns, pattern, DAY, one("2026-11-28 21:00-05:00"))
    assert sorted(map(written, joined([*stay, *moved]))) == [
        "2026-12-11 18:00-23:00",
        "fri 22:00-06:00 until 2026-11-26",
        "sat 21:00-05:00 from 2026-11-28 until 2026-12-11",
        "sat 21:00-05:00 from 2026-12-19",
    ]


@settings(max_examples=60)
@given(st.integers(-6, 6), st.integers(0, 95), st.integers(1, 96), st.integers(0, 3))
def test_a_rotation_moved_from_now_on_keeps_its_turn(away: int, start: int, length: int, turn: int) -> None:
    pattern = one("every 4 weeks fri 09:00-17:00 from 2026-10-02")
    day = date(2026, 10, 30) + timedelta(weeks=4 * turn)
    goes = day + timedelta(days=away)
    to = ShiftPattern(goes.weekday(), start * 15, (start + length) * 15 % 1440, goes, goes)
    stay, moved = from_now_on([pattern], pattern, day, to)
    fresh = starts(moved)
    assert all((d, 540, 1020) in starts([pattern]) and d < day for d, _, _ in starts(stay))
    assert {d for d, _, _ in fresh} >= {goes + timedelta(weeks=4 * n) for n in range(3)}
    assert {(d - goes).days % 28 for d, _, _ in fresh} == {0}


def test_a_stretch_is_read_on_the_counselors_own_clock() -> None:
    night = Span(datetime(2026, 11, 1, 3, tzinfo=UTC), datetime(2026, 11, 1, 12, tzinfo=UTC))  # nine hours in New York
    assert on_clock(night, "America/New_York") == one("2026-10-31 23:00-07:00")
    assert on_clock(night, "America/Phoenix") == one("2026-10-31 20:00-05:00")
    day = Span(night.start, night.start + timedelta(hours=25))
    assert on_clock(day, "America/New_York") == one("2026-10-31 23:00-23:00"), "25 hours by the sun, a day by the clock"
    assert on_clock(day, "America/Phoenix") is None
    assert on_clock(Span(night.end, night.start), "UTC") is None
