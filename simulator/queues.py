"""Call queues: who waits, who is taken next, how long it took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.script import Dequeued

if TYPE_CHECKING:
    from simulator.calls import Call
    from simulator.exchange import Exchange
    from simulator.running import Goto

DEFAULT_SIZE = 1000
LONGEST_NAME = 64


@dataclass(eq=False)
class Member:
    """A waiting call, since `enqueued` (seconds since 1970)."""

    queue: Queue
    call: Call
    enqueued: float
    taken: bool = False
    left: float | None = None
    gone: bool = False

    @property
    def position(self) -> int:
        """1 for the next to be taken."""
        return self.queue.members.index(self) + 1

    @property
    def waited(self) -> int:
        """Whole seconds in the queue."""
        return int((self.left or self.queue.exchange.engine.now) - self.enqueued)


class Queue:
    """A named queue, first in, first out."""

    def __init__(self, exchange: Exchange, name: str, size: int = DEFAULT_SIZE) -> None:
        self.exchange = exchange
        self.sid = exchange.ids.sid("QU")
        self.name = name
        self.size = size
        self.created = exchange.engine.now
        self.members: list[Member] = []
        self.dialers: list[Call] = []
        self._waits: list[int] = []

    @property
    def full(self) -> bool:
        """No more calls fit."""
        return len(self.members) >= self.size

    @property
    def average_wait(self) -> int:
        """Seconds, over those who have left."""
        return round(sum(self._waits) / len(self._waits)) if self._waits else 0

    def add(self, call: Call) -> Member:
        """Put a call at the end."""
        member = Member(self, call, self.exchange.engine.now)
        self.members.append(member)
        call.member = member
        for dialer in self.dialers:
            dialer.look()
        return member

    def remove(self, member: Member) -> None:
        """Take a call out, wherever it stands; one that has left already stays so."""
        if member in self.members:
            self.members.remove(member)
            member.left = self.exchange.engine.now
            self._waits.append(member.waited)
        member.call.member = None

    def forget(self, member: Member) -> None:
        """The call has gone elsewhere for good: a dialer that was promised it takes the next one."""
        self.remove(member)
        member.gone = True
        for dialer in self.dialers:
            dialer.look()

    def take(self, dialer: Call, whisper: Goto | None) -> Member | None:
        """Hand the first waiting call to a dialer, or None when nobody waits."""
        for member in self.members:
            script = member.call.script
            if member.taken or member.call.over or script is None:
                continue
            member.taken = True
            taken = Dequeued(dialer, whisper, self.sid, member.waited)
            script.interrupt(taken, still_true=lambda m=member: m.call.member is m)  # type: ignore[misc]
            return member
        return None
