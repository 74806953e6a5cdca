"""Hands reminders to the broker and wakes to open pages: one publisher a process, used by one thread at a time."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import redis
import structlog
from celery import Celery
from kombu.exceptions import OperationalError

from config.queues import WEB_TIMEOUTS, WORKER_TIMEOUTS, celery_config
from config.settings import Settings
from models import outbox
from models.database import Database, Wake, build_engine
from services import jobs

LIVE_CHANNEL = "live"  # carries contact ids and nothing else
STATEMENT_TIMEOUT_MS = 5_000
CORRELATION_HEADER = "harborline_correlation"
OUTBOX_HEADER = "harborline_outbox"  # the reminder's id, for counting its failures
AWAY = (OperationalError, redis.RedisError, OSError)  # the broker's trouble; any other is this reminder's own
log = structlog.get_logger(__name__)


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
        sent: list[int] = []
        try:
            for wake, correlation in wakes:
                if wake.kind == "outbox":
                    try:
                        self._remind(wake.task, wake.queue, wake.args, correlation, int(wake.id))
                    except AWAY:
                        raise
                    except Exception as error:
                        log.warning("reminder_not_published", task=wake.task, error=type(error).__name__)
                        continue
                    sent.append(int(wake.id))
            for contact_id in dict.fromkeys(wake.id for wake, _ in wakes if wake.kind == "live"):
                self._redis.publish(LIVE_CHANNEL, contact_id)
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
            for row in rows:
                try:
                    self._remind(row.task, row.queue, tuple(row.args), "", row.id)
                    sent.append(row.id)
                except AWAY as error:  # a broker that goes half way keeps what it took: mark that, then raise
                    away = error
                    break
                except Exception as error:
                    jobs.failed(session, row.id, type(error).__name__, now)
            outbox.mark_published(session, sent, now)
        if away is not None:
            raise away
        return len(rows)

    def close(self) -> None:
        """Close every connection."""
        self._celery.close()
        self._redis.close()
        self._engine.dispose()

    def _remind(self, task: str, queue: str, args: tuple[Any, ...], correlation: str, row_id: int) -> None:
        headers = {CORRELATION_HEADER: correlation, OUTBOX_HEADER: row_id}
        self._celery.send_task(task, args=args, queue=queue, headers=headers)

    def _mark(self, ids: Sequence[int]) -> None:
        if ids:
            with self._db.begin() as session:
                outbox.mark_published(session, ids, datetime.now(UTC))
