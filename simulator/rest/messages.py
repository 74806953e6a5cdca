"""Messages: create, fetch, list, redact or cancel, delete."""

from collections.abc import Mapping
from typing import Any

from simulator import messages, numbers
from simulator.exchange import Exchange
from simulator.messages import Message
from simulator.rest.edge import Form, Route, missing, refused
from simulator.rest.shapes import API_VERSION, between, newest_first, page, uri, when
from simulator.segments import segments

_LONGEST_BODY = 1600


def shape(exchange: Exchange, message: Message) -> dict[str, Any]:
    """A message as Twilio shows it."""
    path = f"Messages/{message.sid}"
    return {
        "sid": message.sid,
        "account_sid": exchange.settings.account_sid,
        "messaging_service_sid": None,
        "from": message.from_,
        "to": message.to,
        "body": message.body,
        "status": message.status,
        "direction": message.direction,
        "num_segments": str(segments(message.body)),
        "num_media": str(len(message.media)),
        "error_code": message.error_code,
        "error_message": None if message.error_code is None else f"Error {message.error_code}",
        "date_created": when(message.created),
        "date_sent": when(message.sent),
        "date_updated": when(message.sent or message.created),
        "price": None,
        "price_unit": "USD",
        "api_version": API_VERSION,
        "uri": uri(exchange, f"{path}.json"),
        "subresource_uris": {"media": uri(exchange, f"{path}/Media.json")},
    }


def _find(exchange: Exchange, sid: str) -> Message:
    message = exchange.messages.get(sid)
    if message is None:
        raise missing(f"/Messages/{sid}.json")
    return message


def create(exchange: Exchange, form: Form, _path: Mapping[str, str]) -> dict[str, Any]:
    """Send a text."""
    to, from_, body = form.get("To", ""), form.get("From", ""), form.get("Body", "")
    media = form.getlist("MediaUrl")
    if not numbers.valid(to):
        raise refused(21211, f"The 'To' number {to} is not a valid phone number.")
    if exchange.line(from_) is None:
        text = f"The 'From' phone number provided ({from_}) is not a valid message-capable Twilio phone number."
        raise refused(21606, text)
    if (from_, to) in exchange.opted_out:
        raise refused(21610, "Attempt to send to unsubscribed recipient")
    if not body and not media:
        raise refused(21602, "Message body is required.")
    if len(body) > _LONGEST_BODY:
        raise refused(21617, f"The concatenated message body exceeds the {_LONGEST_BODY} character limit")
    message = messages.compose(exchange, "outbound-api", from_, to, body)
    message.media, message.callback = media, form.get("StatusCallback", "")
    return shape(exchange, messages.send(exchange, message))


def fetch(exchange: Exchange, _form: Form, path: Mapping[str, str]) -> dict[str, Any]:
    """One message."""
    return shape(exchange, _find(exchange, path["sid"]))


def listing(exchange: Exchange, form: Form, _path: Mapping[str, str]) -> dict[str, Any]:
    """Messages by To, From, DateSent."""
    found = [
        message
        for message in newest_first(list(exchange.messages.values()))
        if form.get("To", message.to) == message.to
        and form.get("From", message.from_) == message.from_
        and between(form, "DateSent", message.sent or message.created)
    ]
    return page(exchange, form, "messages", "Messages.json", [shape(exchange, item) for item in found])


def update(exchange: Exchange, form: Form, path: Mapping[str, str]) -> dict[str, Any]:
    """Empty the body, or cancel a text that has not left."""
    message = _find(exchange, path["sid"])
    if form.get("Body") == "":
        message.body = ""
    if form.get("Status") == "canceled":
        if message.status != "queued":
            raise refused(30409, "The message cannot be canceled any more.")
        message.status = "canceled"
    return shape(exchange, message)


def delete(exchange: Exchange, _form: Form, path: Mapping[str, str]) -> None:
    """Forget a message."""
    del exchange.messages[_find(exchange, path["sid"]).sid]


ROUTES: list[Route] = [
    ("POST", "/Messages.json", create),
    ("GET", "/Messages.json", listing),
    ("GET", "/Messages/<sid>.json", fetch),
    ("POST", "/Messages/<sid>.json", update),
    ("DELETE", "/Messages/<sid>.json", delete),
]
