"""Twilio's webhooks for calls that ask a place about a referral, and for the key of an intake line after the talk."""

import uuid

import structlog
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from routing.documents import Document, HangUp
from routing.vocabulary import Language
from services.referrals import calls, intake_answers
from services.releasing import ENDED_WORDS
from web.house import house
from web.twiml_answers import field, now, twiml

log = structlog.get_logger(__name__)
blueprint = Blueprint("referral_calls", __name__)


@blueprint.errorhandler(Exception)
def failed(error: Exception) -> Response:
    """Whatever broke, the phone is let go; the silence becomes a counselor's work."""
    if isinstance(error, HTTPException):
        return Response(status=error.code)
    log.error("referral_webhook_failed", exc_info=error)
    return twiml(Document(Language.ENGLISH, (HangUp(),)))


@blueprint.post("/voice/referral/<uuid:ask_id>")
def asked(ask_id: uuid.UUID) -> Response:
    """The place's phone was picked up."""
    return twiml(calls.picked_up(house(), ask_id, field("CallSid")))


@blueprint.post("/voice/referral-key/<uuid:ask_id>")
def key(ask_id: uuid.UUID) -> Response:
    """The key."""
    return twiml(calls.pressed(house(), ask_id, field("Digits"), now()))


@blueprint.post("/voice/intake-answer/<uuid:leg_id>")
def intake_answer(leg_id: uuid.UUID) -> Response:
    """An intake line at the end of the talk: the question, then its keys."""
    return twiml(intake_answers.pressed(house(), leg_id, field("Digits"), now()))


@blueprint.post("/status/referral")
def status() -> tuple[str, int]:
    """How the call stands; only its end matters. `id` in the address is our row's id."""
    try:
        ask_id = uuid.UUID(request.args.get("id", ""))
    except ValueError:
        return "Not a call of ours.", 404
    if field("CallStatus") in ENDED_WORDS:
        calls.call_ended(house(), ask_id)
    return "", 204
