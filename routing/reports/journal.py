"""One call as its timeline tells it: how long the caller waited, how each wait ended, whom it kept busy.

Every figure of a report is counted from these, and these only from rows of `contact_event`. A wait begins when the call
comes in, not when a queue was ready for it, so that nothing that we do first makes us look faster.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any

from routing.spans import Span


@dataclass(frozen=True)
class Event:
    """One row of a contact's timeline."""

    contact: uuid.UUID
    at: datetime
    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)


class WaitEnd(StrEnum):
    """How a wait ended. Only `answered` is an answer; everything else stays in the denominator."""

    ANSWERED = "answered"
    GAVE_UP = "gave_up"  # hung up, however soon
    CALLBACK = "callback"  # asked for one, or was promised one because nobody was free
    VOICEMAIL = "voicemail"
    CRISIS_LINE = "crisis_line"  # 988 took them
    LOST = "lost"  # reached nobody while we could not serve them, found later in the provider's list or our journal
    OPEN = "open"  # still waits, or the timeline does not tell


@dataclass(frozen=True)
class Wait:
    """One wait. `seconds` is None when the timeline does not tell how long it was."""

    began: datetime
    end: WaitEnd
    ended: datetime | None = None

    @property
    def seconds(self) -> float | None:
        """How long the caller waited."""
        return None if self.ended is None else max((self.ended - self.began) / timedelta(seconds=1), 0.0)


@dataclass(frozen=True)
class Call:
    """One incoming call with one wait or more; `busy` are the stretches in which it kept a counselor from others."""

    opened: datetime
    waits: tuple[Wait, ...]
    busy: tuple[Span, ...]
    by_backup: bool  # somebody of the backup centre or the on-call list answered first
    reached_later: bool  # whoever was not answered was talked with in a call back

    @property
    def first(self) -> Wait:
        """The wait by which the call is judged."""
        return self.waits[0]


def by_contact(events: Iterable[Event]) -> Iterator[list[Event]]:
    """The timelines, contact by contact; the events of one contact come together and in their order."""
    return (list(timeline) for _, timeline in groupby(events, key=lambda event: event.contact))


def read_call(timeline: Iterable[Event], wrap_up: timedelta) -> Call | None:
    """The call that a timeline tells of; None when it is no call, or one that was turned away before it could wait.

    `wrap_up` is how long a counselor is kept free after a call; a disposition written later kept nobody busy.
    """
    reader = _Reader(wrap_up)
    for event in timeline:
        reader.take(event)
    return reader.call()


