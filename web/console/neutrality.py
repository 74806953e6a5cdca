"""Neutrality in numbers: who was shown how often, and what was offered against what was chosen."""

import io

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue

from services.directory import desk_lists
from services.directory.desk_lists import Neutrality
from web.console.reports import period, zones
from web.guards import REPORTING, allow
from web.house import house
from web.spreadsheet import write_csv

TABLES = ("facilities", "operators", "choices")

blueprint = Blueprint("neutrality", __name__)


@blueprint.get("/reports/neutrality")
@allow(REPORTING)
def page() -> ResponseReturnValue:
    """Who was shown how often, and what was offered against what was chosen."""
    asked = period()
    found = desk_lists.neutrality(house(), *asked.span)
    return render_template("neutrality.html", found=found, period=asked, zones=zones(asked.timezone))


@blueprint.get("/reports/neutrality/<table>.csv")
@allow(REPORTING)
def as_csv(table: str) -> ResponseReturnValue:
    """One table of the report as CSV."""
    if table not in TABLES:
        abort(404)
    asked, text = period(), io.StringIO()
    write_csv(text, _rows(desk_lists.neutrality(house(), *asked.span), table))
    headers = {"Content-Disposition": f"attachment; filename={table}-{asked.since}-{asked.until}.csv"}
    return Response(text.getvalue(), mimetype="text/csv", headers=headers)


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
