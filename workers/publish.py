"""Hands reminders to the broker and wakes to open pages: one publisher a process, used by one thread at a time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import redis
import structlog
from celery import Celery
from kombu.exceptions import OperationalError

from config.queues import WEB_TIMEOUTS, WORKER_TIMEOUTS, celery_config
from config.settings import Settings
from models import outbox
from models.database import Database, Wake, build_engine
from services import jobs
from services.texts import SEND_TASK

LIVE_CHANNEL = "live"  # carries ids of contacts and counselors and nothing else
STATEMENT_TIMEOUT_MS = 5_000
CORRELATION_HEADER = "harborline_correlation"
OUTBOX_HEADER = "harborline_outbox"  # the reminders' ids, for counting their failures
TAKES_MANY = {SEND_TASK: 10}  # texts in one message: so many requests to the provider stand open at once
AWAY = (OperationalError, redis.RedisError, OSError)  # the broker's trouble; any other is this reminder's own
log = structlog.get_logger(__name__)


class Reminder(NamedTuple):
    """One message for the broker; `ids` are the rows of the outbox that it stands for."""

    task: str
    queue: str
    args: tuple[Any, ...]
    correlation: str
    ids: tuple[int, ...]


def together(reminders: Iterable[Reminder]) -> Iterator[Reminder]:
    """The same reminders, those of one origin for a task that takes many ids joined into fewer messages."""
    open_ones: dict[tuple[str, str, str], Reminder] = {}
    for one in reminders:
        if one.task not in TAKES_MANY:
            yield one
            continue
        key = (one.task, one.queue, one.correlation)
        before = open_ones.pop(key, None)
        joined = one if before is None else before._replace(args=before.args + one.args, ids=before.ids + one.ids)
        if len(joined.args) >= TAKES_MANY[one.task]:
            yield joined
        else:
            open_ones[key] = joined
    yield from open_ones.values()


class Publisher:
    """Connections to broker, Redis and database of its own; build it after the fork, in the thread that uses it."""

    def __init__(self, settings: Settings, *, for_web: bool) -> None:
        connect_seconds, read_seconds = WEB_TIMEOUTS if for_web else WORKER_TIMEOUTS
        self._celery = Celery("harborline-publisher", set_as_current=False)
        self._celery.conf.update(celery_config(settings, for_web=for_web))
        self._redis = redis.Redis.from_url(
            settings.redis_url, socket_connect_timeout=connect_seconds, socket_timeout=read_seconds
        )
        self._engine = build_engine(settings.database_url, statement_timeout_ms=STATEMENT_TIMEOUT_MS, pool_size=1)
        self._db = Database(self._engine)

    def publish(self, wakes: Sequence[tuple[Wake, str]]) -> None:
        """Send each wake, with its correlation id; raises as soon as the broker or Redis is away.

        A reminder that cannot be published for a reason of its own is left to the sweep, which counts.
        """
        found = [Reminder(w.task, w.queue, w.args, code, (int(w.id),)) for w, code in wakes if w.kind == "outbox"]
        sent: list[int] = []
        try:
            for reminder in together(found):
                try:
                    self._remind(reminder)
                except AWAY:
                    raise
                except Exception as error:
                    log.warning("reminder_not_published", task=reminder.task, error=type(error).__name__)
                    continue
                sent += reminder.ids
            self._tell_pages(dict.fromkeys(wake.id for wake, _ in wakes if wake.kind == "live"))
        finally:
            self._mark(sent)

    def sweep(self, older_than: datetime, limit: int) -> int:
        """Publish up to `limit` reminders that no nudge published in time; how many were found.

        One that cannot be published for a reason of its own is counted, and those behind it go on.
        """
        away: Exception | None = None
        now = datetime.now(UTC)
        with self._db.begin() as session:
            rows = outbox.claim_unpublished(session, older_than=older_than, limit=limit)
            sent: list[int] = []
            well = [Reminder(row.task, row.queue, tuple(row.args), "", (row.id,)) for row in rows if not row.failures]
            failed = [Reminder(row.task, row.queue, tuple(row.args), "", (row.id,)) for row in rows if row.failures]
            for reminder in (*together(well), *failed):  # what failed goes alone, so that it fails alone
                try:
                    self._remind(reminder)
                    sent += reminder.ids
                except AWAY as error:  # a broker that goes half way keeps what it took: mark that, then raise
                    away = error
                    break
                except Exception as error:
                    for row_id in reminder.ids:
                        jobs.failed(session, row_id, type(error).__name__, now)
            outbox.mark_published(session, sent, now)
        if away is not None:
            raise away
        return len(rows)

    def close(self) -> None:
        """Close every connection."""
        self._celery.close()
        self._redis.close()
        self._engine.dispose()

    def _remind(self, reminder: Reminder) -> None:
        headers = {CORRELATION_HEADER: reminder.correlation, OUTBOX_HEADER: reminder.ids}
        self._celery.send_task(reminder.task, args=reminder.args, queue=reminder.queue, headers=headers)

    def _tell_pages(self, ids: Iterable[str]) -> None:
        with self._redis.pipeline(transaction=False) as line:
            for changed_id in ids:
                line.publish(LIVE_CHANNEL, changed_id)
            line.execute()

    def _mark(self, ids: Sequence[int]) -> None:
        if ids:
            with self._db.begin() as session:
                outbox.mark_published(session, ids, datetime.now(UTC))
