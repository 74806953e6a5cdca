"""Answers in TwiML, and the few fields that every voice webhook reads."""

import uuid
from datetime import datetime

from flask import Response, current_app, request

from telephony.twiml import Document, Twiml


def now() -> datetime:
    """The moment at the edge, by the clock that app.py composed; everything inside is handed it."""
    moment: datetime = current_app.extensions["clock"]()
    return moment


def twiml(document: Document) -> Response:
    """A document as Twilio reads it."""
    renderer: Twiml = current_app.extensions["twiml"]
    return Response(renderer.render(document), mimetype="text/xml")


def field(name: str) -> str:
    """A posted field, empty when it is missing."""
    return request.form.get(name, "")


def leg_named() -> uuid.UUID | None:
    """The leg that a status callback's address names; None for the caller's own call or a crooked id."""
    try:
        return uuid.UUID(request.args["leg"])
    except (KeyError, ValueError):
        return None
