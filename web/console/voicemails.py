"""Voicemails: the list, the sound, and who looks after which."""

import uuid

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from services import console, voicemails
from services.voicemails import VoicemailOutcome
from web import guards
from web.console import unreadable
from web.guards import ANSWERING, allow
from web.house import house

blueprint = Blueprint("voicemails", __name__)


@blueprint.get("/voicemails")
@allow(ANSWERING)
def listing() -> ResponseReturnValue:
    """What was left after the tone and waits for somebody."""
    return _list("_voicemails.html" if request.headers.get("HX-Request") else "voicemails.html")


@blueprint.get("/voicemails/<uuid:voicemail_id>/sound")
@allow(ANSWERING)
def sound(voicemail_id: uuid.UUID) -> ResponseReturnValue:
    """The message itself; every reading is on record, and no browser keeps it."""
    audio = voicemails.hear(house(), voicemail_id, guards.person().id, guards.now())
    if audio is None:
        abort(404)
    return Response(audio, content_type="audio/wav", headers={"Cache-Control": "no-store"})


@blueprint.post("/voicemails/<uuid:voicemail_id>/take")
@allow(ANSWERING)
def take(voicemail_id: uuid.UUID) -> ResponseReturnValue:
    """I look after this one."""
    return _list(refused=not voicemails.take(house(), voicemail_id, guards.person().id, guards.now()))


@blueprint.post("/voicemails/<uuid:voicemail_id>/give-back")
@allow(ANSWERING)
def give_back(voicemail_id: uuid.UUID) -> ResponseReturnValue:
    """Somebody else should."""
    return _list(refused=not voicemails.give_up(house(), voicemail_id, guards.person().id, guards.now()))


@blueprint.post("/voicemails/<uuid:voicemail_id>/done")
@allow(ANSWERING)
def done(voicemail_id: uuid.UUID) -> ResponseReturnValue:
    """How it ended."""
    try:
        outcome = VoicemailOutcome(request.form.get("outcome", ""))
    except ValueError:
        abort(400)
    return _list(refused=not voicemails.finish(house(), voicemail_id, guards.person().id, outcome, guards.now()))


def _list(template: str = "_voicemails.html", *, refused: bool = False) -> ResponseReturnValue:
    unreadable.shown()
    found = console.voicemails(house(), guards.now())
    page = render_template(template, found=found, refused=refused, outcomes=list(VoicemailOutcome))
    return page, 409 if refused else 200
