"""Shifts read like a roster and hold at midnight and when the clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.shift_words import ShiftWordsError, parse_shifts
from routing.shifts import MINUTES_A_DAY, WEEKDAYS, ShiftPattern, on_shift

BOSTON = "America/New_York"


def at(words: str, zone: str = BOSTON) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(zone))


def test_a_roster_line_becomes_one_pattern_a_day() -> None:
    patterns = parse_shifts("mon-fri 22:00-06:00; sat 09:00-17:00")
    assert patterns[0] == ShiftPattern(0, 22 * 60, 6 * 60)
    assert [p.weekday for p in patterns] == [0, 1, 2, 3, 4, 5]
    assert patterns[5] == ShiftPattern(5, 9 * 60, 17 * 60)


def test_days_may_be_listed_wrap_round_the_week_or_be_daily() -> None:
    assert {p.weekday for p in parse_shifts("Fri-Mon 08:00-12:00")} == {4, 5, 6, 0}
    assert {p.weekday for p in parse_shifts("tue, thu 8:00 - 12:00")} == {1, 3}
    assert len(parse_shifts("daily 00:00-24:00")) == 7


def test_the_same_shift_twice_is_one_shift_and_no_words_are_none() -> None:
    assert parse_shifts("mon 09:00-17:00; mon-tue 09:00-17:00;") == parse_shifts("mon,tue 09:00-17:00")
    assert parse_shifts("  ") == ()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("mon-fri", "cannot be read"),
        ("mon 9-17", "cannot be read"),
        ("moon 09:00-17:00", '"moon"'),
        ("mon-frx 09:00-17:00", '"frx"'),
        ("mon 09:61-17:00", '"09:61"'),
        ("mon 09:00-24:30", '"24:30"'),
        ("mon 24:00-06:00", "next day"),
        (", 09:00-17:00", "is not a day"),
    ],
)
def test_a_wrong_shift_is_refused_with_what_is_wrong(words: str, said: str) -> None:
    with pytest.raises(ShiftWordsError, match=said):
        parse_shifts(words)


def test_a_night_shift_crosses_midnight_on_the_counselors_own_clock() -> None:
    night = parse_shifts("mon 22:00-06:00")
    assert on_shift(night, BOSTON, at("2026-03-02T22:00"))
    assert on_shift(night, BOSTON, at("2026-03-03T05:59"))
    assert not on_shift(night, BOSTON, at("2026-03-03T06:00"))
    assert not on_shift(night, BOSTON, at("2026-03-02T03:00"))
    assert not on_shift(night, "America/Los_Angeles", at("2026-03-02T22:00"))


def test_a_shift_ends_with_the_last_day_on_which_it_may_start() -> None:
    night = (ShiftPattern(0, 22 * 60, 6 * 60, valid_until=date(2026, 3, 2)),)
    assert on_shift(night, BOSTON, at("2026-03-03T05:00"))
    assert not on_shift(night, BOSTON, at("2026-03-09T23:00"))


def test_a_whole_day_shift_covers_its_day() -> None:
    whole = parse_shifts("sun 08:00-08:00")
    assert on_shift(whole, BOSTON, at("2026-03-02T07:59"))
    assert not on_shift(whole, BOSTON, at("2026-03-02T08:00"))


@pytest.mark.parametrize("day", [datetime(2026, 3, 8, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)])
def test_nobody_is_missing_in_the_night_when_the_clocks_change(day: datetime) -> None:
    evening, morning = parse_shifts("sat-sun 18:00-02:30"), parse_shifts("sun 02:30-10:00")
    for quarter in range(4 * 13):
        now = day + timedelta(minutes=15 * quarter)
        assert on_shift(evening, BOSTON, now) != on_shift(morning, BOSTON, now), now


minutes = st.integers(0, MINUTES_A_DAY - 1)


@given(st.integers(0, 6), minutes, minutes, st.integers(0, 6 * 366 * MINUTES_A_DAY))
def test_a_shift_and_the_rest_of_its_day_cover_every_moment_once(
    weekday: int, start: int, end: int, moment: int
) -> None:
    if start == end:
        return
    now = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=moment)
    week = [ShiftPattern(day, start, end) for day in range(7)]
    rest = [ShiftPattern(day, end, start) for day in range(7)]
    assert on_shift(week, BOSTON, now) != on_shift(rest, BOSTON, now)
    assert not on_shift([ShiftPattern(weekday, start, end)], BOSTON, now) or on_shift(week, BOSTON, now)


@given(st.lists(st.tuples(st.integers(0, 6), minutes, minutes), max_size=9))
def test_what_is_written_is_what_is_read(shifts: list[tuple[int, int, int]]) -> None:
    words = ";".join(f"{WEEKDAYS[d]} {s // 60:02}:{s % 60:02}-{e // 60:02}:{e % 60:02}" for d, s, e in shifts)
    assert set(parse_shifts(words)) == {ShiftPattern(*shift) for shift in shifts}
