"""The rescue screen of a contact in danger, and its red flags: cleared with what was done, added, or refused."""

import uuid

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from routing.vocabulary import Addressed, RescueStep
from services import contact_page, flags
from services import rescue as services
from web import guards
from web.console import events_in_words, unreadable
from web.console.contacts import emergency_facts, live_parts
from web.guards import ANSWERING, allow
from web.house import house

blueprint = Blueprint("rescue", __name__)


@blueprint.get("/contacts/<uuid:contact_id>/rescue")
@allow(ANSWERING)
def page(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Where they are, whom to call, what was done; opening it is put on record."""
    if not request.headers.get("HX-Request"):
        contact_page.note_opening(house(), contact_id, guards.person().id, guards.now())
    return _screen(contact_id)


@blueprint.post("/contacts/<uuid:contact_id>/rescue")
@allow(ANSWERING)
def write_step(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Put one thing that was done into the log, with the time."""
    try:
        step = RescueStep(request.form.get("step", ""))
    except ValueError:
        abort(400)
    if not services.write_step(house(), contact_id, guards.person().id, step, guards.now()):
        abort(404)
    return _screen(contact_id)


def _screen(contact_id: uuid.UUID) -> str:
    unreadable.shown()
    found = services.rescue(house(), contact_id, guards.now())
    if found is None:
        abort(404)
    template = "_rescue.html" if request.headers.get("HX-Request") else "rescue.html"
    return render_template(
        template,
        rescue=found,
        row=found.row,
        steps=found.steps,
        log=events_in_words.sentences(found.log),
        emergency_facts=emergency_facts(),
        wrong=(),
    )


@blueprint.post("/contacts/<uuid:contact_id>/flags/<flag>/clear")
@allow(ANSWERING)
def clear(contact_id: uuid.UUID, flag: str) -> ResponseReturnValue:
    """Clear a flag; without a word on what was done nothing is cleared."""
    try:
        done = Addressed(request.form.get("done", ""))
    except ValueError:
        abort(400)
    if not flags.clear_flag(house(), contact_id, guards.person().id, flag, done, guards.now()):
        abort(404)
    return live_parts(contact_id)


@blueprint.post("/contacts/<uuid:contact_id>/flags/<flag>/suggested")
@allow(ANSWERING)
def answer_suggestion(contact_id: uuid.UUID, flag: str) -> ResponseReturnValue:
    """Add a flag that the counselor's own words suggest, or say that it is not so."""
    is_so = request.form.get("is_so") == "yes"
    if not flags.answer_suggestion(house(), contact_id, guards.person().id, flag, is_so, guards.now()):
        abort(404)
    return live_parts(contact_id)