class _Reader:
    """Goes through one timeline."""

    def __init__(self, wrap_up: timedelta) -> None:
        self._wrap_up = wrap_up
        self._opened: datetime | None = None
        self._turned_away = False
        self._waits: list[Wait] = []
        self._rung: dict[str, datetime] = {}
        self._busy_from: datetime | None = None  # since when the one who pressed 1 was rung
        self._talk_from: datetime | None = None
        self._over: datetime | None = None  # the talk ended, the disposition is not written yet
        self._busy: list[Span] = []
        self._backup = self._claimed_by_backup = False
        self._ours = False  # we call them
        self._reached_later = False
        self._offered_voicemail: datetime | None = None

    def take(self, event: Event) -> None:
        """One event of the timeline."""
        act = getattr(self, f"_on_{event.kind}", None)
        if act is not None and (self._opened is not None or event.kind == "call_opened"):
            act(event.at, event.data)

    def call(self) -> Call | None:
        """What was read."""
        if self._opened is None or self._turned_away:
            return None
        if self._over is not None:
            self._close_busy(self._over + self._wrap_up)
        return Call(self._opened, tuple(self._waits), tuple(self._busy), self._backup, self._reached_later)

    # ---- waiting

    def _on_call_opened(self, at: datetime, _data: Mapping[str, Any]) -> None:
        self._opened = at
        self._begin_wait(at)

    def _on_call_held(self, _at: datetime, _data: Mapping[str, Any]) -> None:
        self._turned_away = True

    def _on_challenge_passed(self, _at: datetime, _data: Mapping[str, Any]) -> None:
        self._turned_away = False

    def _on_caller_left(self, at: datetime, _data: Mapping[str, Any]) -> None:
        self._end_wait(WaitEnd.GAVE_UP, at)

    def _on_callback_requested(self, at: datetime, _data: Mapping[str, Any]) -> None:
        self._end_wait(WaitEnd.CALLBACK, at)

    _on_callback_promised = _on_callback_requested

    def _on_voicemail_offered(self, at: datetime, _data: Mapping[str, Any]) -> None:
        self._offered_voicemail = at

    def _on_voicemail_left(self, at: datetime, _data: Mapping[str, Any]) -> None:
        """Its receipt may come after the hang-up; the wait ended when the caller was asked to speak."""
        ended = self._offered_voicemail or at
        if self._waiting or (self._offered_voicemail and self._waits[-1].end is WaitEnd.GAVE_UP):
            self._waits[-1] = Wait(self._waits[-1].began, WaitEnd.VOICEMAIL, ended)

    def _on_bridged_988(self, at: datetime, _data: Mapping[str, Any]) -> None:
        self._end_wait(WaitEnd.CRISIS_LINE, at)

    def _on_after_988(self, at: datetime, data: Mapping[str, Any]) -> None:
        if data.get("answered"):
            self._begin_wait(at)
        elif self._waits[-1].end is WaitEnd.CRISIS_LINE:
            self._reopen_wait()

    def _on_degraded_nobody(self, at: datetime, _data: Mapping[str, Any]) -> None:
        self._end_wait(WaitEnd.LOST, at)

    def _on_missed_altogether(self, _at: datetime, data: Mapping[str, Any]) -> None:
        self._end_wait(WaitEnd.ANSWERED if data.get("talked") else WaitEnd.LOST, None)

    def _on_waits_again(self, at: datetime, _data: Mapping[str, Any]) -> None:
        self._ours = False
        self._talk_over(at)
        self._begin_wait(at)

    # ---- somebody takes the call

    def _on_ring_planned(self, at: datetime, data: Mapping[str, Any]) -> None:
        self._rung[str(data.get("leg"))] = at

    def _on_accepted(self, at: datetime, data: Mapping[str, Any]) -> None:
        if self._over is not None:
            self._close_busy(min(at, self._over + self._wrap_up))
        self._busy_from = self._rung.get(str(data.get("leg")), at)
        self._claimed_by_backup = "counselor" not in data

    def _on_connected(self, at: datetime, _data: Mapping[str, Any]) -> None:
        if self._ours:
            self._reached_later = True
        elif self._waiting:
            self._backup = self._claimed_by_backup if len(self._waits) == 1 else self._backup
            self._end_wait(WaitEnd.ANSWERED, at)
        self._talk_from = at

    def _on_gave_back(self, at: datetime, _data: Mapping[str, Any]) -> None:
        """Whoever pressed 1 is gone before the two have met: the same wait goes on, the time was work nonetheless."""
        if self._talk_from is not None and self._waits[-1].end is WaitEnd.ANSWERED and not self._ours:
            self._reopen_wait()
        self._talk_from = None
        self._close_busy(at)

    _on_claim_expired = _on_gave_back

    def _on_conversation_ended(self, at: datetime, _data: Mapping[str, Any]) -> None:
        self._talk_over(at)

    _on_handed_over = _on_conversation_ended

    def _on_disposition(self, at: datetime, _data: Mapping[str, Any]) -> None:
        if self._over is not None:
            self._close_busy(min(at, self._over + self._wrap_up))

    # ---- we call them

    def _on_callback_started(self, _at: datetime, _data: Mapping[str, Any]) -> None:
        self._ours = True

    _on_called_out = _on_callback_started

    # ---- what the parts have in common

    @property
    def _waiting(self) -> bool:
        return bool(self._waits) and self._waits[-1].end is WaitEnd.OPEN

    def _begin_wait(self, at: datetime) -> None:
        if not self._waiting:
            self._waits.append(Wait(at, WaitEnd.OPEN))
            self._offered_voicemail = None

    def _reopen_wait(self) -> None:
        self._waits[-1] = Wait(self._waits[-1].began, WaitEnd.OPEN)

    def _end_wait(self, end: WaitEnd, at: datetime | None) -> None:
        if self._waiting:
            self._waits[-1] = Wait(self._waits[-1].began, end, at)

    def _talk_over(self, at: datetime) -> None:
        if self._talk_from is not None:
            self._talk_from, self._over = None, at

    def _close_busy(self, at: datetime) -> None:
        if self._busy_from is not None and self._busy_from < at and not self._claimed_by_backup:
            self._busy.append(Span(self._busy_from, at))
        self._busy_from = self._over = None


KINDS = frozenset(name.removeprefix("_on_") for name in dir(_Reader) if name.startswith("_on_"))
