"""Texts that pretend phones send: the carrier's opt-out, the product's webhook, and its replies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

from simulator import twiml
from simulator.messages import Message, compose, send
from simulator.phones import Text
from simulator.segments import segments
from simulator.transport import Answer
from simulator.twiml import Broken
from simulator.webhooks import Hook

if TYPE_CHECKING:
    from simulator.exchange import Exchange
    from simulator.numbers import HelplineNumber

STOP_WORDS = frozenset({"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"})
START_WORDS = frozenset({"START", "YES", "UNSTOP"})
HELP_WORDS = frozenset({"HELP", "INFO"})
_STOPPED = "You are unsubscribed and will get no more messages from this number. Reply START to subscribe again."
_STARTED = "You are subscribed to messages from this number again. Reply HELP for help, STOP to unsubscribe."
_HELP = "Reply STOP to unsubscribe. Message and data rates may apply."
_MOST_REDIRECTS = 5
_NO_CONTENT = 204


def receive(exchange: Exchange, from_: str, to: str, body: str, media: list[str]) -> Message:
    """A pretend phone texts the helpline. Raises ValueError when the number is not one of the account."""
    line = exchange.line(to)
    if line is None:
        raise ValueError(f"{to} is not a number of the helpline.")
    sid = exchange.ids.sid("MM" if media else "SM")
    message = Message(sid, "inbound", from_, to, body, exchange.engine.now, "received")
    message.media, message.sent = media, exchange.engine.now
    exchange.messages[message.sid] = message
    exchange.phone(from_).texts.append(Text(exchange.engine.now, "out", to, body, media, message.sid))
    _opt(exchange, message)
    if line.sms_url:
        first = _Delivery(exchange, line, message, line.sms_url, line.sms_method)
        exchange.engine.soon(lambda: _deliver(first))
    return message


def _opt(exchange: Exchange, message: Message) -> None:
    """What the carrier does by itself with a whole message that is a keyword; it is passed on all the same."""
    word, pair = message.body.strip().upper(), (message.to, message.from_)
    reply = ""
    if word in STOP_WORDS:
        reply = "" if pair in exchange.opted_out else _STOPPED
        exchange.opted_out.add(pair)
    elif word in START_WORDS and pair in exchange.opted_out:
        exchange.opted_out.discard(pair)
        reply = _STARTED
    elif word in HELP_WORDS:
        reply = _HELP
    if reply:
        send(exchange, compose(exchange, "outbound-reply", message.to, message.from_, reply))


@dataclass(frozen=True)
class _Delivery:
    """One request that passes an inbound text to the product."""

    exchange: Exchange
    line: HelplineNumber
    message: Message
    url: str
    method: str
    extra: tuple[tuple[str, str], ...] = ()


def _deliver(delivery: _Delivery) -> None:
    form = [*_parameters(delivery.exchange, delivery.message), *delivery.extra]
    hook = Hook("sms", delivery.url, delivery.method, form, voice=False)
    delivery.exchange.webhooks.send(hook, lambda answer: _answered(delivery, answer))


def _parameters(exchange: Exchange, message: Message) -> list[tuple[str, str]]:
    form = [
        ("MessageSid", message.sid),
        ("SmsSid", message.sid),
        ("SmsMessageSid", message.sid),
        ("SmsStatus", "received"),
        ("AccountSid", exchange.settings.account_sid),
        ("From", message.from_),
        ("To", message.to),
        ("Body", message.body),
        ("NumMedia", str(len(message.media))),
        ("NumSegments", str(segments(message.body))),
        ("ApiVersion", "2010-04-01"),
    ]
    for role, number in (("From", message.from_), ("To", message.to)):
        place = exchange.place_of(number)
        form += [(f"{role}{part}", place[part]) for part in ("City", "State", "Zip", "Country")]
    for index, url in enumerate(message.media):
        form += [(f"MediaUrl{index}", url), (f"MediaContentType{index}", "image/jpeg")]
    return form


def _answered(delivery: _Delivery, answer: Answer) -> None:
    exchange, line, message, url = delivery.exchange, delivery.line, delivery.message, delivery.url
    try:
        _reply(delivery, _read(answer, url))
    except Broken as broken:
        exchange.journal.error(broken.code, str(broken), message=message.sid, url=url)
        if line.sms_fallback_url and url != line.sms_fallback_url:
            extra = (("ErrorCode", str(broken.code)), ("ErrorUrl", url))
            _deliver(replace(delivery, url=line.sms_fallback_url, method=line.sms_fallback_method, extra=extra))


def _read(answer: Answer, url: str) -> Element:
    if not answer.good:
        raise Broken(11200, f"No good answer from {url} ({answer.failure or answer.status}).")
    if answer.status == _NO_CONTENT or not answer.body:
        return Element("Response")
    kind = answer.content_type.partition(";")[0].strip()
    if kind == "text/plain":
        root = Element("Response")
        reply = Element("Message")
        reply.text = answer.body.decode(errors="replace")
        root.append(reply)
        return root
    return twiml.parse(answer.body, answer.content_type, url).root


def _reply(delivery: _Delivery, root: Element) -> None:
    """Do what messaging TwiML says."""
    exchange, message, url = delivery.exchange, delivery.message, delivery.url
    for text in twiml.warnings(root, messaging=True):
        exchange.journal.warn(twiml.BAD_ATTRIBUTE, text, message=message.sid, url=url)
    for verb in root:
        if verb.tag == "Redirect" and message.redirects < _MOST_REDIRECTS:
            message.redirects += 1
            target = urljoin(url, (verb.text or "").strip())
            _deliver(replace(delivery, url=target, method=verb.get("method", "POST"), extra=()))
            return
        if verb.tag == "Message":
            _reply_one(exchange, message, url, verb)


def _reply_one(exchange: Exchange, message: Message, url: str, verb: Element) -> None:
    body = verb.findtext("Body") or (verb.text or "").strip()
    media = [(item.text or "").strip() for item in verb.iter("Media")]
    from_, to = verb.get("from", message.to), verb.get("to", message.from_)
    if (from_, to) in exchange.opted_out:
        exchange.journal.error(21610, "A reply to a number that has opted out was blocked.", message=message.sid)
        return
    callback = verb.get("statusCallback") or verb.get("action") or ""
    reply = compose(exchange, "outbound-reply", from_, to, body)
    reply.media, reply.callback = media, urljoin(url, callback) if callback else ""
    send(exchange, reply)
