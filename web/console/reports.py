"""Reports: how calls were answered, when they come, and what became of people; on a page and as CSV."""

import io
from collections.abc import Iterable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from routing.reports.figures import STANDARDS, ServiceFigures
from services import reports
from services.reports import LONGEST, Period, Report
from web import charts, guards
from web.guards import REPORTING, allow
from web.house import house
from web.spreadsheet import write_csv

DAYS = timedelta(days=28)
ZONES = (
    *("America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles"),
    *("America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico", "Pacific/Guam", "UTC"),
)

blueprint = Blueprint("reports", __name__)


@blueprint.get("/reports")
@allow(REPORTING)
def page() -> ResponseReturnValue:
    """All figures of a period."""
    found = reports.report(house(), period())
    return render_template(
        "reports.html",
        found=found,
        period=found.period,
        zones=zones(found.period.timezone),
        standards=STANDARDS,
        days=charts.days_chart(found.days),
        week=charts.week_chart(found.hours),
    )


@blueprint.get("/reports/<table>.csv")
@allow(REPORTING)
def csv(table: str) -> ResponseReturnValue:
    """One table of the report as CSV."""
    rows = TABLES.get(table)
    if rows is None:
        abort(404)
    asked = period()
    text = io.StringIO()
    write_csv(text, rows(reports.report(house(), asked)))
    headers = {"Content-Disposition": f"attachment; filename={table}-{asked.since}-{asked.until}.csv"}
    return Response(text.getvalue(), mimetype="text/csv", headers=headers)


def period() -> Period:
    """The days and the zone asked for; the last four weeks in the reader's own zone by default. 400 in words."""
    zone = request.args.get("zone") or guards.person().timezone
    if zone not in zones(guards.person().timezone):
        abort(400)
    today = guards.now().astimezone(ZoneInfo(zone)).date()
    try:
        until = date.fromisoformat(request.args.get("until") or today.isoformat())
        since = date.fromisoformat(request.args.get("since") or (until - DAYS + timedelta(days=1)).isoformat())
        until + timedelta(days=2)
    except (ValueError, OverflowError):
        abort(400)
    if not timedelta() <= until - since < LONGEST:
        abort(400)
    return Period(since, until, zone)


def zones(own: str) -> tuple[str, ...]:
    """Zones to choose from: the reader's, the line's, and those of the United States."""
    return tuple(dict.fromkeys((own, house().rules.default_timezone, *ZONES)))


def _figures(found: Report) -> Iterable[list[object]]:
    calls, what = found.calls, found.outcomes
    yield ["figure", "value"]
    yield ["calls_offered", calls.offered]
    yield from ([f"first_wait_{end}", count] for end, count in calls.ends.items())
    yield from (
        [f"answered_within_{seconds}_s", _number(share)]
        for (_, seconds), share in zip(STANDARDS, calls.within, strict=True)
    )
    yield ["average_speed_of_answer_s", _number(calls.speed_of_answer)]
    yield ["abandoned", _number(calls.abandoned)]
    yield ["gave_up_after_median_s", _number(calls.gave_up_after)]
    yield ["gave_up_in_a_later_wait", calls.gave_up_later]
    yield ["reached_by_call_back", calls.reached_later]
    yield ["longest_wait_s", _number(calls.longest)]
    yield ["handle_time_s", _number(calls.handle)]
    yield ["answered_by_backup", calls.by_backup]
    yield ["occupancy", _number(found.occupancy)]
    yield ["contacts", what.contacts]
    yield ["text_conversations", what.texts]
    yield ["texts_wanting_a_counselor", what.texts_wanting]
    yield ["texts_taken", what.texts_taken]
    yield ["text_wait_mean_s", _number(what.text_wait)]
    yield from ([f"disposition_{name}", count] for name, count in sorted(what.dispositions.items()))
    for row in what.arrivals:
        who = "answered_a_follow_up" if row.answered else "answered_no_follow_up"
        yield [f"arrived_{who}", row.arrived]
        yield [f"not_arrived_{who}", row.not_arrived]


def _service(figures: ServiceFigures) -> list[object]:
    numbers = (*figures.within, figures.speed_of_answer, figures.abandoned, figures.longest)
    return [figures.offered, figures.answered, *map(_number, numbers)]


_SERVICE = ["offered", "answered", "within_15_s", "within_20_s", "speed_of_answer_s", "abandoned", "longest_wait_s"]


def _days(found: Report) -> Iterable[list[object]]:
    yield ["day", *_SERVICE]
    yield from ([day.isoformat(), *_service(figures)] for day, figures in found.days)


def _hours(found: Report) -> Iterable[list[object]]:
    yield ["weekday", "hour", "times", "calls_per_hour", "advised_counselors", "rostered_counselors", *_SERVICE]
    for hour in found.hours:
        staff = [_number(hour.per_hour), hour.advised, _number(hour.rostered)]
        yield [hour.weekday + 1, hour.hour, hour.times, *staff, *_service(hour.figures)]


def _needs(found: Report) -> Iterable[list[object]]:
    yield ["by", "name", "contacts", "no_place", "turned_down", "unmet"]
    for by, rows in (("place", found.outcomes.by_place), ("payer", found.outcomes.by_payer)):
        yield from ([by, row.name, row.contacts, row.no_place, row.turned_down, row.unmet] for row in rows)


def _follow_ups(found: Report) -> Iterable[list[object]]:
    yield ["kind", "planned", "begun", "answered", "answer_share", "ended_how", "count"]
    for row in found.outcomes.follow_ups:
        start = [row.kind, row.planned, row.begun, row.answered, _number(row.answer_share)]
        yield from ([*start, end, count] for end, count in (row.ends or {"": 0}).items())


def _referrals(found: Report) -> Iterable[list[object]]:
    yield ["referrals", "count"]
    yield from sorted([name, count] for name, count in found.outcomes.referrals.items())


def _number(value: float | None) -> object:
    return "" if value is None else round(value, 4)


TABLES = {
    "figures": _figures,
    "days": _days,
    "hours": _hours,
    "needs": _needs,
    "follow_ups": _follow_ups,
    "referrals": _referrals,
}
