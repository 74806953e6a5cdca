"""Twilio's webhooks for calls of ours that ask one thing and take keys: a place for its beds or about a referral,
an admin whether the line can call."""

import uuid
from datetime import datetime
from typing import Protocol

import structlog
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from routing.documents import Document, HangUp
from routing.vocabulary import Language
from services import test_calls
from services.directory import bed_calls
from services.house import House
from services.referrals import calls, intake_answers
from services.releasing import ENDED_WORDS
from web.house import house
from web.twiml_answers import field, now, twiml

log = structlog.get_logger(__name__)


class Asking(Protocol):
    """What asks: the ids in the addresses are those of its own rows."""

    def picked_up(self, house: House, ask_id: uuid.UUID, sid: str, /) -> Document: ...
    def pressed(self, house: House, ask_id: uuid.UUID, digits: str, now: datetime, /) -> Document: ...
    def call_ended(self, house: House, ask_id: uuid.UUID, /) -> None: ...


def _webhooks(name: str, asking: Asking) -> Blueprint:
    """The addresses of one kind of call: `/voice/NAME/ID` when it is picked up, then its keys and its end."""
    blueprint = Blueprint(name, __name__)

    @blueprint.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        """Whatever broke, the phone is let go: the next round asks again, a counselor does, or the page says so."""
        if isinstance(error, HTTPException):
            return Response(status=error.code)
        log.error(f"{name}_webhook_failed", exc_info=error)
        return twiml(Document(Language.ENGLISH, (HangUp(),)))

    @blueprint.post(f"/voice/{name}/<uuid:ask_id>")
    def asked(ask_id: uuid.UUID) -> Response:
        """The phone was picked up."""
        return twiml(asking.picked_up(house(), ask_id, field("CallSid")))

    @blueprint.post(f"/voice/{name}-key/<uuid:ask_id>")
    def key(ask_id: uuid.UUID) -> Response:
        """The key."""
        return twiml(asking.pressed(house(), ask_id, field("Digits"), now()))

    @blueprint.post(f"/status/{name}")
    def status() -> tuple[str, int]:
        """How the call stands; only its end matters. `id` in the address is our row's id."""
        try:
            ask_id = uuid.UUID(request.args.get("id", ""))
        except ValueError:
            return "Not a call of ours.", 404
        if field("CallStatus") in ENDED_WORDS:
            asking.call_ended(house(), ask_id)
        return "", 204

    return blueprint


beds = _webhooks("beds", bed_calls)
referral = _webhooks("referral", calls)
test = _webhooks("test", test_calls)


@referral.post("/voice/intake-answer/<uuid:leg_id>")
def intake_answer(leg_id: uuid.UUID) -> Response:
    """An intake line at the end of the talk: the question, then its keys."""
    return twiml(intake_answers.pressed(house(), leg_id, field("Digits"), now()))
