"""A Celery worker as in the Procfile, with a provider that answers at once, and a task that does nothing."""

import time
import uuid
from functools import cache

import redis

from bench.fast_worker_names import NOTED, NOTHING, STARTED
from config.settings import load_settings
from workers import household
from workers.app import app


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(load_settings().redis_url)


class Instant:
    """Takes every text in no time, and notes when."""

    def send_text(self, *, status_url: str, **_: str) -> str:
        """A new id."""
        _redis().rpush(STARTED, f"{status_url.rpartition('=')[2]} {time.time()}")
        return f"SM{uuid.uuid4().hex}"


@app.task(name=NOTHING, queue="texts")  # type: ignore[untyped-decorator]
def nothing(_: str) -> None:
    """The baseline."""


@app.task(name=NOTED, queue="texts")  # type: ignore[untyped-decorator]
def noted(_: str) -> None:
    """The baseline of how soon a task begins."""
    _redis().rpush(STARTED, f"bare {time.time()}")


household.build_telephony = lambda _settings: Instant()  # type: ignore[assignment, return-value]
