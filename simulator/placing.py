"""Calls out: placing them, ringing the pretend phone, detecting machines, giving up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator import numbers, phones
from simulator.calls import Call, Callbacks
from simulator.clients import PREFIX
from simulator.webhooks import Hook

if TYPE_CHECKING:
    from simulator.exchange import Exchange

_INVALID_NUMBER = 13224
_TONE, _SILENCE = 0.3, 0.5  # seconds that a key, and a `w`, take
EXTRA_SECONDS = 5.0  # Twilio rings a little longer than it was told to (TWILIO.md 4.5)


@dataclass(frozen=True)
class Detection:
    """Answering-machine detection: `mode` is Enable or DetectMessageEnd, empty for none."""

    mode: str = ""
    waits: bool = True  # does the TwiML wait for the result?
    callback: str = ""
    method: str = "POST"


@dataclass(frozen=True)
class Order:
    """A call to be placed. `begin` is called once it was picked up, and the machine detection has ended if it waits."""

    direction: str
    from_: str
    to: str
    begin: Callable[[Call], None]
    timeout: float
    callbacks: Callbacks = field(default_factory=Callbacks)
    detection: Detection = field(default_factory=Detection)
    parent: Call | None = None
    digits: str = ""  # tones sent to whoever picks up, before anything else; `w` is half a second of silence


def place(exchange: Exchange, order: Order, delay: float = 0.0) -> Call:
    """Make the call, queued for `delay` seconds before it starts."""
    call = Call(exchange, order.direction, order.from_, order.to, exchange.phone(order.to))
    call.parent = order.parent
    call.callbacks = order.callbacks
    exchange.add_call(call)
    exchange.engine.at(delay, lambda: _start(exchange, call, order))
    return call


def _start(exchange: Exchange, call: Call, order: Order) -> None:
    if call.over:
        return
    call.status = "initiated"
    call.report("initiated")
    exchange.engine.at(exchange.settings.timing.setup, lambda: _ring(exchange, call, order))


def _ring(exchange: Exchange, call: Call, order: Order) -> None:
    if call.over:
        return
    if not numbers.reachable(call.to):
        exchange.journal.error(_INVALID_NUMBER, f"{call.to!r} is not a telephone number.", call=call.sid)
        call.finish("failed")
        return
    absent = exchange.settings.switches.absent_client
    if call.to.startswith(PREFIX) and not exchange.clients.there(call.to) and absent != "rings":
        call.finish(absent)
        return
    fault = exchange.faults.draw("leg", call.number)
    outcome = fault.name if fault else call.phone.behaviour.kind
    if outcome in {"failed", "invalid"}:
        call.finish("failed")
        return
    call.on_answer = lambda: _picked_up(exchange, call, order)
    call.ring()
    exchange.engine.at(order.timeout, lambda: _give_up(call))
    phones.ring(exchange, call, outcome if fault else None)


def _give_up(call: Call) -> None:
    if call.status == "ringing":
        call.finish("no-answer")


def _picked_up(exchange: Exchange, call: Call, order: Order) -> None:
    if not order.digits:
        _detect(exchange, call, order)
        return
    call.hear(f"tones {order.digits}", "sound")
    seconds = sum(_SILENCE if key == "w" else _TONE for key in order.digits)
    exchange.engine.at(seconds, lambda: None if call.over else _detect(exchange, call, order))


def _detect(exchange: Exchange, call: Call, order: Order) -> None:
    detection = order.detection
    if not detection.mode:
        order.begin(call)
        return
    machine, timing = call.phone.machine, exchange.settings.timing
    if machine and detection.mode == "DetectMessageEnd":
        verdict, seconds = "machine_end_beep", phones.seconds_to_beep()
    else:
        verdict = "machine_start" if machine else "human"
        seconds = timing.detect_machine if machine else timing.detect_human
    exchange.engine.at(seconds, lambda: _detected(exchange, call, order, verdict, seconds))
    if not detection.waits:
        order.begin(call)


def _detected(exchange: Exchange, call: Call, order: Order, verdict: str, seconds: float) -> None:
    if call.over:
        return
    call.answered_by = verdict
    detection = order.detection
    if detection.callback:
        form = [
            ("CallSid", call.sid),
            ("AccountSid", exchange.settings.account_sid),
            ("AnsweredBy", verdict),
            ("MachineDetectionDuration", str(round(seconds * 1000))),
        ]
        exchange.webhooks.send(Hook("amd", detection.callback, detection.method, form))
    if detection.waits:
        order.begin(call)
