"""What every Celery task of ours is: its failures are counted on its reminder, and none kills workers for ever."""

from datetime import UTC, datetime
from typing import Any

import structlog
from celery import Task

from services import jobs
from services.house import House
from workers.publish import OUTBOX_HEADER

LOST = "WorkerLost"
log = structlog.get_logger(__name__)


class Job(Task):  # type: ignore[misc]  # Celery is not annotated
    """Celery gives the message of a process that died back to the head of its queue, as often as that happens."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run, save when processes died of this message too often; beat's are left to the next tick."""
        if (self.request.delivery_info or {}).get("redelivered"):
            log.warning("task_came_back", task=self.name)
            reminder = self._reminder()
            if reminder is None or not jobs.may_run_again(_house(), reminder, LOST, datetime.now(UTC)):
                return None
        return super().__call__(*args, **kwargs)

    def on_failure(self, exc: Exception, *_: Any, **__: Any) -> None:
        """Celery's hook, in the process that ran the task."""
        reminder = self._reminder()
        if reminder is not None:
            jobs.note_failure(_house(), reminder, type(exc).__name__, datetime.now(UTC))

    def _reminder(self) -> int | None:
        found = self.request.get(OUTBOX_HEADER)
        return int(found) if found is not None else None


def _house() -> House:
    from workers.household import household  # here: Celery builds this class before settings may be asked for

    return household().house
