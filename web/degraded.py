"""The edge while the database is gone, and Twilio's fallback addresses: nothing here needs a row, Redis or a worker."""

import structlog
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from routing import call_flow
from routing.documents import Document, HangUp, Leave, Say
from routing.vocabulary import Language
from services import escalation, intake, moving
from services.degraded import calls, texts
from services.intake import InboundCall
from services.text_contacts import Inbound
from telephony.twiml import reply
from web.house import house
from web.twiml_answers import field, now, twiml

# Fetched from inside the provider's queue, where only a few verbs are understood
IN_THE_QUEUE = ("voice.wait", "voice.queue_key", "voice.heard")
VOICEMAIL = ("voice.voicemail", "voice.recording")
AFTER_A_TALK = ("legs.leg_after", "legs.leg_disposition")
log = structlog.get_logger(__name__)
blueprint = Blueprint("degraded", __name__)


def callers_call() -> InboundCall:
    """The caller's call that this webhook is about; of a callback the caller is who was dialled."""
    sender, recipient = field("From"), field("To")
    if field("Direction").startswith("outbound"):
        sender, recipient = recipient, sender
    return intake.inbound_call(house(), field("CallSid"), sender, recipient)


def caller_failed(error: Exception) -> Response | tuple[str, int]:
    """Whatever broke, the caller hears what helps and phones ring.

    Inside a queue no dialling is allowed (TWILIO.md 4.6): there the caller leaves it, and its way out dials.
    """
    if isinstance(error, HTTPException):
        return Response(status=error.code)
    log.error("voice_webhook_failed", exc_info=error)
    if request.endpoint in VOICEMAIL:
        _note_voicemail()
    if request.path.startswith("/status/"):
        return "", 204
    if request.endpoint in IN_THE_QUEUE:
        return twiml(Document(Language.ENGLISH, (Leave(),)))
    if request.endpoint == "voice.hold":
        return twiml(escalation.alone())
    if request.endpoint == "voice.voicemail":
        return twiml(call_flow.farewell(Language.ENGLISH, Say("voice.voicemail_thanks")))
    return twiml(calls.answer(house(), callers_call(), now()))


def _note_voicemail() -> None:
    if request.view_args and field("RecordingSid"):
        seconds = int(field("RecordingDuration") or 0)
        contact = str(request.view_args["contact_id"])
        calls.note(house(), "voicemail", now(), contact=contact, recording=field("RecordingSid"), seconds=seconds)


def phone_failed(error: Exception) -> Response | tuple[str, int]:
    """Whatever broke, a phone that we rang from the caller's own call still decides by press 1; others are let go."""
    if isinstance(error, HTTPException):
        return Response(status=error.code)
    log.error("leg_webhook_failed", exc_info=error)
    leg_id, parent = (request.view_args or {}).get("leg_id"), field("ParentCallSid")
    match request.endpoint:
        case "legs.call_status":
            return "", 204
        case "legs.number" if parent:
            return twiml(calls.picked_up_by_row(leg_id, parent))
        case "legs.number_key" if parent:
            ticket = calls.ticket_of_row(leg_id, parent)
            return twiml(calls.pressed(house(), ticket, field("Digits"), field("CallSid"), now()))
        case "legs.moved" if leg_id is not None:
            return twiml(moving.way_in(leg_id))
        case "legs.callback":
            return twiml(Document(Language.ENGLISH, (HangUp(),)))  # the promise stands, and nobody was told anything
        case "legs.callback_key" if field("Digits")[:1] == "1":
            return twiml(calls.answer(house(), callers_call(), now()))
    key = "voice.disposition_later" if request.endpoint in AFTER_A_TALK else "voice.not_connected"
    return twiml(call_flow.farewell(Language.ENGLISH, Say(key)))


def text_failed(error: Exception) -> Response | tuple[str, int]:
    """A text that cannot be stored is answered at once, kept in the journal, and taken up when the database is back."""
    if isinstance(error, HTTPException):
        return Response(status=error.code)
    log.error("text_webhook_failed", exc_info=error)
    return ("", 204) if request.path.startswith("/status/") else answer_text()


def answer_text() -> Response:
    """The emergency words as a reply, or nothing where an answer would do harm."""
    return Response(reply(texts.answer(house(), inbound_text(), now())), mimetype="text/xml")


def inbound_text() -> Inbound:
    """The text that a webhook brings."""
    media = field("NumMedia")
    return Inbound(
        sid=field("MessageSid"),
        sender=field("From"),
        recipient=field("To"),
        body=field("Body"),
        media=int(media) if media.isdecimal() else 0,
        opt_out_type=field("OptOutType"),
    )


@blueprint.post("/voice/fallback")
def voice() -> Response:
    """Something failed during a call: say what helps, and ring people; 1 must be pressed to connect."""
    return twiml(calls.answer(house(), callers_call(), now()))


@blueprint.post("/voice/degraded/whisper/<ticket>")
def whisper(ticket: str) -> Response:
    """A phone was picked up."""
    return twiml(calls.picked_up(ticket, field("ParentCallSid")))


@blueprint.post("/voice/degraded/key/<ticket>")
def key(ticket: str) -> Response:
    """1 connects, anything else declines."""
    return twiml(calls.pressed(house(), ticket, field("Digits"), field("CallSid"), now()))


@blueprint.post("/voice/degraded/after/<ticket>")
def after(ticket: str) -> Response:
    """Ringing is over: a conversation ends with thanks; in vain it goes on."""
    bridged = field("DialBridged")  # a voicemail that heard the whisper has a duration, too
    spoken = bridged == "true" if bridged else field("DialCallDuration") not in ("", "0")
    document = calls.after(house(), ticket, callers_call(), now(), spoken=spoken, phone=field("DialCallSid"))
    return twiml(document)


@blueprint.post("/sms/fallback")
def sms() -> Response:
    """Something failed with a text: the emergency words, at once."""
    return answer_text()
