"""What may be told of a person, on a contact's page: a consent asked for and ended, telling it, an emergency."""

import uuid

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from routing.disclosure import SharedFor, SignsAs, Told
from services import emergency_disclosure, telling, written_consents
from services.disclosure import Disclosed
from services.emergency_disclosure import Emergency
from services.telling import NotTold
from services.written_consents import Unprepared, Wish
from web import guards
from web.console.contacts import emergency_facts, found_page, live_parts
from web.guards import ANSWERING, allow
from web.house import house

blueprint = Blueprint("sharing", __name__, url_prefix="/contacts/<uuid:contact_id>")


@blueprint.post("/consents")
@allow(ANSWERING)
def prepare(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for a written consent by a texted link."""
    signs_as = request.form.get("signs_as", "")
    wish = Wish(
        listing_id=request.form.get("listing", 0, type=int),
        facts=request.form.getlist("fact"),
        purposes=request.form.getlist("purpose"),
        days=request.form.get("days", 0, type=int),
        agreed=request.form.get("agreed") == "yes",
        signs_as=SignsAs(signs_as) if signs_as in set(SignsAs) else None,
        made_sure=request.form.get("made_sure") == "yes",
    )
    refused = written_consents.prepare(house(), contact_id, guards.person().id, wish, guards.now())
    if refused is Unprepared.NO_CONTACT:
        abort(404)
    return live_parts(contact_id, unprepared=refused), 409 if refused else 200


@blueprint.post("/consents/<uuid:consent_id>/end")
@allow(ANSWERING)
def end(contact_id: uuid.UUID, consent_id: uuid.UUID) -> ResponseReturnValue:
    """The person took it back, or the request is withdrawn."""
    if not written_consents.revoke(house(), contact_id, consent_id, guards.person().id, guards.now()):
        abort(404)
    return live_parts(contact_id)


@blueprint.post("/consents/<uuid:consent_id>/tell")
@allow(ANSWERING)
def tell(contact_id: uuid.UUID, consent_id: uuid.UUID) -> ResponseReturnValue:
    """The counselor tells the facility what was agreed, or has it texted there: shown with the notice, on record."""
    how = Told.TEXT if request.form.get("how") == Told.TEXT else Told.SPOKEN
    told = _told(contact_id, consent_id, how)
    if isinstance(told, NotTold):
        return render_template("_telling.html", not_told=told.value), 409
    return render_template("_telling.html", telling=told, texted=how is Told.TEXT)


@blueprint.post("/consents/<uuid:consent_id>/sheet")
@allow(ANSWERING)
def sheet(contact_id: uuid.UUID, consent_id: uuid.UUID) -> ResponseReturnValue:
    """The same on a page to print and hand over."""
    told = _told(contact_id, consent_id, Told.PRINT)
    if isinstance(told, NotTold):
        abort(409)
    return render_template("told_sheet.html", telling=told, contact_id=contact_id)


def _told(contact_id: uuid.UUID, consent_id: uuid.UUID, how: Told) -> Disclosed | NotTold:
    try:
        purpose = SharedFor(request.form.get("purpose", ""))
    except ValueError:
        abort(400)
    return telling.tell_now(house(), contact_id, consent_id, guards.person().id, purpose, how, guards.now())


@blueprint.post("/emergency")
@allow(ANSWERING)
def emergency(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Write down what was told to medical personnel in an emergency."""
    given = Emergency(
        name=request.form.get("name", ""),
        role=request.form.get("role", ""),
        reason=request.form.get("reason", "").replace("\r\n", "\n"),
        facts=request.form.getlist("fact"),
        minutes_ago=request.form.get("minutes_ago", -1, type=int),
    )
    wrong = emergency_disclosure.document(house(), contact_id, guards.person().id, given, guards.now())
    if wrong is None:
        abort(404)
    row, kept = found_page(contact_id).row, {"given": given if wrong else None, "wrong": wrong, "written": not wrong}
    page = render_template("_emergency.html", row=row, emergency_facts=emergency_facts(), **kept)
    return page, 422 if wrong else 200
