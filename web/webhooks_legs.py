"""Twilio's voice webhooks for the phones that we ring: counselors, on-call, backup, and callbacks to callers."""

import uuid

from flask import Blueprint, Response

from services import answering, callbacks, dispositions, moving, releasing, ringing
from web import degraded
from web.house import house
from web.twiml_answers import field, leg_named, now, twiml

blueprint = Blueprint("legs", __name__)
blueprint.register_error_handler(Exception, degraded.phone_failed)


@blueprint.post("/voice/leg/<uuid:leg_id>")
def leg(leg_id: uuid.UUID) -> Response:
    """A counselor's phone was picked up."""
    return twiml(answering.answered(house(), leg_id, field("CallSid"), now()))


@blueprint.post("/voice/leg-key/<uuid:leg_id>")
def leg_key(leg_id: uuid.UUID) -> Response:
    """The key at press-1."""
    return twiml(answering.pressed(house(), leg_id, field("Digits"), now()))


@blueprint.post("/voice/number/<uuid:leg_id>")
def number(leg_id: uuid.UUID) -> Response:
    """A phone rung from the caller's own call was picked up: the same question as a whisper."""
    return twiml(answering.answered(house(), leg_id, field("CallSid"), now(), bridged=True))


@blueprint.post("/voice/number-key/<uuid:leg_id>")
def number_key(leg_id: uuid.UUID) -> Response:
    """The key at that whisper."""
    return twiml(answering.pressed(house(), leg_id, field("Digits"), now(), bridged=True))


@blueprint.post("/voice/moved/<uuid:leg_id>")
def moved(leg_id: uuid.UUID) -> Response:
    """A counselor's phone was taken out of the caller's <Dial>, for the conference."""
    return twiml(moving.moved(house(), leg_id, now()))


@blueprint.post("/voice/leg-after/<uuid:leg_id>")
def leg_after(leg_id: uuid.UUID) -> Response:
    """The conference is over and the counselor is still there."""
    return twiml(dispositions.after_conference(house(), leg_id, now()))


@blueprint.post("/voice/leg-disposition/<uuid:leg_id>")
def leg_disposition(leg_id: uuid.UUID) -> Response:
    """The counselor's key for the disposition."""
    return twiml(dispositions.pressed(house(), leg_id, field("Digits"), now()))


@blueprint.post("/voice/callback/<uuid:leg_id>")
def callback(leg_id: uuid.UUID) -> Response:
    """The phone that asked for a call was picked up."""
    return twiml(callbacks.picked_up(house(), leg_id, field("CallSid"), now()))


@blueprint.post("/voice/callback-key/<uuid:leg_id>")
def callback_key(leg_id: uuid.UUID) -> Response:
    """Is a person there who wants the call?"""
    return twiml(callbacks.confirmed(house(), leg_id, field("Digits"), now()))


@blueprint.post("/status/call")
def call_status() -> tuple[str, int]:
    """How a leg stands: the id of one that is being dialled, and its end. What is between is learnt from the phone."""
    status, leg_id = field("CallStatus"), leg_named()
    if status in releasing.ENDED_WORDS:
        releasing.leg_ended(house(), leg_id, field("CallSid"), status, now())
    elif status == "initiated" and leg_id is not None:
        ringing.dialling(house(), leg_id, field("CallSid"))
    return "", 204
