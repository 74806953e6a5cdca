"""Ways to reach a simulator from a test: an exchange of this process, or another process over HTTP."""

from collections.abc import Callable
from typing import Any, Protocol

import requests

from simulator.clock import RealClock
from simulator.commands import perform
from simulator.exchange import Exchange

PATIENCE = 120.0  # seconds for an answer: a shared machine stands still at times
_POLL = 2.0  # seconds that one request waits for news


class Port(Protocol):
    """A way to reach a simulator."""

    def perform(self, name: str, /, **args: Any) -> Any:
        """Do a command."""

    def run_until(self, reached: Callable[[], bool], seconds: float) -> bool:
        """Wait for something; say whether it came."""


class InProcess:
    """An exchange of this process."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    def perform(self, name: str, /, **args: Any) -> Any:
        """Do a command."""
        return perform(self.exchange, name, args)

    def run_until(self, reached: Callable[[], bool], seconds: float) -> bool:
        """Wait, and in virtual time make time pass."""
        return self.exchange.engine.run_until(reached, seconds)


class OverHttp:
    """A simulator process."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False

    def perform(self, name: str, /, **args: Any) -> Any:
        """Do a command. Raises ValueError with the simulator's sentence when it is refused."""
        response = self._session.post(f"{self._base}/sim/{name}", json=args, timeout=PATIENCE)
        answer = response.json()
        if response.status_code >= 400:
            raise ValueError(answer["error"])
        return answer

    def run_until(self, reached: Callable[[], bool], seconds: float) -> bool:
        """Wait; the simulator answers as soon as something changes."""
        clock = RealClock()
        deadline = clock.now() + seconds
        version = -1
        while not reached():
            left = deadline - clock.now()
            if left <= 0:
                return False
            query = {"since": version, "wait": min(left, _POLL)}
            version = self._session.get(f"{self._base}/sim/state", params=query, timeout=PATIENCE).json()["version"]
        return True
