"""Calls by hour and weekday: when they come, how they are answered then, and how many counselors that asks for."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from routing import erlang
from routing.reports.figures import STANDARDS, ServiceFigures, seconds_of, service_figures
from routing.reports.journal import Call
from routing.spans import Span, common

HOUR = timedelta(hours=1)
Slot = tuple[int, int]  # weekday (Monday is 0), hour of the day
SLOTS: tuple[Slot, ...] = tuple(product(range(7), range(24)))


@dataclass(frozen=True)
class HourOfWeek:
    """One hour of the week. `times`: how often it lay in the period. `advised`: counselors that meet both standards
    by Erlang C; `rostered`: who was on duty on average. Both None when it never lay in the period."""

    weekday: int
    hour: int
    times: int
    figures: ServiceFigures
    per_hour: float
    advised: int | None
    rostered: float | None


def hours_of_week(
    calls: Iterable[Call], on_duty: Sequence[Span], period: Span, timezone: str, handle: float | None
) -> tuple[HourOfWeek, ...]:
    """All 168 hours, Monday 0:00 first, on the clock of `timezone` (IANA).

    `handle` is the mean handle time in seconds (`figures.handle`), the same for every hour because single hours have
    too few calls for one of their own; without any call no number is advised.
    """
    zone = ZoneInfo(timezone)
    by_slot: dict[Slot, list[Call]] = defaultdict(list)
    for call in calls:
        by_slot[slot_of(call.opened, zone)].append(call)
    times = Counter[Slot]()
    staff: dict[Slot, float] = defaultdict(float)
    for hour in hours_in(period):
        slot = slot_of(hour.start, zone)
        times[slot] += 1
    for shift in on_duty:
        for piece in common([shift], [period]):
            for hour in hours_in(piece):
                staff[slot_of(hour.start, zone)] += seconds_of(hour)
    return tuple(_hour(slot, times[slot], by_slot[slot], staff[slot], handle) for slot in SLOTS)


def _hour(slot: Slot, times: int, calls: list[Call], staffed: float, handle: float | None) -> HourOfWeek:
    per_hour = len(calls) / times if times else 0.0
    return HourOfWeek(
        weekday=slot[0],
        hour=slot[1],
        times=times,
        figures=service_figures(calls),
        per_hour=per_hour,
        advised=advised(per_hour, handle) if times and handle else None,
        rostered=staffed / 3600 / times if times else None,
    )


def advised(per_hour: float, handle: float) -> int:
    """The fewest counselors with whom Erlang C holds every standard; one at least, for the line is always open."""
    erlangs = erlang.load(per_hour, handle)
    return max(erlang.counselors_for(wanted, seconds, erlangs, handle) for wanted, seconds in STANDARDS)


def slot_of(at: datetime, zone: ZoneInfo) -> Slot:
    """The hour of the week on that clock; both hours of a night in which clocks go back are the same one."""
    local = at.astimezone(zone)
    return local.weekday(), local.hour


def hours_in(span: Span) -> Iterable[Span]:
    """The span cut at full hours (of UTC; zones with half hours are cut there as well, at their own half)."""
    start = span.start.astimezone(UTC)
    while start < span.end:
        end = min(start.replace(minute=0, second=0, microsecond=0) + HOUR, span.end)
        yield Span(start, end)
        start = end
