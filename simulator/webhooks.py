"""Sends webhooks: signed, with the retry token, retried as the URL says, and spoilt by whatever faults are set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from simulator import overrides
from simulator.faults import Fault
from simulator.journal import Entry
from simulator.signing import IDEMPOTENCY, SIGNATURE, Form, requested_url, sign
from simulator.transport import Answer, Request

if TYPE_CHECKING:
    from simulator.exchange import Exchange

_LATE_SECONDS = 3.0  # of a late or reordered callback, when the fault does not say
_SLOW_SECONDS = 20.0  # of a slow answer: past Twilio's limit
_SERVER_ERROR = 500

Then = Callable[[Answer], None]


@dataclass(frozen=True)
class Hook:
    """A webhook to be sent. `kind` names its sort, for faults and the journal; `voice`: is it signed as voice is?"""

    kind: str
    url: str
    method: str
    form: Form
    voice: bool = True


@dataclass
class _Sending:
    hook: Hook
    then: Then
    token: str
    entry: Entry
    fault: Fault | None
    limits: overrides.Overrides
    tries: int = 0


def ignore(answer: Answer) -> None:
    """For callbacks whose answer means nothing."""


class Webhooks:
    """The way out of the exchange."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._engine = exchange.engine
        self._held: dict[str, _Sending] = {}

    def send(self, hook: Hook, then: Then = ignore) -> None:
        """Send it now, or as the faults have it; `then` gets the final answer as an event of the engine."""
        fault = self._exchange.faults.draw("webhook", hook.kind)
        entry = self._exchange.journal.note(
            "webhook", hook.kind, url=hook.url, method=hook.method, params=dict(hook.form)
        )
        sending = _Sending(hook, then, self._exchange.ids.token(), entry, fault, overrides.read(hook.url))
        name = fault.name if fault else ""
        if fault:
            entry.details["fault"] = name
        if name == "lost":
            self._finish(sending, Answer(failure="timeout", seconds=sending.limits.answer))
        elif name == "late" and fault:
            self._engine.at(fault.seconds or _LATE_SECONDS, lambda: self._try(sending))
        elif name == "reordered" and fault:
            self._hold(sending, fault.seconds or _LATE_SECONDS)
        else:
            self._try(sending)
            if name == "doubled" and fault:
                again = replace(sending, then=ignore, fault=None)
                self._engine.at(fault.seconds, lambda: self._try(again))
            self._release(hook.kind)

    def _hold(self, sending: _Sending, longest: float) -> None:
        """Keep it until the next one of its kind has gone out, or for `longest` seconds."""
        kind = sending.hook.kind
        self._release(kind)
        self._held[kind] = sending

        def give_up() -> None:
            if self._held.get(kind) is sending:
                self._release(kind)

        self._engine.at(longest, give_up)

    def _release(self, kind: str) -> None:
        held = self._held.pop(kind, None)
        if held is not None:
            self._engine.at(self._exchange.settings.timing.webhook * 2, lambda: self._try(held))

    def _try(self, sending: _Sending) -> None:
        sending.tries += 1
        fault = sending.fault
        if fault and fault.name == "refused":
            self._received(sending, Answer(failure="connect"))
        elif fault and fault.name == "error":
            self._received(sending, Answer(fault.status or _SERVER_ERROR, "text/html", b"simulated failure"))
        else:
            request = self._request(sending)
            self._engine.offload(
                lambda: self._exchange.transport(request), lambda answer: self._received(sending, answer)
            )

    def _request(self, sending: _Sending) -> Request:
        hook, limits = sending.hook, sending.limits
        url, form = requested_url(hook.url), hook.form
        if hook.method == "GET":
            url, form = f"{url}{'&' if '?' in url else '?'}{urlencode(form)}", []
        headers = {
            SIGNATURE: sign(self._exchange.settings.auth_token, url, form, hook.voice),
            IDEMPOTENCY: sending.token,
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
        }
        return Request(hook.method, url, headers, form, limits.connect, limits.answer)

    def _received(self, sending: _Sending, answer: Answer) -> None:
        answer = self._spoil(sending, answer)
        if sending.tries <= sending.limits.retries and sending.limits.retries_on(answer):
            # In real time the failure has taken its time already.
            wait = answer.seconds if self._engine.virtual else 0.0
            self._engine.at(wait, lambda: self._try(sending))
        else:
            self._finish(sending, answer)

    def _spoil(self, sending: _Sending, answer: Answer) -> Answer:
        limit, fault = sending.limits.answer, sending.fault
        seconds = answer.seconds
        if fault and fault.name == "slow":
            seconds += fault.seconds or _SLOW_SECONDS
        if (fault and fault.name == "answer-lost") or seconds > limit:
            return Answer(failure="timeout", seconds=limit)
        return replace(answer, seconds=seconds)

    def _finish(self, sending: _Sending, answer: Answer) -> None:
        sending.entry.details.update(
            status=answer.status,
            failure=answer.failure,
            tries=sending.tries,
            answer=answer.body.decode(errors="replace"),
        )
        # In real time the answer has already taken its time, save what a fault adds.
        real = 0.0 if self._engine.virtual or (sending.fault and sending.fault.name != "doubled") else answer.seconds
        wait = max(answer.seconds - real, self._exchange.settings.timing.webhook if self._engine.virtual else 0.0)
        self._engine.at(wait, lambda: sending.then(answer))
