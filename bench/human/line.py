"""Virtual time, phones that ring, and the calls a second that the provider takes: the same for every strategy."""

import heapq
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from bench.human.people import CONNECTED, RING_SECONDS, SET_UP, WRAP_UP, Caller, ring

STEP = 1.0  # seconds between two calls placed through REST, Twilio's default
RELEASE = 0.1  # to hang a phone up that rings for nobody any more


@dataclass
class Phone:
    """A counselor's: `line` is the ring or talk that it is busy with."""

    number: int
    line: "Leg | None" = None
    wraps_up_until: float = 0.0
    idle_since: float = 0.0


@dataclass(eq=False)
class Leg:
    """A phone being rung for a caller."""

    caller: Caller
    phone: Phone
    planned_at: float
    placed_at: float | None = None
    answered: bool = False
    accepted: bool = False
    ended_at: float | None = None
    reason: str = ""
    bridged: bool = False  # rung from the call itself


@dataclass
class Line(ABC):
    """A line with counselors. A strategy overrides `arrives` and `over`, and calls `place`."""

    callers: list[Caller]
    staff: int
    seed: str
    now: float = 0.0
    phones: list[Phone] = field(init=False)

    def __post_init__(self) -> None:
        self.phones = [Phone(number) for number in range(self.staff)]
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._rung: dict[tuple[int, int], int] = {}
        self._requests: deque[Leg] = deque()
        self.free_at = 0.0
        for caller in self.callers:
            self.at(caller.at, lambda caller=caller: self.arrives(caller))

    def at(self, delay: float, action: Callable[[], None]) -> None:
        """Let something happen in so many seconds."""
        heapq.heappush(self._heap, (self.now + delay, next(self._order), action))

    def run(self, until: float) -> None:
        """Until nothing more happens, or the virtual time is over."""
        while self._heap and self._heap[0][0] <= until:
            self.now, _, action = heapq.heappop(self._heap)
            action()

    @abstractmethod
    def arrives(self, caller: Caller) -> None:
        """A call comes in."""

    @abstractmethod
    def over(self, leg: Leg) -> None:
        """A ring has ended without a talk, or 1 was pressed (`accepted`), or a talk is over (`ended_at`)."""

    def request(self, leg: Leg) -> None:
        """Dial when the provider takes it, first come, first served."""
        self._requests.append(leg)
        if len(self._requests) == 1:
            self.at(max(0.0, self.free_at - self.now), self._place_next)

    def _place_next(self) -> None:
        while self._requests and self._requests[0].ended_at is not None:
            self._requests.popleft()  # let go while it stood in line
        if not self._requests:
            return
        self.free_at = self.now + STEP
        self.place(self._requests.popleft())
        if self._requests:
            self.at(STEP, self._place_next)

    def place(self, leg: Leg) -> None:
        """Dial: a busy phone says so at once, another one rings."""
        leg.placed_at = self.now
        self.at(SET_UP, lambda: self._ring(leg))

    def _ring(self, leg: Leg) -> None:
        if leg.ended_at is not None:
            return
        phone = leg.phone
        if (phone.line or leg) is not leg or phone.wraps_up_until > self.now:
            self.end(leg, "busy")
            return
        phone.line = leg
        key = (leg.caller.number, phone.number)
        self._rung[key] = self._rung.get(key, 0) + 1
        plan = ring(self.seed, *key, self._rung[key])
        if plan.after is None:
            self.at(RING_SECONDS, lambda: self.end(leg, "no-answer"))
        elif plan.press is None:
            self.at(plan.after, lambda: self.end(leg, "busy"))
        else:
            self.at(plan.after, lambda: self._pick_up(leg))
            self.at(plan.after + plan.press, lambda: self._press(leg))

    def _pick_up(self, leg: Leg) -> None:
        leg.answered = leg.ended_at is None

    def _press(self, leg: Leg) -> None:
        if leg.ended_at is not None or not self.claims(leg):
            self.end(leg, "too late")
            return
        leg.accepted = True
        leg.caller.answered_at = self.now + self.way_in(leg)
        self.at(self.way_in(leg) + leg.caller.talk, lambda: self._talked(leg))
        self.over(leg)

    def claims(self, leg: Leg) -> bool:
        """Whether this press of 1 wins the caller."""
        return leg.caller.answered_at is None

    def way_in(self, leg: Leg) -> float:  # noqa: ARG002 - for those who override it
        """Seconds from the pressed 1 until the two talk."""
        return CONNECTED

    def _talked(self, leg: Leg) -> None:
        leg.phone.wraps_up_until = self.now + WRAP_UP
        self.end(leg, "completed")

    def end(self, leg: Leg, reason: str) -> None:
        """A leg is over; the first reason stands."""
        if leg.ended_at is not None:
            return
        leg.ended_at, leg.reason = self.now, reason
        if leg.phone.line is leg:
            leg.phone.line = None
        self.over(leg)
