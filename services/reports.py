"""Reports of a period: every figure counted anew from the timeline of its contacts (routing.reports)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from models.event_log import timelines
from routing.clock import local_instant
from routing.reports import journal, outcomes
from routing.reports.figures import ServiceFigures, decided, occupancy, service_figures
from routing.reports.journal import Call, Event, by_contact, read_call
from routing.reports.outcomes import OutcomeCount, Outcomes
from routing.reports.week import HourOfWeek, hours_of_week
from routing.spans import Span
from services import shift_times
from services.house import House
from services.releasing import WRAP_UP

LONGEST = timedelta(days=366)
KINDS = journal.KINDS | outcomes.KINDS


@dataclass(frozen=True)
class Period:
    """Whole days, the last one included, on the clock of a zone (IANA)."""

    since: date
    until: date
    timezone: str

    @property
    def span(self) -> Span:
        """From the first midnight to the last."""
        start, end = (local_instant(day, 0, self.timezone) for day in (self.since, self.until + timedelta(days=1)))
        return Span(start, end)

    @property
    def days(self) -> tuple[date, ...]:
        """Every day of it."""
        return tuple(self.since + timedelta(days=n) for n in range((self.until - self.since).days + 1))


@dataclass(frozen=True)
class Report:
    """All figures of a period: of its calls, each of its days, each hour of the week, and what became of contacts."""

    period: Period
    calls: ServiceFigures
    occupancy: float | None
    days: tuple[tuple[date, ServiceFigures], ...]
    hours: tuple[HourOfWeek, ...]
    outcomes: Outcomes


def report(house: House, period: Period) -> Report:
    """Everything about the contacts that began in a period."""
    calls: list[Call] = []
    counted = OutcomeCount()
    with house.db.begin() as session:
        events = (Event(*row) for row in timelines(session, *period.span, KINDS))
        for timeline in by_contact(events):
            call = read_call(timeline, WRAP_UP)
            if call is not None:
                calls.append(call)
            counted.add(timeline)
        on_duty = shift_times.on_duty(session, period.span)
    figures = service_figures(calls)
    return Report(
        period=period,
        calls=figures,
        occupancy=occupancy(calls, on_duty, period.span),
        days=_by_day(calls, period),
        hours=hours_of_week(calls, on_duty, period.span, period.timezone, figures.handle),
        outcomes=counted.counted(),
    )


def today(house: House, now: datetime) -> ServiceFigures:
    """How calls were answered since midnight on the line's own clock; whoever has only just called is left out."""
    zone = house.rules.default_timezone
    day = now.astimezone(ZoneInfo(zone)).date()
    with house.db.begin() as session:
        events = (Event(*row) for row in timelines(session, *Period(day, day, zone).span, journal.KINDS))
        calls = [read_call(timeline, WRAP_UP) for timeline in by_contact(events)]
    return service_figures(decided((call for call in calls if call is not None), now))


def _by_day(calls: list[Call], period: Period) -> tuple[tuple[date, ServiceFigures], ...]:
    zone = ZoneInfo(period.timezone)

    def day_of(call: Call) -> date:
        return call.opened.astimezone(zone).date()

    by_day = {day: list(of_day) for day, of_day in groupby(sorted(calls, key=lambda call: call.opened), key=day_of)}
    return tuple((day, service_figures(by_day.get(day, []))) for day in period.days)
