"""Twilio's voice webhooks in a conversation: what is heard on hold, what one phone alone is told, added phones."""

import uuid

import structlog
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from routing import call_flow
from routing.documents import Document, Say
from routing.vocabulary import Language
from services import calling_out, escalation, guest_calls, in_call
from web.house import house
from web.twiml_answers import field, now, twiml

log = structlog.get_logger(__name__)
blueprint = Blueprint("in_call", __name__)


@blueprint.errorhandler(Exception)
def failed(error: Exception) -> Response:
    """Whatever broke: hold goes on, an announcement is left out, an added phone is let go and the others talk on."""
    if isinstance(error, HTTPException):
        return Response(status=error.code)
    log.error("in_call_webhook_failed", exc_info=error)
    if request.path.startswith("/voice/on-hold/"):
        return twiml(escalation.on_hold((request.view_args or {})["contact_id"], Language.ENGLISH))
    if request.path.startswith("/voice/told/"):
        return twiml(Document(Language.ENGLISH, ()))
    return twiml(call_flow.farewell(Language.ENGLISH, Say("voice.not_connected")))


@blueprint.post("/voice/on-hold/<uuid:contact_id>")
def on_hold(contact_id: uuid.UUID) -> Response:
    """What a caller on hold hears."""
    return twiml(in_call.hold_document(house(), contact_id))


@blueprint.post("/voice/told/<word>/<uuid:leg_id>")
def told(word: str, leg_id: uuid.UUID) -> Response:
    """A sentence for one phone in a conversation."""
    return twiml(in_call.told(house(), word, leg_id))


@blueprint.post("/voice/guest/<uuid:leg_id>")
def guest(leg_id: uuid.UUID) -> Response:
    """An added phone was picked up."""
    return twiml(guest_calls.answered(house(), leg_id, field("CallSid"), now()))


@blueprint.post("/voice/guest-key/<uuid:leg_id>")
def guest_key(leg_id: uuid.UUID) -> Response:
    """The key of a colleague or supervisor."""
    return twiml(guest_calls.pressed(house(), leg_id, field("Digits"), now()))


@blueprint.post("/voice/guest-keys/<uuid:leg_id>")
def guest_keys(leg_id: uuid.UUID) -> Response:
    """Keys into a phone tree, and back."""
    return twiml(guest_calls.keyed(house(), leg_id))


@blueprint.post("/voice/guest-facts/<uuid:leg_id>")
def guest_facts(leg_id: uuid.UUID) -> Response:
    """What the person agreed to, read to an intake line."""
    return twiml(guest_calls.facts(house(), leg_id, now()))


@blueprint.post("/voice/guest-after/<uuid:leg_id>")
def guest_after(leg_id: uuid.UUID) -> Response:
    """An added phone is out of the conference."""
    return twiml(guest_calls.after(house(), leg_id, now()))


@blueprint.post("/voice/reconnect/<uuid:leg_id>")
def reconnect(leg_id: uuid.UUID) -> Response:
    """The counselor stayed on after the caller was cut off."""
    return twiml(calling_out.reconnect(house(), leg_id, now()))


@blueprint.post("/voice/out/<uuid:leg_id>")
def out(leg_id: uuid.UUID) -> Response:
    """A counselor's own phone was picked up for a call to a place."""
    return twiml(calling_out.picked_up(house(), leg_id, field("CallSid"), now()))


@blueprint.post("/voice/out-key/<uuid:leg_id>")
def out_key(leg_id: uuid.UUID) -> Response:
    """1 rings the place."""
    return twiml(calling_out.pressed(house(), leg_id, field("Digits"), now()))


@blueprint.post("/voice/out-after/<uuid:leg_id>")
def out_after(leg_id: uuid.UUID) -> Response:
    """The call to the place is over."""
    answered = field("DialCallStatus") in ("completed", "answered")
    return twiml(calling_out.after(house(), leg_id, answered=answered))
