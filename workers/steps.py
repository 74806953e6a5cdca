"""The steps of one sweep, none of which holds up another."""

import logging
from collections.abc import Callable

log = logging.getLogger(__name__)


def in_turn(*steps: Callable[[], object]) -> None:
    """Take every step, whatever becomes of the others; then raise what broke, so that the task is seen to fail."""
    failures: list[Exception] = []
    for step in steps:
        try:
            step()
        except Exception as error:
            log.exception("step_failed")
            failures.append(error)
    if failures:
        raise ExceptionGroup("steps of a sweep that failed", failures)
