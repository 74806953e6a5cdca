"""Conferences: who sits in one, when it starts and ends, and the events that it reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import TYPE_CHECKING

from simulator.calls import Callbacks
from simulator.clock import as_datetime
from simulator.script import Disturbed
from simulator.webhooks import Hook

if TYPE_CHECKING:
    from simulator.calls import Call
    from simulator.exchange import Exchange
    from simulator.running import Goto

_ENOUGH = 2  # participants that start a conference


@dataclass(frozen=True)
class Terms:
    """How a participant joins, from TwiML attributes or REST parameters."""

    start_on_enter: bool = True
    end_on_exit: bool = False
    muted: bool = False
    coaching: str = ""
    label: str = ""
    waiting: Goto | None = None
    callbacks: Callbacks = field(default_factory=lambda: Callbacks(events=frozenset()))


@dataclass(eq=False)
class Seat:
    """A participant. `coaching` is the SID of the only call that hears it, or empty."""

    conference: Conference
    call: Call
    terms: Terms
    joined: float
    muted: bool = False
    hold: bool = False
    hold_document: Goto | None = None
    coaching: str = ""
    end_on_exit: bool = False
    gone: bool = False

    def disturb(self) -> None:
        """Make the call's script look at the conference again."""
        if self.call.script is not None:
            self.call.script.interrupt(Disturbed(), still_true=lambda: self.call.seat is self)


class Conference:
    """`status` is init, in-progress or completed; many may share a name, one at a time has not ended."""

    def __init__(self, exchange: Exchange, name: str) -> None:
        self.exchange = exchange
        self.sid = exchange.ids.sid("CF")
        self.name = name
        self.status = "init"
        self.created = exchange.engine.now
        self.seats: dict[str, Seat] = {}
        self.callbacks: Callbacks | None = None
        self.reason = ""
        self.ended_by = ""
        self._sequence = 0

    @property
    def live(self) -> bool:
        """True while the participants hear each other."""
        return self.status == "in-progress"

    @property
    def over(self) -> bool:
        """True once it has ended."""
        return self.status == "completed"

    def join(self, call: Call, terms: Terms) -> Seat:
        """Seat a call; the first one's callbacks are the conference's."""
        if self.callbacks is None:
            self.callbacks = terms.callbacks
        seat = Seat(self, call, terms, self.exchange.engine.now, terms.muted)
        seat.coaching, seat.end_on_exit = terms.coaching, terms.end_on_exit
        self.seats[call.sid] = seat
        call.seat = seat
        self.report("participant-join", seat)
        starting = len(self.seats) >= _ENOUGH and any(s.terms.start_on_enter for s in self.seats.values())
        if self.status == "init" and starting:
            self.status = "in-progress"
            self.report("conference-start")
            for other in self.seats.values():
                other.call.hear("in the conference", "state")
                other.disturb()
        elif self.live:
            call.hear("in the conference", "state")
        return seat

    def leave(self, seat: Seat, kicked: bool = False) -> None:
        """Take a call out; the conference may end by it."""
        if seat.gone:
            return
        self._unseat(seat, "participant_updated_via_api" if kicked else "participant_hung_up")
        how = "kicked" if kicked else "left"
        if seat.end_on_exit and not self.over:
            self.end(f"participant-with-end-conference-on-exit-{how}", seat.call.sid)
        elif not self.seats and not self.over:
            self.end(f"last-participant-{how}", seat.call.sid)

    def _unseat(self, seat: Seat, reason: str) -> None:
        self.seats.pop(seat.call.sid, None)
        seat.gone = True
        seat.disturb()
        self.report("participant-leave", seat, [("ReasonParticipantLeft", reason)])

    def end(self, reason: str, by: str = "") -> None:
        """End it for everybody."""
        if self.over:
            return
        self.status, self.reason, self.ended_by = "completed", reason, by
        for seat in list(self.seats.values()):
            self._unseat(seat, reason.replace("-", "_"))
        self.report("conference-end", None, [("ReasonConferenceEnded", reason), ("CallSidEndingConference", by)])

    def report(self, event: str, seat: Seat | None = None, extra: list[tuple[str, str]] | None = None) -> None:
        """Send an event to the first participant's status callback, if it asked for the kind."""
        self.exchange.journal.note("conference", event, sid=self.sid, name=self.name, call=seat and seat.call.sid)
        plan = self.callbacks
        if plan is None or not plan.url or not _asked_for(event, plan.events):
            return
        form = [
            ("AccountSid", self.exchange.settings.account_sid),
            ("ConferenceSid", self.sid),
            ("FriendlyName", self.name),
            ("StatusCallbackEvent", event),
            ("SequenceNumber", str(self._sequence)),
            ("Timestamp", format_datetime(as_datetime(self.exchange.engine.now))),
            *(_participant(event, seat) if seat else []),
            *(extra or []),
        ]
        self._sequence += 1
        self.exchange.webhooks.send(Hook("conference", plan.url, plan.method, form))


def _asked_for(event: str, events: frozenset[str]) -> bool:
    """`participant-unmute` belongs to `mute`, `announcement-end` to `announcement`, `conference-start` to `start`."""
    subject, _, what = event.partition("-")
    if subject == "announcement":
        return "announcement" in events
    return what in events or (what.startswith("un") and what.removeprefix("un") in events)


def _participant(event: str, seat: Seat) -> list[tuple[str, str]]:
    form = [
        ("CallSid", seat.call.sid),
        ("Muted", _word(seat.muted)),
        ("Hold", _word(seat.hold)),
        ("Coaching", _word(bool(seat.coaching))),
        ("EndConferenceOnExit", _word(seat.end_on_exit)),
        ("StartConferenceOnEnter", _word(seat.terms.start_on_enter)),
    ]
    if seat.terms.label:
        form.append(("ParticipantLabel", seat.terms.label))
    if seat.coaching:
        form.append(("CallSidToCoach", seat.coaching))
    if event == "participant-leave":
        form.append(("ParticipantCallStatus", seat.call.status))
    return form


def _word(value: bool) -> str:
    return "true" if value else "false"
