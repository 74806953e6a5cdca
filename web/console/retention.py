"""How long records are kept and what would go when; one person's record: found, held, handed out, forgotten."""

import json
import uuid

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services import person_record, retention
from services.person_record import RecordRefused
from web import guards
from web.guards import ADMINS, AUDITING, allow, limiter
from web.house import house

blueprint = Blueprint("retention", __name__)


@blueprint.get("/admin/retention")
@allow(AUDITING)
def page() -> ResponseReturnValue:
    """Periods, what would go now and soon, and what is held."""
    return _page()


@blueprint.post("/admin/retention/person")
@allow(ADMINS)
@limiter.limit(guards.SIGN_IN_LIMIT)
def find() -> ResponseReturnValue:
    """Find a person by their number, which no address ever carries."""
    found = person_record.find(house(), request.form.get("number", ""))
    return redirect(url_for("retention.record", caller_id=found)) if found else (_page(unknown=True), 404)


@blueprint.get("/admin/retention/contact/<uuid:contact_id>")
@allow(ADMINS)
def of_contact(contact_id: uuid.UUID) -> ResponseReturnValue:
    """The record of the person of a contact."""
    found = person_record.of_contact(house(), contact_id)
    return redirect(url_for("retention.record", caller_id=found)) if found else abort(404)


@blueprint.get("/admin/retention/person/<uuid:caller_id>")
@allow(ADMINS)
def record(caller_id: uuid.UUID) -> ResponseReturnValue:
    """What there is of one person, before any of it is read."""
    return _record(caller_id)


@blueprint.post("/admin/retention/person/<uuid:caller_id>")
@allow(ADMINS)
def act(caller_id: uuid.UUID) -> ResponseReturnValue:
    """Hold, end a hold, hand out, or forget (`act`)."""
    asked = guards.stepped_up(url_for("retention.record", caller_id=caller_id))
    if asked is not None:
        return asked
    act, by, now = request.form.get("act", ""), guards.person().id, guards.now()
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
        return _record(caller_id, refused=refused.value), 409
    return redirect(url_for("retention.record", caller_id=caller_id))


def _handed_out(caller_id: uuid.UUID, how: str) -> ResponseReturnValue:
    told = person_record.export(house(), caller_id, guards.person().id, guards.now())
    if told is None:
        abort(404)
    if how == "json":
        words, kind = json.dumps(told, ensure_ascii=False, indent=2), "application/json"
    else:
        words, kind = render_template("person_export.html", told=told), "text/html"
    headers = {"Content-Disposition": f"attachment; filename=record-{guards.now():%Y-%m-%d}.{how}"}
    return Response(words, mimetype=kind, headers=headers)


def _record(caller_id: uuid.UUID, *, refused: str = "") -> str:
    found = person_record.summary(house(), caller_id)
    if found is None:
        abort(404)
    return render_template("person_record.html", found=found, refused=refused)


def _page(*, unknown: bool = False) -> str:
    holds, copies = retention.standing(house())
    rows = retention.forecast(house(), guards.now())
    return render_template("retention.html", rows=rows, holds=holds, copies=copies, unknown=unknown)
