"""One person's record on one page, to print and to export, and what was told lately: for admins and auditors.

Admins also hold it, hand it out whole, or forget the person there.
"""

import io
import json
import uuid

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services import person_record, records
from services.person_record import RecordRefused
from services.records import Record
from web import guards
from web.console import export_words, unreadable
from web.console.speech import words
from web.guards import ADMINS, AUDITING, allow
from web.house import house
from web.spreadsheet import write_csv
from web.words import Words

KINDS = {"csv": "text/csv", "json": "application/json"}

blueprint = Blueprint("records", __name__, url_prefix="/admin/records")


@blueprint.get("")
@allow(AUDITING)
def listing() -> ResponseReturnValue:
    """What was told lately, of everybody, and how to find a person's record."""
    return _listing()


@blueprint.post("")
@allow(AUDITING)
@guards.person_limit()
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


@blueprint.get("/caller/<uuid:caller_id>")
@allow(AUDITING)
def of_caller(caller_id: uuid.UUID) -> ResponseReturnValue:
    """The same for whoever is held."""
    found = records.newest_contact(house(), caller_id)
    return redirect(url_for("records.person", contact_id=found, whole=1)) if found else abort(404)


@blueprint.post("/<uuid:contact_id>")
@allow(ADMINS)
def act(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Hold, end a hold, hand all of it out, or forget the person (`act`): of the number, with all its contacts."""
    act, by, now = request.form.get("act", ""), guards.person().id, guards.now()
    caller_id = _record(contact_id, whole=True).caller_id
    refused: RecordRefused | None = None
    if act in ("json", "html"):
        return _handed_out(caller_id, act)
    if act == "hold":
        contact = request.form.get("contact", type=uuid.UUID)
        refused = person_record.place_hold(house(), caller_id, contact, request.form.get("reason", ""), by, now)
    elif act == "end_hold":
        hold = request.form.get("hold", type=uuid.UUID)
        if hold is None or not person_record.end_hold(house(), hold, by, now):
            abort(404)
    elif act == "forget" and request.form.get("sure"):
        refused = person_record.forget(house(), caller_id, by, now)
    else:
        abort(400)
    if refused is not None:
        shown = _record(contact_id, whole=True)
        return render_template("record.html", record=shown, refused=refused.value), 409
    return redirect(url_for("records.person", contact_id=contact_id, whole=1))


def _handed_out(caller_id: uuid.UUID, how: str) -> ResponseReturnValue:
    unreadable.shown()
    told = person_record.export(house(), caller_id, guards.person().id, guards.now())
    if told is None:
        abort(404)
    if how == "json":
        text, kind = json.dumps(told, ensure_ascii=False, indent=2), "application/json"
    else:
        t = Words(words().language, told["timezone"] or house().rules.default_timezone)
        text, kind = render_template("person_export.html", told=export_words.readable(told, t), t=t), "text/html"
    headers = {"Content-Disposition": f"attachment; filename=record-{guards.now():%Y-%m-%d}.{how}"}
    return Response(text, mimetype=kind, headers=headers)


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
    unreadable.shown()
    latest = records.latest_told(house(), guards.person().id, words().language, guards.now())
    return render_template("records.html", latest=latest, unknown=unknown)


def _record(contact_id: uuid.UUID, *, whole: bool = False) -> Record:
    whole = whole or request.args.get("whole") == "1"
    found = records.record_of(house(), contact_id, guards.person().id, words().language, whole, guards.now())
    return found if found is not None else abort(404)
