"""Pretend phones: who holds one, how it behaves when it rings, and its text thread."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.calls import Call

if TYPE_CHECKING:
    from simulator.exchange import Exchange

BEHAVIOURS = ("person", "answers", "voicemail", "busy", "no-answer", "invalid", "declines")
_VOICEMAIL_PICKS_UP = 12.0
_VOICEMAIL_LISTENS = 60.0
_GREETING_SECONDS = 6.0
_BUSY_AFTER = 1.0
GREETING = "Hi, I can't come to the phone right now. Please leave a message after the tone."


@dataclass
class Behaviour:
    """What a phone does by itself. `person`: nothing, somebody must act on the page or in a test.

    `after`: seconds of ringing before it acts; then `keys` and `words` follow `think` seconds after the answer;
    `hang_up_after` seconds after the answer it hangs up (None: never).
    """

    kind: str = "person"
    after: float | None = None
    keys: str = ""
    words: str = ""
    think: float = 2.0
    hang_up_after: float | None = None

    def __post_init__(self) -> None:
        if self.kind not in BEHAVIOURS:
            raise ValueError(f"A phone cannot behave as {self.kind!r}; it can as {', '.join(BEHAVIOURS)}.")


@dataclass
class Text:
    """A line of a text thread. `direction` is in (to this phone) or out."""

    at: float
    direction: str
    other: str
    body: str
    media: list[str] = field(default_factory=list)
    sid: str = ""


@dataclass
class Phone:
    """A pretend phone. `texts_fail` is a Twilio error code that every text to it meets (0: none)."""

    number: str
    label: str = ""
    behaviour: Behaviour = field(default_factory=Behaviour)
    calls: list[Call] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    texts_fail: int = 0
    zip_code: str = ""

    @property
    def machine(self) -> bool:
        """Does a machine answer it?"""
        return self.behaviour.kind == "voicemail"

    @property
    def live_calls(self) -> list[Call]:
        """Calls that have not ended."""
        return [call for call in self.calls if not call.over]


def ring(exchange: Exchange, call: Call, instead: str | None = None) -> None:
    """A call begins to ring at its phone: post what the phone will do by itself, or `instead` by a fault."""
    behaviour = Behaviour(instead) if instead else call.phone.behaviour
    later = exchange.engine.at
    after = behaviour.after
    if behaviour.kind == "busy":
        later(_BUSY_AFTER, lambda: decline(call))
    elif behaviour.kind == "declines":
        later(after or _BUSY_AFTER, lambda: decline(call))
    elif behaviour.kind == "answers":
        later(after if after is not None else 3.0, lambda: _answer(exchange, call, behaviour))
    elif behaviour.kind == "voicemail":
        later(after if after is not None else _VOICEMAIL_PICKS_UP, lambda: _voicemail(exchange, call, behaviour))


def decline(call: Call) -> None:
    """The phone's owner rejects a ringing call; Twilio sees a busy line."""
    if call.status == "ringing":
        call.finish("busy")


def _answer(exchange: Exchange, call: Call, behaviour: Behaviour) -> None:
    if call.status != "ringing":
        return
    call.answer()
    exchange.engine.at(behaviour.think, lambda: _act(call, behaviour))
    if behaviour.hang_up_after is not None:
        exchange.engine.at(behaviour.hang_up_after, lambda: call.finish("completed"))


def _act(call: Call, behaviour: Behaviour) -> None:
    if call.over:
        return
    if behaviour.words:
        call.say(behaviour.words)
    if behaviour.keys:
        call.press(behaviour.keys)


def _voicemail(exchange: Exchange, call: Call, behaviour: Behaviour) -> None:
    if call.status != "ringing":
        return
    call.answer()
    call.say(behaviour.words or GREETING)

    def beep() -> None:
        if not call.over:
            call.say("(beep)")

    exchange.engine.at(_GREETING_SECONDS, beep)
    exchange.engine.at(behaviour.hang_up_after or _VOICEMAIL_LISTENS, lambda: call.finish("completed"))


def seconds_to_beep() -> float:
    """How long after its answer a voicemail's greeting has ended."""
    return _GREETING_SECONDS
