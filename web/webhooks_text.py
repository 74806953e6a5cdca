"""Twilio's webhooks for texts. Thin: read, call a service, answer with nothing; replies go out as messages."""

import uuid
from datetime import UTC, datetime

from flask import Blueprint, request

from services import conversation, text_reports
from services.text_reports import StatusReport
from web import degraded
from web.house import house

blueprint = Blueprint("text", __name__)
blueprint.register_error_handler(Exception, degraded.text_failed)
NOTHING = ("", 204)


def _field(name: str) -> str:
    return request.form.get(name, "")


def _number(name: str) -> int:
    value = _field(name)
    return int(value) if value.isdecimal() else 0


@blueprint.post("/sms/inbound")
def inbound() -> tuple[str, int]:
    """A text comes in. The same MessageSid again changes nothing."""
    conversation.receive_text(house(), degraded.inbound_text(), datetime.now(UTC))
    return NOTHING


@blueprint.post("/status/message")
def status() -> tuple[str, int]:
    """What became of a text of ours; `text` in the address is our row's id."""
    try:
        message_id = uuid.UUID(request.args.get("text", ""))
    except ValueError:
        return "Not a text of ours.", 404
    report = StatusReport(_field("MessageSid"), _field("MessageStatus"), _number("ErrorCode") or None)
    text_reports.note_status(house(), message_id, report, datetime.now(UTC))
    return NOTHING
