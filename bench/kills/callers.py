"""Callers who dial at random moments, talk for a while and hang up, and what each of them really got."""

import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.contacts import Leg
from simulator.driver import CallDriver, Simulator

TALK_SECONDS = 4.0
PATIENCE_SECONDS = 150.0  # then a caller gives up
LATE_SECONDS = 45.0  # supervisors are rung by then, also on a good day (DESIGN.md, "Who is rung")
PROMISE = "call you back"


@dataclass
class Caller:
    """One caller. Times are seconds of the run; None: not yet, or never."""

    number: str
    dials_at: float
    call: CallDriver | None = None
    began: float = 0.0
    met_at: float | None = None
    over_at: float | None = None
    most_at_once: int = 0  # people who heard them at one moment
    promised: bool = False
    cut: bool = False  # the line ended a talk that they had not ended

    @property
    def waited(self) -> float | None:
        """Seconds from the call to the first person."""
        return None if self.met_at is None else self.met_at - self.began

    def step(self, sim: Simulator, now: float) -> None:
        """Dial when it is time, look whether somebody is there, hang up when all is said."""
        if self.call is None:
            if now >= self.dials_at:
                self.call, self.began = sim.phone(self.number).dial(), now
            return
        if self.over_at is not None:
            return
        view = self.call.view()
        with_whom = view["talking_with"]
        self.most_at_once = max(self.most_at_once, len(with_whom))
        if with_whom and self.met_at is None:
            self.met_at = now
        self.promised = self.promised or any(PROMISE in line["text"] for line in view["heard"])
        done = self.met_at is not None and now - self.met_at >= TALK_SECONDS
        if view["over"]:
            self.over_at = now
        elif done or now - self.began >= PATIENCE_SECONDS:
            self.cut = self.met_at is not None and not with_whom
            self.call.hang_up()
            self.over_at = now


@dataclass
class Verdict:
    """Callers by number: what must not happen, and how long people waited (seconds, sorted)."""

    callers: int = 0
    met: int = 0
    promised: int = 0
    lost: list[str] = field(default_factory=list)  # neither a person nor a promise
    doubled: list[str] = field(default_factory=list)  # two people at once, or two records of one call
    late: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    unrecorded: list[str] = field(default_factory=list)  # a call of which no row tells
    waits: list[float] = field(default_factory=list)

    @property
    def faultless(self) -> bool:
        """Whether nobody was lost, doubled or forgotten. Late ones and cut talks are counted and shown."""
        return not (self.lost or self.doubled or self.unrecorded)


def crowd(count: int, seconds: float, dice: random.Random) -> list[Caller]:
    """Callers with fictional numbers who dial in the first `seconds`."""
    times = sorted(dice.uniform(0, seconds) for _ in range(count))
    return [Caller(f"+1{201 + place // 100}55501{place % 100:02d}", at) for place, at in enumerate(times)]


def settled(callers: Sequence[Caller]) -> bool:
    """Whether every caller's call is over."""
    return all(caller.over_at is not None for caller in callers)


def unrecorded(session: Session, callers: Iterable[Caller]) -> list[str]:
    """Numbers of callers whose call has no row."""
    known = set(session.scalars(select(Leg.provider_sid)))
    return [caller.number for caller in callers if caller.call is not None and caller.call.sid not in known]


def judge(callers: Sequence[Caller], missing: list[str]) -> Verdict:
    """What came of it."""
    verdict = Verdict(callers=len(callers), unrecorded=missing)
    for caller in callers:
        verdict.met += caller.met_at is not None
        verdict.promised += caller.met_at is None and caller.promised
        if caller.met_at is None and not caller.promised:
            verdict.lost.append(caller.number)
        if caller.most_at_once > 1:
            verdict.doubled.append(caller.number)
        if caller.waited is not None and caller.waited > LATE_SECONDS:
            verdict.late.append(caller.number)
        if caller.cut:
            verdict.cut.append(caller.number)
    verdict.waits = sorted(caller.waited for caller in callers if caller.waited is not None)
    return verdict


def now_of(begun: float) -> float:
    """Seconds of the run."""
    return time.monotonic() - begun
