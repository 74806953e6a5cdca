"""Small helpers about processes: is it there, is it what we think, wait until it is gone."""

import os
import signal
import time
from collections.abc import Callable, Collection
from contextlib import suppress

import psutil

POLL_SECONDS = 0.02
GROUP_POLL_SECONDS = 0.1  # looking through every process costs some milliseconds
KILL_SECONDS = 5.0


def is_running(pid: int, mark: str = "") -> bool:
    """Whether `pid` is alive (no zombie) and its command line holds `mark`: ids are used again after a restart."""
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and (not mark or mark in " ".join(process.cmdline()))
    except psutil.Error:
        return False


def wait_until(condition: Callable[[], bool], seconds: float, every: float = POLL_SECONDS) -> bool:
    """Look at `condition` `every` so many seconds until it holds or `seconds` have passed; whether it held."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
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


def living_groups(groups: Collection[int]) -> set[int]:
    """Those process groups that still have a member (zombies do not count: nobody may come to reap them)."""
    alive = set()
    for process in psutil.process_iter():
        with suppress(psutil.Error, ProcessLookupError, PermissionError):
            group = os.getpgid(process.pid)
            if group in groups and process.status() != psutil.STATUS_ZOMBIE:
                alive.add(group)
    return alive


def end_groups(groups: Collection[int], grace_seconds: float) -> None:
    """SIGTERM to each group's leader, then SIGKILL to what is left of the groups after the grace."""
    for group in groups:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(group, signal.SIGTERM)
    wait_until(lambda: not living_groups(groups), grace_seconds, GROUP_POLL_SECONDS)
    kill_groups(groups)


def kill_groups(groups: Collection[int]) -> None:
    """SIGKILL to every member of these process groups, and wait until they are gone."""
    for group in living_groups(groups):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
    wait_until(lambda: not living_groups(groups), KILL_SECONDS, GROUP_POLL_SECONDS)
