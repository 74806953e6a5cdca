"""A call's script: a generator that steps through TwiML, fed with signals and interrupts by the engine."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

from simulator.engine import Engine, Event

TIMEOUT = "timeout"
LOOK = "look"  # something changed that the script should look at
KEY = "key"
SPEECH = "speech"
ANSWER = "answer"


@dataclass(frozen=True)
class Wait:
    """What a script yields: the signals that it listens for, and for how long (None: until one comes)."""

    names: frozenset[str] = frozenset()
    seconds: float | None = None


@dataclass(frozen=True)
class Signal:
    """What a script gets back."""

    name: str
    value: Any = None


Steps = Generator[Wait, Signal, Any]


class Interrupt(Exception):
    """Thrown into a script to break off whatever it does."""


class HungUp(Interrupt):
    """The call is over."""


class Redirected(Interrupt):
    """A REST request sends the call elsewhere; `queue_result` is what an Enqueue should report."""

    def __init__(self, target: Any, queue_result: str = "redirected") -> None:
        super().__init__()
        self.target = target
        self.queue_result = queue_result


class Disturbed(Interrupt):
    """The conference around the call has changed."""


class Dequeued(Interrupt):
    """A `<Dial><Queue>` takes the waiting call."""

    def __init__(self, dialer: Any, whisper: Any, queue_sid: str, waited: int) -> None:
        super().__init__()
        self.dialer = dialer
        self.whisper = whisper
        self.queue_sid = queue_sid
        self.waited = waited


class Left(Interrupt):
    """The wait document said `<Leave/>`."""


def listen(*names: str, seconds: float | None = None) -> Wait:
    """A wait for one of these signals."""
    return Wait(frozenset(names), seconds)


@dataclass
class Script:
    """Runs one generator to its end. Signals and interrupts arrive through the heap, never in the middle of a step."""

    engine: Engine
    steps: Steps
    over: bool = False
    _wait: Wait = field(default_factory=Wait)
    _timer: Event | None = None

    def start(self) -> None:
        """Take the first step, as an event."""
        self.engine.soon(lambda: self._advance(lambda: next(self.steps)))

    def tell(self, name: str, value: Any = None, unheard: Callable[[], None] | None = None) -> None:
        """Send a signal; when the script does not listen for it at that moment, `unheard` is called instead."""

        def deliver() -> None:
            if not self.over and name in self._wait.names:
                self._advance(lambda: self.steps.send(Signal(name, value)))
            elif unheard is not None:
                unheard()

        self.engine.soon(deliver)

    def interrupt(self, interrupt: Interrupt, still_true: Callable[[], bool] = lambda: True) -> None:
        """Throw an interrupt, unless by then it is no longer true."""

        def deliver() -> None:
            if not self.over and still_true():
                self._advance(lambda: self.steps.throw(interrupt))

        self.engine.soon(deliver)

    def _advance(self, step: Callable[[], Wait]) -> None:
        if self.over:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._wait = Wait()
        try:
            self._wait = step()
        except (StopIteration, Interrupt):
            self.over = True
            return
        if self._wait.seconds is not None:
            self._timer = self.engine.at(self._wait.seconds, self._time_out)

    def _time_out(self) -> None:
        self._advance(lambda: self.steps.send(Signal(TIMEOUT)))
