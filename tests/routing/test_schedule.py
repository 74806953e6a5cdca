"""Patterns that come again, across midnight and the changes of the clock; what is swapped or taken off."""

import calendar
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.schedule import Change, Schedule, shifts_between, working, works_at
from routing.shift_words import ShiftWordsError, parse_shifts, written
from routing.shifts import LAST, MINUTES_A_DAY, ShiftPattern, occurrences, on_shift, span_on, starts_on
from routing.spans import Span, minus, union

BOSTON = "America/New_York"
# an hour in the night, half an hour, at midnight, the other half of the year, a day that was skipped, no change at all
ZONES = st.sampled_from([BOSTON, "Australia/Lord_Howe", "America/Havana", "America/Santiago", "Pacific/Apia", "UTC"])
minutes = st.integers(0, MINUTES_A_DAY - 1)
days = st.dates(date(2010, 1, 1), date(2030, 12, 31))
moments = st.datetimes(datetime(2010, 1, 2), datetime(2030, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001
patterns = st.builds(
    lambda first, start, end, weeks, nth, length: ShiftPattern(
        first.weekday(),
        start,
        end,
        first,
        None if length is None else first + timedelta(days=length),
        1 if nth else weeks,
        nth,
    ),
    days,
    minutes,
    minutes,
    st.integers(1, 5),
    st.none() | st.sampled_from([1, 2, 3, 4, 5, LAST]),
    st.none() | st.integers(0, 400),
)


def utc(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=UTC)


@given(patterns, ZONES, moments)
def test_every_moment_agrees_with_the_shifts_as_stretches_of_time(
    pattern: ShiftPattern, zone: str, now: datetime
) -> None:
    spans = occurrences([pattern], zone, now - timedelta(days=9), now + timedelta(days=9))
    assert on_shift([pattern], zone, now) == any(span.start <= now < span.end for span in spans)
    assert spans == sorted(spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))


@given(ZONES, st.lists(minutes, min_size=1, max_size=4, unique=True), moments)
def test_shifts_that_follow_each_other_cover_every_moment_exactly_once(
    zone: str, changes: list[int], now: datetime
) -> None:
    marks = sorted(changes)
    round_the_clock = [
        ShiftPattern(day, start, end)
        for day in range(7)
        for start, end in zip(marks, [*marks[1:], marks[0]], strict=True)
    ]
    assert sum(on_shift([pattern], zone, now) for pattern in round_the_clock) == 1


@settings(max_examples=15)
@given(st.integers(2012, 2030), minutes, minutes, ZONES)
def test_no_shift_is_lost_or_doubled_when_the_clocks_change(year: int, start: int, end: int, zone: str) -> None:
    spans = [
        span_on(ShiftPattern(day.weekday(), start, end), day, zone)
        for n in range(365)
        for day in [date(year, 1, 1) + timedelta(days=n)]
    ]
    wall = timedelta(minutes=(end - start) % MINUTES_A_DAY or MINUTES_A_DAY)
    longer_or_shorter = [span.end - span.start - wall for span in spans if span.end - span.start != wall]
    assert len(longer_or_shorter) <= 4  # each change of the clock falls into one shift, or into two that meet in it
    assert all(abs(change) <= timedelta(hours=1) for change in longer_or_shorter)
    assert all(one.start <= one.end <= other.start for one, other in pairwise(spans))


def test_in_the_night_that_loses_an_hour_and_in_the_one_that_gains_it() -> None:
    evening, morning = parse_shifts("sat 22:00-02:30"), parse_shifts("sun 02:30-06:00")
    spring, autumn = date(2026, 3, 7), date(2026, 10, 31)
    assert span_on(evening[0], spring, BOSTON) == (utc("2026-03-08T03:00"), utc("2026-03-08T07:00"))
    assert span_on(morning[0], date(2026, 3, 8), BOSTON) == (utc("2026-03-08T07:00"), utc("2026-03-08T10:00"))
    assert span_on(evening[0], autumn, BOSTON) == (utc("2026-11-01T02:00"), utc("2026-11-01T07:30"))
    half_past_one = parse_shifts("sat 22:00-01:30")[0]  # the hour that comes twice: it ends once
    assert span_on(half_past_one, autumn, BOSTON).end == utc("2026-11-01T05:30")


@given(days, st.integers(0, 6))
def test_a_monthly_shift_comes_on_its_weekday_of_the_calendar(day: date, weekday: int) -> None:
    weeks = [week[weekday] for week in calendar.monthcalendar(day.year, day.month) if week[weekday]]
    for nth in (1, 2, 3, 4, 5, LAST):
        expected = weeks[nth if nth == LAST else nth - 1] == day.day if abs(nth) <= len(weeks) else False
        assert starts_on(ShiftPattern(weekday, 0, 60, nth=nth), day) == expected


def test_the_words_of_a_roster_are_days_of_the_calendar() -> None:
    def starts(words: str, until: str = "2026-03-01") -> list[str]:
        found = occurrences(parse_shifts(words), BOSTON, utc("2026-01-01T05:00"), utc(f"{until}T05:00"))
        return [span.start.astimezone(ZoneInfo(BOSTON)).strftime("%m-%d %H:%M") for span in found]

    assert starts("first mon 09:00-17:00") == ["01-05 09:00", "02-02 09:00"]
    assert starts("last fri,sat 22:00-06:00") == ["01-30 22:00", "01-31 22:00", "02-27 22:00", "02-28 22:00"]
    assert starts("2nd,fourth tue 8:00-9:00", "2026-02-01") == ["01-13 08:00", "01-27 08:00"]
    every = "every 2 weeks mon,thu 09:00-17:00 from 2026-01-08 until 2026-02-05"  # that week is the first
    assert starts(every) == ["01-08 09:00", "01-19 09:00", "01-22 09:00", "02-02 09:00", "02-05 09:00"]
    assert starts("2026-02-14 18:00-02:00; 2026-2-15 18:00-20:00") == ["02-14 18:00", "02-15 18:00"]
    assert starts("wed 09:00-17:00 from 2026-02-12") == ["02-18 09:00", "02-25 09:00"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("sixth mon 09:00-17:00", "is not a day"),
        ("first mon-fri 09:00-17:00", "Name single days"),
        ("every 2 weeks mon 09:00-17:00", 'like "from 2026-01-05"'),
        ("every 99 weeks mon 09:00-17:00 from 2026-01-05", "Write 1 to 26 weeks"),
        ("every 2 weeks first mon 09:00-17:00 from 2026-01-05", "is not clear"),
        ("2026-02-30 09:00-17:00", '"2026-02-30"'),
        ("2026-01-05 09:00-17:00 until 2026-01-06", "is for one day"),
        ("mon 09:00-17:00 from tomorrow", '"tomorrow"'),
        ("mon 09:00-17:00 from 2026-02-01 until 2026-01-01", "ends before it begins"),
    ],
)
def test_a_pattern_that_cannot_be_is_refused_with_what_to_write(words: str, said: str) -> None:
    with pytest.raises(ShiftWordsError, match=said):
        parse_shifts(words)


