"""Twilio's webhooks for a test call to an admin's own phone."""

import uuid

import structlog
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from routing.documents import Document, HangUp
from routing.vocabulary import Language
from services import test_calls
from services.releasing import ENDED_WORDS
from web.house import house
from web.twiml_answers import field, now, twiml

log = structlog.get_logger(__name__)
blueprint = Blueprint("test_call", __name__)


@blueprint.errorhandler(Exception)
def failed(error: Exception) -> Response:
    """Whatever broke, the phone is let go; the page says that nothing was pressed."""
    if isinstance(error, HTTPException):
        return Response(status=error.code)
    log.error("test_call_webhook_failed", exc_info=error)
    return twiml(Document(Language.ENGLISH, (HangUp(),)))


@blueprint.post("/voice/test/<uuid:call_id>")
def asked(call_id: uuid.UUID) -> Response:
    """The phone was picked up."""
    return twiml(test_calls.picked_up(house(), call_id, field("CallSid")))


@blueprint.post("/voice/test-key/<uuid:call_id>")
def key(call_id: uuid.UUID) -> Response:
    """The digit."""
    return twiml(test_calls.pressed(house(), call_id, field("Digits"), now()))


@blueprint.post("/status/test")
def status() -> tuple[str, int]:
    """How the call stands; only its end matters. `id` in the address is our row's id."""
    try:
        call_id = uuid.UUID(request.args.get("id", ""))
    except ValueError:
        return "Not a call of ours.", 404
    if field("CallStatus") in ENDED_WORDS:
        test_calls.ended(house(), call_id)
    return "", 204
