"""What /readyz asks: database, Redis, a worker, and how late the oldest due row is."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import redis
from celery import Celery

from config.queues import WEB_TIMEOUTS, celery_config
from config.settings import Settings
from services.house import House
from services.late_work import lateness

OVERDUE_LIMIT = timedelta(minutes=5)
WORKER_SECONDS = 1.0


class NotReadyError(Exception):
    """Something this line needs does not answer."""


def build_probes(settings: Settings, house: House) -> dict[str, Callable[[], str]]:
    """Functions by name, each returning a word or raising."""
    connect_seconds, read_seconds = WEB_TIMEOUTS
    client = redis.Redis.from_url(
        settings.redis_url, socket_connect_timeout=connect_seconds, socket_timeout=read_seconds
    )
    celery = Celery("harborline-probe", set_as_current=False)
    celery.conf.update(celery_config(settings, for_web=True))

    def database() -> str:
        house.db.ping()
        return "ok"

    def broker() -> str:
        client.ping()
        return "ok"

    def workers() -> str:
        answers = celery.control.inspect(timeout=WORKER_SECONDS).ping() or {}
        if not answers:
            raise NotReadyError
        return f"{len(answers)} answer"

    def oldest_due() -> str:
        late = lateness(house, datetime.now(UTC))
        if late > OVERDUE_LIMIT:
            raise NotReadyError
        return f"{int(late.total_seconds())} s late"

    return {"database": database, "redis": broker, "worker": workers, "oldest_due_row": oldest_due}
