"""What helps: the follow-ups that are compared at random, with shares, intervals and honest words, and as CSV."""

import io

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from services import experiments
from web import guards
from web.comparisons import DIFFERENCE, HEAD, judgement, rows
from web.guards import REPORTING, allow
from web.house import house
from web.spreadsheet import write_csv

blueprint = Blueprint("experiments", __name__)


@blueprint.get("/reports/experiments")
@allow(REPORTING)
def page() -> ResponseReturnValue:
    """Every experiment with its arms."""
    reports = experiments.report(house(), guards.now())
    return render_template("experiments.html", reports=reports, judgement=judgement)


@blueprint.get("/reports/experiments.csv")
@allow(REPORTING)
def as_csv() -> ResponseReturnValue:
    """The same as a table."""
    text = io.StringIO()
    write_csv(text, [[*HEAD, *DIFFERENCE], *rows(experiments.report(house(), guards.now()))])
    headers = {"Content-Disposition": "attachment; filename=experiments.csv"}
    return Response(text.getvalue(), mimetype="text/csv", headers=headers)
