"""Neutrality in numbers: who was shown how often, and what was offered against what was chosen."""

import io
from datetime import UTC, date, datetime, time, timedelta

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from services.directory import desk_lists
from services.directory.desk_lists import Neutrality
from web import guards
from web.guards import REPORTING, allow
from web.house import house
from web.spreadsheet import write_csv

PERIOD = timedelta(days=30)
TABLES = ("facilities", "operators", "choices")

blueprint = Blueprint("neutrality", __name__)


@blueprint.get("/reports/neutrality")
@allow(REPORTING)
def page() -> ResponseReturnValue:
    """Who was shown how often, and what was offered against what was chosen."""
    since, until = _period()
    return render_template("neutrality.html", found=_found(since, until), since=since, until=until)


@blueprint.get("/reports/neutrality/<table>.csv")
@allow(REPORTING)
def as_csv(table: str) -> ResponseReturnValue:
    """One table of the report as CSV."""
    if table not in TABLES:
        abort(404)
    since, until = _period()
    text = io.StringIO()
    write_csv(text, _rows(_found(since, until), table))
    headers = {"Content-Disposition": f"attachment; filename={table}-{since}-{until}.csv"}
    return Response(text.getvalue(), mimetype="text/csv", headers=headers)


def _found(since: date, until: date) -> Neutrality:
    def midnight(day: date) -> datetime:
        return datetime.combine(day, time(), UTC)

    return desk_lists.neutrality(house(), midnight(since), midnight(until + timedelta(days=1)))


def _period() -> tuple[date, date]:
    """First and last day asked for; the last thirty days by default."""
    today = guards.now().date()
    try:
        since = date.fromisoformat(request.args.get("since") or (today - PERIOD).isoformat())
        until = date.fromisoformat(request.args.get("until") or today.isoformat())
    except ValueError:
        abort(400)
    return since, until


def _rows(found: Neutrality, table: str) -> list[list[object]]:
    if table == "facilities":
        counted: list[list[object]] = [
            [f.facility_id, f.name, f.operator or "", f.shown, f.first, f.top] for f in found.facilities
        ]
        return [["facility_id", "name", "operator_phone", "shown", "first", "in_first_three"], *counted]
    if table == "operators":
        together = [
            [o.name, (o.number or "").removeprefix("+"), o.places, o.shown, o.first, o.top] for o in found.operators
        ]
        return [["operator", "phone", "places", "shown", "first", "in_first_three"], *together]
    picked: list[list[object]] = [[c.counselor, c.name, c.offered, c.chosen] for c in found.choices]
    return [["counselor", "operator", "offered", "chosen"], *picked]
