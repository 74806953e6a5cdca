"""Texts that the product sends: on their way, sent, delivered or not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator import numbers
from simulator.phones import Text
from simulator.webhooks import Hook

if TYPE_CHECKING:
    from simulator.exchange import Exchange

_UNVERIFIED_TOLL_FREE = 30032
_UNREGISTERED_LOCAL = 30034
_UNKNOWN_DESTINATION = 30005
_UNREACHABLE = 30003


@dataclass
class Message:
    """A text in either direction; `status` is Twilio's."""

    sid: str
    direction: str
    from_: str
    to: str
    body: str
    created: float
    status: str = "queued"
    media: list[str] = field(default_factory=list)
    callback: str = ""
    sent: float | None = None
    error_code: int | None = None
    redirects: int = 0


def send(exchange: Exchange, message: Message) -> Message:
    """The product sends a text; it travels, and its status callbacks follow."""
    exchange.messages[message.sid] = message
    exchange.engine.at(exchange.settings.timing.message, lambda: _leave(exchange, message))
    return message


def compose(exchange: Exchange, direction: str, from_: str, to: str, body: str) -> Message:
    """A text that is not on its way yet. `direction` is outbound-api or outbound-reply."""
    return Message(exchange.ids.sid("SM"), direction, from_, to, body, exchange.engine.now)


def _leave(exchange: Exchange, message: Message) -> None:
    if message.status == "canceled":
        return
    message.sent = exchange.engine.now
    trouble = _trouble(exchange, message)
    if trouble is not None and trouble[0] == "failed":
        _end(exchange, message, *trouble)
        return
    message.status = "sent"
    _report(exchange, message)
    exchange.engine.at(exchange.settings.timing.message, lambda: _arrive(exchange, message, trouble))


def _arrive(exchange: Exchange, message: Message, trouble: tuple[str, int] | None) -> None:
    if trouble is not None:
        _end(exchange, message, *trouble)
        return
    phone = exchange.phone(message.to)
    phone.texts.append(Text(exchange.engine.now, "in", message.from_, message.body, message.media, message.sid))
    message.status = "delivered"
    _report(exchange, message)


def _trouble(exchange: Exchange, message: Message) -> tuple[str, int] | None:
    """Final status and error code of a text that does not arrive."""
    fault = exchange.faults.draw("message", message.to)
    phone = exchange.phone(message.to)
    if fault is not None:
        return fault.name, fault.status or _UNREACHABLE
    if message.from_ in exchange.settings.unverified_numbers:
        code = _UNVERIFIED_TOLL_FREE if numbers.toll_free(message.from_) else _UNREGISTERED_LOCAL
        return "undelivered", code
    if phone.behaviour.kind == "invalid":
        return "undelivered", _UNKNOWN_DESTINATION
    return ("undelivered", phone.texts_fail) if phone.texts_fail else None


def _end(exchange: Exchange, message: Message, status: str, code: int) -> None:
    message.status, message.error_code = status, code
    _report(exchange, message)


def _report(exchange: Exchange, message: Message) -> None:
    exchange.journal.note("message", message.status, sid=message.sid, to=message.to)
    if not message.callback:
        return
    form = [
        ("MessageSid", message.sid),
        ("SmsSid", message.sid),
        ("MessageStatus", message.status),
        ("SmsStatus", message.status),
        ("AccountSid", exchange.settings.account_sid),
        ("From", message.from_),
        ("To", message.to),
        ("ApiVersion", "2010-04-01"),
    ]
    if message.error_code:
        form.append(("ErrorCode", str(message.error_code)))
    exchange.webhooks.send(Hook("message-status", message.callback, "POST", form, voice=False))
