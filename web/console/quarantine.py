"""The quarantine: rows that imports could not take, by import, with reasons in the reader's language, and as CSV."""

import io

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from services.directory.quarantine import quarantine
from web.console import speech
from web.guards import ADMINS, allow
from web.house import house
from web.spreadsheet import write_csv

COLUMNS = ("name1", "name2", "street1", "city", "state", "zip")

blueprint = Blueprint("quarantine", __name__)


@blueprint.get("/directory/quarantine")
@allow(ADMINS)
def page() -> ResponseReturnValue:
    """One page of the rows of an import, the newest that has any by default."""
    import_id, number = request.args.get("import", type=int), request.args.get("page", 1, type=int)
    found = quarantine(house(), import_id, number)
    if import_id is not None and found.chosen is None:
        abort(404)
    return render_template("quarantine.html", found=found)


@blueprint.get("/directory/quarantine/<int:import_id>.csv")
@allow(ADMINS)
def as_csv(import_id: int) -> ResponseReturnValue:
    """All rows of an import."""
    found = quarantine(house(), import_id, whole=True)
    if found.chosen is None:
        abort(404)
    text = io.StringIO()
    rows = [
        [row.line, *(row.content.get(name, "") for name in COLUMNS), "; ".join(map(speech.sentence, row.reasons))]
        for row in found.rows
    ]
    write_csv(text, [["line", *COLUMNS, "reasons"], *rows])
    headers = {"Content-Disposition": f"attachment; filename=quarantine-{import_id}.csv"}
    return Response(text.getvalue(), mimetype="text/csv", headers=headers)
