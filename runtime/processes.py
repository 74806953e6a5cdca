"""Small helpers about processes: is it there, is it what we think, wait until it is gone."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress

import psutil

POLL_SECONDS = 0.02


def is_running(pid: int, mark: str = "") -> bool:
    """Whether `pid` is alive (no zombie) and its command line holds `mark`: ids are used again after a restart."""
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and (not mark or mark in " ".join(process.cmdline()))
    except psutil.Error:
        return False


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Poll `condition` until it holds or `seconds` have passed; whether it held."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def is_gone(pid: int) -> bool:
    """Whether `pid` has ended; reaps it when it is a child of ours."""
    with suppress(ChildProcessError):  # not our child: somebody else reaps it
        os.waitpid(pid, os.WNOHANG)
    return not is_running(pid)


def stop_process(pid: int, steps: tuple[tuple[signal.Signals, float], ...]) -> None:
    """Send each signal in turn until the process has ended, giving each its seconds."""
    for step, seconds in steps:
        if is_gone(pid):
            return
        try:
            os.kill(pid, step)
        except ProcessLookupError:
            return
        if wait_until(lambda: is_gone(pid), seconds):
            return
