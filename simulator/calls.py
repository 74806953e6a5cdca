"""One telephone call: a leg between Twilio and one pretend phone, its status, and what is heard on it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import format_datetime
from typing import TYPE_CHECKING

from simulator import hearing
from simulator.clock import as_datetime
from simulator.script import KEY, LOOK, SPEECH, HungUp, Redirected, Script, Steps
from simulator.webhooks import Hook

if TYPE_CHECKING:
    from simulator.conferences import Seat
    from simulator.exchange import Exchange
    from simulator.phones import Phone
    from simulator.queues import Member

FINAL = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
ALL_EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})
_SIP_CODES = {"completed": 200, "busy": 486, "no-answer": 480, "failed": 404, "canceled": 487}


@dataclass(frozen=True)
class Callbacks:
    """Where a call's progress is reported, and which events."""

    url: str = ""
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})


@dataclass(frozen=True)
class Fallback:
    """Where Twilio turns when a call's TwiML fails."""

    url: str = ""
    method: str = "POST"


@dataclass(frozen=True)
class Heard:
    """A line of a call's transcript. `source` is voice (TwiML), sound, self, state, or the number of who speaks."""

    at: float
    source: str
    text: str


class Call:
    """`number` is the pretend phone's; times are seconds since 1970; `status` is Twilio's."""

    def __init__(self, exchange: Exchange, direction: str, from_: str, to: str, phone: Phone) -> None:
        self.exchange = exchange
        self.sid = exchange.ids.sid("CA")
        self.direction = direction
        self.from_ = from_
        self.to = to
        self.phone = phone
        self.parent: Call | None = None
        self.status = "queued"
        self.callbacks = Callbacks()
        self.fallback = Fallback()
        self.created = exchange.engine.now
        self.rang: float | None = None
        self.answered: float | None = None
        self.ended: float | None = None
        self.answered_by: str | None = None
        self.accepted = False  # by a callee whose whisper has ended
        self.parent_waits = True  # a child that was redirected lives on without its Dial
        self.script: Script | None = None
        self.partner: Call | None = None
        self.seat: Seat | None = None
        self.member: Member | None = None
        self.on_answer: Callable[[], None] | None = None
        self.heard: list[Heard] = []
        self._sequence = 0

    @property
    def over(self) -> bool:
        """True once the status is final."""
        return self.status in FINAL

    @property
    def number(self) -> str:
        """The pretend phone's number."""
        return self.phone.number

    @property
    def duration(self) -> int:
        """Seconds from answer to end, rounded; 0 when never answered."""
        if self.answered is None:
            return 0
        return round((self.ended or self.exchange.engine.now) - self.answered)

    @property
    def number_shown(self) -> str:
        """Whom a `<Dial>` of this call shows by default: the caller, or for a call out the number that placed it."""
        return self.from_

    # Lifecycle

    def run(self, steps: Steps) -> None:
        """Give the call its script."""
        self.script = Script(self.exchange.engine, steps)
        self.script.start()

    def ring(self) -> None:
        """The phone begins to ring."""
        self.status = "ringing"
        self.rang = self.exchange.engine.now
        self.report("ringing")

    def answer(self) -> None:
        """Ringing becomes in-progress; anything else stays."""
        if self.status in {"ringing", "initiated", "queued"}:
            self.status = "in-progress"
            self.answered = self.exchange.engine.now
            self.report("answered")
            if self.on_answer is not None:
                self.on_answer()
            self.look()

    def finish(self, status: str) -> None:
        """End the call with this final status; one that has ended stays as it is."""
        if self.over:
            return
        silent = self.status == "queued"
        self.status = status
        self.ended = self.exchange.engine.now
        self.hear(status, "state")
        if self.script is not None:
            self.script.interrupt(HungUp())
        if not silent:  # canceled while queued: no callbacks (TWILIO.md 4.8)
            self.report("completed")
        self.look()
        if self.partner is not None:
            self.partner.look()

    def redirect(self, redirected: Redirected) -> None:
        """Send a call in progress to other TwiML."""
        if self.script is not None:
            self.script.interrupt(redirected)

    def look(self) -> None:
        """Tell this call's script and its parent's to look at what has changed."""
        for call in (self, self.parent):
            if call is not None and call.script is not None:
                call.script.tell(LOOK)

    # What is heard and said

    def hear(self, text: str, source: str = "voice") -> None:
        """Add a line to the transcript."""
        self.heard.append(Heard(self.exchange.engine.now, source, text))

    def say(self, words: str) -> None:
        """The person at the phone speaks."""
        self.hear(words, "self")
        for other in hearing.heard_by(self):
            other.hear(words, self.number)
        if self.script is not None:
            self.script.tell(SPEECH, words)

    def press(self, keys: str) -> None:
        """The person at the phone presses keys, one after the other."""
        self.hear(f"pressed {keys}", "self")
        for key in keys:
            if self.script is not None:
                self.script.tell(KEY, key, unheard=lambda key=key: self._tone(key))  # type: ignore[misc]

    def _tone(self, key: str) -> None:
        for other in hearing.heard_by(self):
            other.hear(f"tone {key}", self.number)

    # What Twilio tells about it

    def parameters(self) -> list[tuple[str, str]]:
        """The parameters of every voice webhook."""
        form = [
            ("CallSid", self.sid),
            ("AccountSid", self.exchange.settings.account_sid),
            ("From", self.from_),
            ("To", self.to),
            ("Caller", self.from_),
            ("Called", self.to),
            ("CallStatus", self.status),
            ("ApiVersion", "2010-04-01"),
            ("Direction", self.direction),
        ]
        if self.parent is not None:
            form.append(("ParentCallSid", self.parent.sid))
        if self.answered_by is not None:
            form.append(("AnsweredBy", self.answered_by))
        return form + self._places()

    def _places(self) -> list[tuple[str, str]]:
        form = []
        for role, number in (("From", self.from_), ("Caller", self.from_), ("To", self.to), ("Called", self.to)):
            place = self.exchange.place_of(number)
            form += [(f"{role}{part}", place[part]) for part in ("City", "State", "Zip", "Country")]
        return form

    def report(self, event: str) -> None:
        """Send a status callback, if this event was asked for."""
        self.exchange.journal.note("call", event, sid=self.sid, status=self.status, number=self.number)
        plan = self.callbacks
        if not plan.url or event not in plan.events:
            return
        form = [
            *self.parameters(),
            ("Timestamp", format_datetime(as_datetime(self.exchange.engine.now))),
            ("CallbackSource", "call-progress-events"),
            ("SequenceNumber", str(self._sequence)),
        ]
        self._sequence += 1
        if event == "initiated":
            form = [(name, "initiated" if name == "CallStatus" else value) for name, value in form]
        if event == "completed":
            form += self._final_parameters()
        self.exchange.webhooks.send(Hook("call-status", plan.url, plan.method, form))

    def _final_parameters(self) -> list[tuple[str, str]]:
        minutes = math.ceil(self.duration / 60)
        return [
            ("CallDuration", str(self.duration)),
            ("Duration", str(minutes)),
            ("SipResponseCode", str(_SIP_CODES[self.status])),
        ]
