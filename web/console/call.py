"""The live call on the console: every button of the bar is one post, and the page's parts come back as they are now."""

import uuid

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from services import in_call
from services.in_call import By, CallRefused
from web import guards
from web.console.contacts import live_parts
from web.guards import ANSWERING, LEADING, allow
from web.house import house

blueprint = Blueprint("call", __name__, url_prefix="/contacts/<uuid:contact_id>/call")


def by() -> By:
    """Who presses the button."""
    person = guards.person()
    return By(person.id, leads=person.role in LEADING)


def parts(contact_id: uuid.UUID, refused: CallRefused | None) -> ResponseReturnValue:
    """The page after a button, with a sentence when nothing was done."""
    return live_parts(contact_id, call_refused=refused), 409 if refused else 200


@blueprint.post("/hold")
@allow(ANSWERING)
def hold(contact_id: uuid.UUID) -> ResponseReturnValue:
    """The caller waits a moment."""
    return parts(contact_id, in_call.hold(house(), contact_id, by(), guards.now()))


@blueprint.post("/resume")
@allow(ANSWERING)
def resume(contact_id: uuid.UUID) -> ResponseReturnValue:
    """The caller is back."""
    return parts(contact_id, in_call.resume(house(), contact_id, by(), guards.now()))


@blueprint.post("/mute")
@allow(ANSWERING)
def mute(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Nobody hears the counselor, or everybody does again."""
    muted = request.form.get("muted") == "yes"
    return parts(contact_id, in_call.mute(house(), contact_id, by(), muted, guards.now()))


@blueprint.post("/hang-up")
@allow(ANSWERING)
def hang_up(contact_id: uuid.UUID) -> ResponseReturnValue:
    """The conversation is over."""
    return parts(contact_id, in_call.hang_up(house(), contact_id, by(), guards.now()))


@blueprint.post("/help")
@allow(ANSWERING)
def ask_help(contact_id: uuid.UUID) -> ResponseReturnValue:
    """I need help."""
    return parts(contact_id, in_call.ask_help(house(), contact_id, by(), guards.now()))


@blueprint.post("/cut-off")
@allow(ANSWERING)
def cut_off(contact_id: uuid.UUID) -> ResponseReturnValue:
    """May we call right back when we are cut off?"""
    words = {"yes": True, "no": False, "unknown": None}
    answer = request.form.get("answer", "")
    if answer not in words:
        abort(400)
    if not in_call.may_call_back(house(), contact_id, by(), words[answer], guards.now()):
        abort(404)
    return live_parts(contact_id)
