"""The way from a commit to the workers: a nudge at once from every process, and a sweep for what no nudge sent."""

import os
import queue
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog
from celery import shared_task

from config.logs import current_correlation
from config.queues import RELAY_SWEEP
from config.settings import Settings
from models.database import Wake
from workers.publish import Publisher

log = structlog.get_logger(__name__)

WAITING_LIMIT = 10_000  # what does not fit is swept
BATCH = 200
BREAKER_SECONDS = 30.0
SWEEP_AGE = timedelta(seconds=2)
SWEEP_BATCH = 200
SWEEP_ROUNDS = 25

Noted = tuple[Wake, str]  # with the correlation id of whoever committed it


class TakesWakes(Protocol):
    """What the publisher thread needs of a publisher."""

    def publish(self, wakes: Sequence[Noted]) -> None:
        """Send all or raise."""


class Relay:
    """`nudge` is `models.database.Database`'s after-commit hook: it never waits and never raises.

    One daemon thread a process drains a bounded queue. While the broker does not answer, wakes are dropped for
    30 s at a time: the outbox rows are committed, and the sweep publishes them when the broker is back.
    """

    def __init__(self, build_publisher: Callable[[], TakesWakes]) -> None:
        self._build_publisher = build_publisher
        self._start_afresh()
        os.register_at_fork(after_in_child=self._start_afresh)

    def _start_afresh(self) -> None:
        self._waiting: queue.Queue[Noted] = queue.Queue(WAITING_LIMIT)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._publisher: TakesWakes | None = None
        self._closed_until = 0.0

    def nudge(self, wakes: Sequence[Wake]) -> None:
        """Note what a commit asks for; it is published within milliseconds by this process's thread."""
        correlation = current_correlation()
        try:
            for wake in wakes:
                self._waiting.put_nowait((wake, correlation))
        except queue.Full:
            log.warning("relay_full")
        if self._thread is None:
            self._start_thread()

    @property
    def is_idle(self) -> bool:
        """Whether every wake so far was taken up by the thread."""
        return self._waiting.empty()

    def _start_thread(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="relay", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            batch = [self._waiting.get()]
            while len(batch) < BATCH and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            if time.monotonic() >= self._closed_until:
                self._try(batch)

    def _try(self, batch: list[Noted]) -> None:
        try:
            if self._publisher is None:
                self._publisher = self._build_publisher()
            self._publisher.publish(batch)
        except Exception as error:  # whatever it is, the rows are safe and the thread must live
            self._closed_until = time.monotonic() + BREAKER_SECONDS
            log.warning("relay_breaker_open", error=type(error).__name__, seconds=BREAKER_SECONDS)


def build_relay(settings: Settings, *, for_web: bool) -> Relay:
    """The relay of one process; `for_web` gives up on the broker sooner."""
    return Relay(lambda: Publisher(settings, for_web=for_web))


def sweep_unpublished(publisher: Publisher, now: datetime) -> int:
    """Publish every reminder older than two seconds that is still unpublished; how many there were."""
    found = 0
    for _ in range(SWEEP_ROUNDS):
        count = publisher.sweep(now - SWEEP_AGE, SWEEP_BATCH)
        found += count
        if count < SWEEP_BATCH:
            break
    return found


@shared_task(name=RELAY_SWEEP)  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Beat's wake-up: publish what the nudges did not."""
    from workers.household import household  # here, because the web imports this module and builds its own house

    found = sweep_unpublished(household().publisher, datetime.now(UTC))
    if found:
        log.info("relay_swept", count=found)
