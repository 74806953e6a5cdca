"""The record of a person on one page, to print and to export, and what was told lately: for admins and auditors."""

import io
import json
import uuid

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services import records
from services.records import Record
from web import guards
from web.console.speech import words
from web.guards import AUDITING, allow, limiter
from web.house import house
from web.spreadsheet import write_csv

KINDS = {"csv": "text/csv", "json": "application/json"}

blueprint = Blueprint("records", __name__, url_prefix="/admin/records")


@blueprint.get("")
@allow(AUDITING)
def listing() -> ResponseReturnValue:
    """What was told lately, of everybody, and how to find a person's record."""
    return _listing()


@blueprint.post("")
@allow(AUDITING)
@limiter.limit(guards.SIGN_IN_LIMIT)
def find() -> ResponseReturnValue:
    """The record of a telephone number, which stands in no address."""
    found = records.contact_with_number(house(), request.form.get("phone", ""))
    if found is None:
        return _listing(unknown=True), 404
    return redirect(url_for("records.person", contact_id=found, whole=1))


@blueprint.get("/<uuid:contact_id>")
@allow(AUDITING)
def person(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Consents, what was told, who read, what was sent: one page that prints."""
    return render_template("record.html", record=_record(contact_id))


@blueprint.get("/<uuid:contact_id>.<kind>")
@allow(AUDITING)
def export(contact_id: uuid.UUID, kind: str) -> ResponseReturnValue:
    """The same as one table, times in UTC."""
    if kind not in KINDS:
        abort(404)
    found, text = _record(contact_id), io.StringIO()
    if kind == "csv":
        write_csv(text, records.all_lines(found))
    else:
        text.write(json.dumps(records.lines(found), ensure_ascii=False, indent=1))
    name = f"record-{str(contact_id)[:8]}.{kind}"
    return Response(
        text.getvalue(), mimetype=KINDS[kind], headers={"Content-Disposition": f"attachment; filename={name}"}
    )


def _listing(*, unknown: bool = False) -> str:
    latest = records.latest_told(house(), guards.person().id, words().language, guards.now())
    return render_template("records.html", latest=latest, unknown=unknown)


def _record(contact_id: uuid.UUID) -> Record:
    whole = request.args.get("whole") == "1"
    found = records.record_of(house(), contact_id, guards.person().id, words().language, whole, guards.now())
    return found if found is not None else abort(404)
