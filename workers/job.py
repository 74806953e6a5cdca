"""What every Celery task of ours is: its failures are counted on its reminder, and none kills workers for ever."""

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import structlog
from celery import Task
from celery.exceptions import SoftTimeLimitExceeded

from services import jobs
from services.house import House
from workers.publish import OUTBOX_HEADER

LOST = "WorkerLost"
log = structlog.get_logger(__name__)


class TimeIsUp(BaseException):
    """The soft time limit has passed. No Exception: what goes on after a row that broke must not go on after this."""


class Job(Task):  # type: ignore[misc]  # Celery is not annotated
    """Celery gives the message of a process that died back to the head of its queue, as often as that happens."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run, save when processes died of this message too often; beat's are left to the next tick."""
        if (self.request.delivery_info or {}).get("redelivered"):
            log.warning("task_came_back", task=self.name)
            if not self._may_run_again(self._reminders()):
                return None
        with _ends_in_time():
            return super().__call__(*args, **kwargs)

    def on_failure(self, exc: Exception, *_: Any, **__: Any) -> None:
        """Celery's hook, in the process that ran the task."""
        for reminder in self._reminders():
            jobs.note_failure(_house(), reminder, type(exc).__name__, datetime.now(UTC))

    def _may_run_again(self, reminders: Sequence[int]) -> bool:
        """One reminder by itself, not too often; of several, which may be to blame is seen when each comes alone."""
        if len(reminders) == 1:
            return jobs.may_run_again(_house(), reminders[0], LOST, datetime.now(UTC))
        for reminder in reminders:
            jobs.note_failure(_house(), reminder, LOST, datetime.now(UTC))
        return False

    def _reminders(self) -> Sequence[int]:
        found = self.request.get(OUTBOX_HEADER) or []
        return [int(each) for each in (found if isinstance(found, list | tuple) else [found])]


@contextmanager
def _ends_in_time() -> Iterator[None]:
    """Celery's signal of the soft limit raises an Exception, which every loop over rows would take for a broken row."""
    if threading.current_thread() is not threading.main_thread():  # a worker without processes has no such signal
        yield
        return
    before = signal.signal(signal.SIGUSR1, _stop)
    try:
        yield
    except TimeIsUp:
        raise SoftTimeLimitExceeded from None
    finally:
        signal.signal(signal.SIGUSR1, before)


def _stop(*_: object) -> None:
    raise TimeIsUp


def _house() -> House:
    from workers.household import household  # here: Celery builds this class before settings may be asked for

    return household().house
