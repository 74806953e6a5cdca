"""Twilio's webhooks for calls that ask a facility for its open beds."""

import uuid

import structlog
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from routing.documents import Document, HangUp
from routing.vocabulary import Language
from services.directory import bed_calls
from services.releasing import ENDED_WORDS
from web.house import house
from web.twiml_answers import field, now, twiml

log = structlog.get_logger(__name__)
blueprint = Blueprint("beds", __name__)


@blueprint.errorhandler(Exception)
def failed(error: Exception) -> Response:
    """Whatever broke, the phone is let go; the next round asks again."""
    if isinstance(error, HTTPException):
        return Response(status=error.code)
    log.error("bed_webhook_failed", exc_info=error)
    return twiml(Document(Language.ENGLISH, (HangUp(),)))


@blueprint.post("/voice/beds/<uuid:round_id>")
def asked(round_id: uuid.UUID) -> Response:
    """The facility's phone was picked up."""
    return twiml(bed_calls.picked_up(house(), round_id, field("CallSid")))


@blueprint.post("/voice/beds-key/<uuid:round_id>")
def key(round_id: uuid.UUID) -> Response:
    """The digit."""
    return twiml(bed_calls.pressed(house(), round_id, field("Digits"), now()))


@blueprint.post("/status/beds")
def status() -> tuple[str, int]:
    """How the call stands; only its end matters. `id` in the address is our row's id."""
    try:
        round_id = uuid.UUID(request.args.get("id", ""))
    except ValueError:
        return "Not a call of ours.", 404
    if field("CallStatus") in ENDED_WORDS:
        bed_calls.call_ended(house(), round_id)
    return "", 204
