"""Clocks: any zone, gaps and folds, leap days, and zones that skip a day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given
from hypothesis import strategies as st

from routing import clock

ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("posix", "right")))
START = datetime(2000, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 26_000_000).map(lambda minute: START + timedelta(minutes=minute))
WINDOWS = st.tuples(st.integers(0, 22), st.integers(1, 24)).filter(lambda pair: pair[0] + 1 < pair[1])


@given(INSTANTS, st.sampled_from(ZONES), WINDOWS)
def test_the_next_open_moment_is_open_never_earlier_and_soon(now: datetime, zone: str, window: tuple[int, int]) -> None:
    moment = clock.next_open(now, zone, *window)
    assert moment >= now
    assert clock.is_open(moment, zone, *window)
    assert moment - now <= timedelta(hours=50)  # a day, its hour of change, and once a skipped day


@given(INSTANTS, st.sampled_from(ZONES))
def test_nobody_waits_past_the_start_of_the_window(now: datetime, zone: str) -> None:
    moment = clock.next_open(now, zone, 9, 20)
    before = moment - timedelta(minutes=1)
    assert moment == now or before < now or not clock.is_open(before, zone, 9, 20)


@given(INSTANTS, st.lists(st.sampled_from(ZONES), min_size=1, max_size=3))
def test_several_possible_zones_are_all_awake_when_that_is_possible(now: datetime, zones: list[str]) -> None:
    moment = clock.next_open_everywhere(now, zones, 9, 20)
    assert moment >= now
    assert clock.is_open(moment, zones[0], 9, 20)
    offsets = [moment.astimezone(ZoneInfo(zone)).utcoffset() or timedelta() for zone in zones]
    if max(offsets) - min(offsets) <= timedelta(hours=9):
        assert all(clock.is_open(moment, zone, 9, 20) for zone in zones)


def test_the_spring_gap_moves_an_hour_that_does_not_exist_on() -> None:
    # 2026-03-08, New York: 02:00 becomes 03:00
    moment = clock.local_instant(date(2026, 3, 8), 2, "America/New_York")
    assert moment == datetime(2026, 3, 8, 7, tzinfo=UTC)
    assert moment.astimezone(ZoneInfo("America/New_York")).hour == 3


def test_the_autumn_fold_counts_the_first_of_two_equal_hours() -> None:
    # 2026-11-01, New York: 01:00 comes twice
    assert clock.local_instant(date(2026, 11, 1), 1, "America/New_York") == datetime(2026, 11, 1, 5, tzinfo=UTC)


def test_the_window_opens_at_nine_on_the_day_of_change_and_on_a_leap_day() -> None:
    evening = datetime(2026, 3, 8, 2, tzinfo=UTC)  # 21:00 on Saturday in New York
    assert clock.next_open(evening, "America/New_York", 9, 20) == datetime(2026, 3, 8, 13, tzinfo=UTC)
    assert clock.next_open(datetime(2028, 2, 29, 5, tzinfo=UTC), "America/Chicago", 9, 20) == datetime(
        2028, 2, 29, 15, tzinfo=UTC
    )


def test_samoa_skipped_a_day_and_still_has_mornings() -> None:
    night = datetime(2011, 12, 30, 9, tzinfo=UTC)  # Thursday evening; Friday does not exist there
    assert clock.next_open(night, "Pacific/Apia", 9, 20).astimezone(ZoneInfo("Pacific/Apia")).day == 31


def test_an_area_code_guesses_a_zone_and_a_free_number_does_not() -> None:
    assert clock.guessed_zones("+16175550123") == ("America/New_York",)
    assert clock.guessed_zones("+15035550123") == ("America/Los_Angeles",)
    assert clock.guessed_zones("anonymous") == ()


def test_an_unknown_zone_is_not_a_zone() -> None:
    assert clock.is_zone("America/Denver")
    assert not clock.is_zone("America/Nowhere")
    assert not clock.is_zone("../etc/passwd")
