"""The discrete-event engine: one heap of events, one lock, one way to post, a thread only in real time."""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from simulator.clock import Clock, RealClock, VirtualClock

_log = logging.getLogger("simulator")
_IDLE_SECONDS = 1.0  # the longest the real-time thread sleeps without looking
_WEBHOOK_THREADS = 32

Action = Callable[[], None]
T = TypeVar("T")


@dataclass(order=True)
class Event:
    """Something that will happen at `due` (seconds since 1970) unless it is cancelled before."""

    due: float
    order: int
    action: Action = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        """Make sure that it does not happen."""
        self.cancelled = True


class Engine:
    """Runs events in order of time, then of posting. All simulated state is touched under `lock`."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.version = 0
        self._heap: list[Event] = []
        self._order = itertools.count()
        self._era = 0  # counts what was forgotten
        self._thread: threading.Thread | None = None
        self._pool: ThreadPoolExecutor | None = None
        self._stopping = False

    @property
    def virtual(self) -> bool:
        """True when time only moves by `step`."""
        return self.clock.virtual

    @property
    def now(self) -> float:
        """The simulated moment, in seconds since 1970."""
        return self.clock.now()

    def at(self, delay: float, action: Action) -> Event:
        """Post an event `delay` simulated seconds from now; safe from any thread."""
        with self.lock:
            event = Event(self.now + max(delay, 0.0), next(self._order), action)
            heapq.heappush(self._heap, event)
            self.changed.notify_all()
            return event

    def soon(self, action: Action) -> Event:
        """Post an event for this very moment, after those already posted for it."""
        return self.at(0.0, action)

    def touch(self) -> None:
        """Tell everybody who waits that something may have changed."""
        with self.lock:
            self.version += 1
            self.changed.notify_all()

    def forget(self) -> None:
        """Drop all events that have not happened yet, and the results of work that is still being done."""
        with self.lock:
            self._era += 1
            self._heap.clear()

    def offload(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Do slow `work` (a web request), in real time off the engine's thread; hand its result on as an event."""
        if self._pool is None:
            result = work()
            self.soon(lambda: then(result))
        else:
            self._pool.submit(self._work, work, then, self._era)

    def _work(self, work: Callable[[], T], then: Callable[[T], None], era: int) -> None:
        try:
            result = work()
        except Exception:
            _log.exception("work for the engine failed")
            return
        with self.lock:
            if era == self._era:
                self.soon(lambda: then(result))

    # Virtual time

    def step(self, until: float) -> bool:
        """Run the next event if it is due by `until`; else move the clock there and return False."""
        event = self._pop(until)
        clock = self.clock
        if not isinstance(clock, VirtualClock):
            raise TypeError("only virtual time can be stepped")
        if event is None:
            clock.move_to(until)
            return False
        clock.move_to(event.due)
        with self.lock:
            event.action()
            self.touch()
        return True

    def run_for(self, seconds: float) -> None:
        """Let simulated seconds pass, with all that happens in them."""
        self.run_until(lambda: False, seconds)

    def run_until(self, reached: Callable[[], bool], seconds: float) -> bool:
        """Go on until `reached()` or `seconds` are over (simulated in virtual time, else real); say which."""
        if not self.virtual:
            return self._wait_until(reached, seconds)
        deadline = self.now + seconds
        while not reached():
            if not self.step(deadline):
                return reached()
        return True

    def _pop(self, until: float) -> Event | None:
        with self.lock:
            while self._heap and (self._heap[0].cancelled or self._heap[0].due <= until):
                event = heapq.heappop(self._heap)
                if not event.cancelled:
                    return event
            return None

    # Real time

    def _wait_until(self, reached: Callable[[], bool], seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        with self.lock:
            while not reached():
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self.changed.wait(min(left, _IDLE_SECONDS))
            return True

    def start(self) -> None:
        """Begin to run in real time on a thread of its own."""
        self._pool = ThreadPoolExecutor(_WEBHOOK_THREADS, thread_name_prefix="simulator-webhook")
        self._thread = threading.Thread(target=self._run, name="simulator-engine", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread; events still on the heap never happen."""
        with self.lock:
            self._stopping = True
            self.changed.notify_all()
        if self._thread is not None:
            self._thread.join(timeout=5)
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _run(self) -> None:
        while True:
            with self.lock:
                if self._stopping:
                    return
                event = self._pop(self.now)
                if event is None:
                    self.changed.wait(self._idle())
                    continue
                self._run_event(event)

    def _run_event(self, event: Event) -> None:
        try:
            event.action()
        except Exception:
            _log.exception("an event of the simulator failed")
        self.touch()

    def _idle(self) -> float:
        if not self._heap:
            return _IDLE_SECONDS
        return min(_IDLE_SECONDS, max(0.001, self.clock.real_seconds(self._heap[0].due - self.now)))

    def set_speed(self, speed: float) -> None:
        """Make simulated time run `speed` times as fast as real time; ignored by a virtual clock."""
        with self.lock:
            if isinstance(self.clock, RealClock):
                self.clock.speed = speed
            self.changed.notify_all()
