"""The words for a bad moment: no database, no Redis, no worker is needed to say them or to ring somebody."""

from flask import Blueprint, Response, current_app, request

blueprint = Blueprint("fallback", __name__)


@blueprint.post("/voice/fallback")
def voice() -> Response:
    """Something failed during a call: say what helps, and ring the on-call phones; 1 must be pressed to connect."""
    return Response(current_app.extensions["fallback"].voice(), mimetype="text/xml")


@blueprint.post("/voice/fallback/whisper")
def whisper() -> Response:
    """An on-call phone was picked up."""
    return Response(current_app.extensions["fallback"].whisper(), mimetype="text/xml")


@blueprint.post("/voice/fallback/key")
def key() -> Response:
    """1 connects, anything else declines."""
    accepted = request.form.get("Digits", "")[:1] == "1"
    return Response(current_app.extensions["fallback"].decided(accepted), mimetype="text/xml")


@blueprint.post("/voice/fallback/after")
def after() -> Response:
    """The on-call phones are over: a conversation ends with thanks, silence with the other lines that answer."""
    spoken = request.form.get("DialBridged") == "true" or request.form.get("DialCallDuration", "0") not in ("", "0")
    return Response(current_app.extensions["fallback"].after(spoken), mimetype="text/xml")


@blueprint.post("/sms/fallback")
def sms() -> Response:
    """Something failed with a text: the emergency words, at once."""
    return Response(current_app.extensions["fallback"].sms(), mimetype="text/xml")
