"""Two clocks for the engine: real time, which may run fast, and virtual time, which jumps to the next event."""

import time
from datetime import UTC, datetime
from typing import Protocol

VIRTUAL_START = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)  # a Monday morning in the United States


class Clock(Protocol):
    """Seconds since 1970 (UTC), as the simulated world counts them."""

    virtual: bool

    def now(self) -> float:
        """The simulated moment."""

    def real_seconds(self, simulated: float) -> float:
        """How long a span of simulated seconds lasts outside."""


class RealClock:
    """Runs with the machine's clock, `speed` times as fast."""

    virtual = False

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed
        self._simulated = time.time()
        self._real = time.monotonic()

    def now(self) -> float:
        """The simulated moment."""
        return self._simulated + (time.monotonic() - self._real) * self._speed

    @property
    def speed(self) -> float:
        """Simulated seconds in a real one."""
        return self._speed

    @speed.setter
    def speed(self, value: float) -> None:
        self._simulated, self._real = self.now(), time.monotonic()
        self._speed = value

    def real_seconds(self, simulated: float) -> float:
        """How long a span of simulated seconds lasts outside."""
        return simulated / self._speed


class VirtualClock:
    """Stands still until the engine moves it."""

    virtual = True
    speed = 0.0

    def __init__(self, start: datetime = VIRTUAL_START) -> None:
        self._now = start.timestamp()

    def now(self) -> float:
        """The simulated moment."""
        return self._now

    def move_to(self, moment: float) -> None:
        """Jump forward; a moment in the past changes nothing."""
        self._now = max(self._now, moment)

    def real_seconds(self, simulated: float) -> float:  # noqa: ARG002 - virtual time costs none
        """How long a span of simulated seconds lasts outside."""
        return 0.0


def as_datetime(moment: float) -> datetime:
    """Seconds since 1970 as an aware UTC datetime."""
    return datetime.fromtimestamp(moment, UTC)
