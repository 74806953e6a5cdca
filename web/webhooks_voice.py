"""Twilio's voice webhooks for the caller's phone. Thin: read, call a service, answer."""

import uuid

from flask import Blueprint, Response

from services import bridging, escalation, first_words, held_calls, intake, promises, releasing, voicemails, waiting
from telephony.twiml import Document
from web import degraded
from web.house import house
from web.twiml_answers import field, now, twiml

blueprint = Blueprint("voice", __name__)
blueprint.register_error_handler(Exception, degraded.caller_failed)


@blueprint.post("/voice/inbound")
def inbound() -> Response:
    """A call comes in."""
    return twiml(intake.open_call(house(), _call(), now()))


@blueprint.post("/voice/staff/<int:asked>")
def staff(asked: int) -> Response:
    """A key, or silence, in the menu of our own people."""
    return twiml(intake.staff_key(house(), _call(), field("Digits"), asked, now()))


def _call() -> intake.InboundCall:
    return intake.inbound_call(house(), field("CallSid"), field("From"), field("To"), field("StirVerstat"))


@blueprint.post("/voice/held/<uuid:contact_id>")
def held(contact_id: uuid.UUID) -> Response:
    """A key or words of a call that is held back."""
    return twiml(held_calls.answered(house(), contact_id, field("Digits"), field("SpeechResult"), now()))


@blueprint.post("/voice/key/<uuid:contact_id>")
def key(contact_id: uuid.UUID) -> Response:
    """A key, or words, during the greeting; a key after a conversation."""
    if field("SpeechResult") and not field("Digits"):
        return twiml(first_words.heard(house(), contact_id, field("SpeechResult"), now()))
    return twiml(waiting.greeting_key(house(), contact_id, field("Digits"), now()))


@blueprint.post("/voice/wait/<uuid:contact_id>")
def wait(contact_id: uuid.UUID) -> Response:
    """The wait loop comes round."""
    return twiml(waiting.wait_turn(house(), contact_id, now()))


@blueprint.post("/voice/queue-key/<uuid:contact_id>")
def queue_key(contact_id: uuid.UUID) -> Response:
    """A key in the wait loop."""
    return twiml(waiting.waiting_key(house(), contact_id, field("Digits"), now()))


@blueprint.post("/voice/heard/<question>/<uuid:contact_id>")
def heard(question: str, contact_id: uuid.UUID) -> Response:
    """An answer to a question asked while waiting."""
    digits, speech = field("Digits") or None, field("SpeechResult") or None
    return twiml(waiting.heard(house(), contact_id, question, digits, speech, now()))


@blueprint.post("/voice/left/<uuid:contact_id>")
def left(contact_id: uuid.UUID) -> Response:
    """The caller is out of the provider's queue."""
    return twiml(waiting.left(house(), contact_id, field("QueueResult"), now()))


@blueprint.post("/voice/join/<uuid:contact_id>")
def join(contact_id: uuid.UUID) -> Response:
    """The caller was fetched for the conference."""
    return twiml(escalation.join(house(), contact_id, now()))


@blueprint.post("/voice/after/<uuid:contact_id>")
def after(contact_id: uuid.UUID) -> Response:
    """The conference is over and the caller is still there."""
    there = field("CallStatus") not in releasing.ENDED_WORDS
    return twiml(escalation.after(house(), contact_id, now(), there=there))


@blueprint.post("/voice/dialed/<uuid:contact_id>")
def dialed(contact_id: uuid.UUID) -> Response:
    """Ringing from the call itself is over."""
    bridged = field("DialBridged") == "true"
    return twiml(escalation.dialed(house(), contact_id, now(), bridged=bridged))


@blueprint.post("/voice/crisis-after/<uuid:contact_id>")
def crisis_after(contact_id: uuid.UUID) -> Response:
    """988 is over, or did not answer."""
    answered = field("DialCallStatus") in ("completed", "answered")
    return twiml(escalation.after_988(house(), contact_id, answered, now()))


@blueprint.post("/voice/voicemail/<uuid:contact_id>")
def voicemail(contact_id: uuid.UUID) -> Response:
    """A message was recorded."""
    return twiml(_keep_voicemail(contact_id))


@blueprint.post("/status/recording/<uuid:contact_id>")
def recording(contact_id: uuid.UUID) -> tuple[str, int]:
    """The recording is ready; also the only word about it when the caller hung up."""
    _keep_voicemail(contact_id)
    return "", 204


@blueprint.post("/status/transcription/<uuid:contact_id>")
def transcription(contact_id: uuid.UUID) -> tuple[str, int]:
    """A voicemail was written down, or could not be."""
    words = field("TranscriptionText") if field("TranscriptionStatus") == "completed" else ""
    sids = field("RecordingSid"), field("TranscriptionSid")
    voicemails.written_down(house(), contact_id, *sids, words, now())
    return "", 204


def _keep_voicemail(contact_id: uuid.UUID) -> Document:
    seconds = int(field("RecordingDuration") or 0)
    return promises.take_voicemail(house(), contact_id, field("RecordingSid"), seconds, now())


@blueprint.post("/voice/hold")
def hold() -> Response:
    """What a lone participant of a conference hears: a word, and silence that never runs out."""
    bridging.waits_alone(house(), field("CallSid"), now())
    return twiml(escalation.alone())


@blueprint.post("/status/conference")
def conference() -> tuple[str, int]:
    """Somebody joined or left a conference."""
    if field("StatusCallbackEvent") == "participant-join":
        bridging.joined(house(), field("FriendlyName"), field("CallSid"), now(), field("ConferenceSid"))
    return "", 204