@given(patterns)
def test_a_shift_is_read_as_it_is_written(pattern: ShiftPattern) -> None:
    if pattern.comes_once:
        pattern = ShiftPattern(
            pattern.weekday, pattern.start_minute, pattern.end_minute, pattern.valid_from, pattern.valid_from
        )
    assert parse_shifts(written(pattern)) == (pattern,)


def test_the_later_word_about_a_stretch_of_time_counts() -> None:
    night = Span(utc("2026-03-05T03:00"), utc("2026-03-05T11:00"))
    owner = Schedule(BOSTON, parse_shifts("wed 22:00-06:00"), (Change(night, on=False),))
    taker = Schedule(BOSTON, (), (Change(night, on=True),))
    noon = utc("2026-03-05T05:00")
    assert not works_at(owner, noon)
    assert works_at(taker, noon)
    assert shifts_between(taker, noon, noon + timedelta(days=1)) == [night]
    back_again = Schedule(BOSTON, owner.patterns, (*owner.changes, Change(night, on=True)))
    assert works_at(back_again, noon)
    off = Span(utc("2026-03-05T08:00"), utc("2026-03-06T08:00"))
    assert working(Schedule(BOSTON, (), (*taker.changes, Change(off, on=False))), night.start, off.end) == [
        Span(night.start, off.start)
    ]


hours = st.integers(0, 40).map(lambda n: utc("2026-03-01T00:00") + timedelta(hours=n))
some_spans = st.lists(st.tuples(hours, hours).map(lambda pair: Span(min(pair), max(pair))), max_size=5)


@given(some_spans, some_spans, hours)
def test_spans_are_sets_of_moments(some: list[Span], others: list[Span], now: datetime) -> None:
    def holds(spans: list[Span]) -> bool:
        return any(span.start <= now < span.end for span in spans)

    assert holds(union(some)) == holds(some)
    assert holds(minus(some, others)) == (holds(some) and not holds(others))
