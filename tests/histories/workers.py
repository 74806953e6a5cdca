"""Workers and beat in virtual time: the real task functions, called when their wakes arrive, or later, or twice."""

import sys
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from models.database import Wake
from services import each, ringing
from services.house import House
from simulator.clock import as_datetime
from simulator.engine import Engine
from telephony.ports import Telephony
from tests.histories.plans import Broken
from workers import calls

SLOTS = 4  # tasks at the same time
PICKED_UP_AFTER = 0.02  # seconds from a commit to the worker
LATE = 5.0
SWEEP_EVERY = 2.0
DIAL_EVERY = 1.0
SWEEP_IDLE_EVERY = 10.0  # while nothing changes: sweeps are most of a history's cost, and a slow beat must do no harm
CHANGED_LATELY = 4.0
RECONCILE_EVERY = 30.0
VISIBILITY = 300.0  # after this the broker hands out again what a killed worker had taken
TASKS: dict[str, Any] = {task.name: task for task in vars(calls).values() if hasattr(task, "delay")}


class Killed(BaseException):
    """kill -9 of the worker, at a REST request."""


class Household:
    """What `workers.household.household()` gives a task."""

    def __init__(self, house: House, telephony: Telephony, engine: Engine) -> None:
        self.house, self.telephony, self._engine = house, telephony, engine

    def now(self) -> datetime:
        return as_datetime(self._engine.now)


class Workers:
    """Celery with its broker, its relay and its beat."""

    def __init__(self, engine: Engine, broken: Broken, failed: Callable[[str, BaseException | None], None]) -> None:
        self._engine, self._broken, self._failed = engine, broken, failed
        self._began = engine.now
        self._fates = dict(broken.wakes)
        self._noted = 0
        self._unpublished: list[tuple[float, Wake]] = []
        self._waiting: deque[tuple[str, tuple[Any, ...]]] = deque()
        self._running = 0
        self._changed_at = self._swept_at = self._reconciled_at = engine.now
        self.healthy = False  # from now on nothing of ours breaks
        for module in (each, ringing):  # where a row that breaks is logged, and the others are gone on with
            module.log = SimpleNamespace(exception=lambda event: failed(event, sys.exception()))  # type: ignore
        engine.at(SWEEP_EVERY, self._beat)
        engine.at(DIAL_EVERY, self._dial)

    @property
    def alive(self) -> bool:
        """Whether workers run now."""
        at = self._engine.now - self._began
        return self.healthy or not any(since <= at < since + span for since, span in self._broken.dead)

    @property
    def idle(self) -> bool:
        """Whether nothing is left to do or to publish."""
        return not (self._running or self._waiting or self._unpublished)

    def nudge(self, wakes: Sequence[Wake]) -> None:
        """`Database.after_commit` of the web and of the workers."""
        self._changed_at = self._engine.now
        for wake in wakes:
            if wake.kind != "outbox" or wake.task not in TASKS:
                continue
            fate = self._fates.get(self._noted, "") if not self.healthy else ""
            self._noted += 1
            if fate == "lost":
                self._unpublished.append((self._engine.now, wake))
                continue
            self._post(wake.task, wake.args, LATE if fate == "late" else PICKED_UP_AFTER)
            if fate == "doubled":
                self._post(wake.task, wake.args, LATE)

    def _post(self, task: str, args: tuple[Any, ...], delay: float) -> None:
        self._engine.at(delay, lambda: self._arrive(task, args))

    def _arrive(self, task: str, args: tuple[Any, ...]) -> None:
        self._waiting.append((task, args))
        self._work()

    def _work(self) -> None:
        while self._waiting and self.alive and self._running < SLOTS:
            self._run(*self._waiting.popleft())

    def _run(self, task: str, args: tuple[Any, ...]) -> None:
        self._running += 1
        try:
            TASKS[task].run(*args)
        except Killed:
            if args:
                self._post(task, args, VISIBILITY)
        except Exception as error:
            self._failed(task, error)
        finally:
            self._running -= 1

    def _dial(self) -> None:
        self._engine.at(DIAL_EVERY, self._dial)
        if self.alive and self._running < SLOTS and self._engine.now - self._changed_at <= CHANGED_LATELY:
            self._run(calls.CALLS_DIAL, ())

    def _beat(self) -> None:
        self._engine.at(SWEEP_EVERY, self._beat)
        if not self.alive:
            return
        now = self._engine.now
        late = [entry for entry in self._unpublished if now - entry[0] >= SWEEP_EVERY]
        self._unpublished = [entry for entry in self._unpublished if now - entry[0] < SWEEP_EVERY]
        for _, wake in late:
            self._post(wake.task, wake.args, PICKED_UP_AFTER)
        self._work()
        idle = now - self._changed_at > CHANGED_LATELY
        if self._running < SLOTS and now - self._swept_at >= (SWEEP_IDLE_EVERY if idle else SWEEP_EVERY):
            self._swept_at = now
            self._run(calls.CALLS_SWEEP, ())
        if self._running < SLOTS and now - self._reconciled_at >= RECONCILE_EVERY:
            self._reconciled_at = now
            self._run(calls.CALLS_RECONCILE, ())
