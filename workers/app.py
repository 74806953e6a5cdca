"""The Celery application of every worker and of beat: `celery -A workers.app worker -Q calls`."""

import gc
import sys
from typing import Any

from celery import Celery
from celery.signals import setup_logging, task_postrun, task_prerun, worker_init

from config.logs import bind_correlation, clear_correlation, configure_logging
from config.queues import celery_config
from config.settings import SettingsError, load_settings
from workers.publish import CORRELATION_HEADER

TASKS = ["workers.relay", "workers.calls", "workers.texts", "workers.follow_ups", "workers.housekeeping"]


@setup_logging.connect  # type: ignore[untyped-decorator]
def log_as_the_house_does(**_: Any) -> None:
    """JSON lines, redacted; Celery leaves the root logger alone once somebody listens here."""
    configure_logging(load_settings().log_level)


@worker_init.connect  # type: ignore[untyped-decorator]
def read_before_the_fork(**_: Any) -> None:
    """Once for all processes of a worker: on a busy host four that read at once took longer than a task may."""
    from workers.household import prepare  # here: beat does not need it

    gc.disable()  # none of it is garbage
    prepare()
    gc.freeze()  # what is read stays, and stays one for all processes: collections pass it by
    gc.enable()


@task_prerun.connect  # type: ignore[untyped-decorator]
def take_up_the_thread(task: Any, task_id: str, **_: Any) -> None:
    """Log lines of a task carry the correlation id of the request that asked for it."""
    bind_correlation(task.request.get(CORRELATION_HEADER) or task_id)


@task_postrun.connect  # type: ignore[untyped-decorator]
def drop_the_thread(**_: Any) -> None:
    """The next task has its own."""
    clear_correlation()


def build_app() -> Celery:
    """Celery, configured from the environment; a wrong one ends the process with a sentence."""
    try:
        settings = load_settings()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None
    built = Celery("harborline", include=TASKS, task_cls="workers.job:Job")
    built.conf.update(celery_config(settings))
    return built


app = build_app()
