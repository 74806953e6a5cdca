"""Starts the processes of a Procfile, shows what they say, starts again what dies, and leaves none behind."""

import re
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from runtime.printing import Printer
from runtime.processes import end_groups, kill_groups

_PROCFILE_LINE = re.compile(r"^([A-Za-z0-9_-]+):\s*(.+?)\s*$")
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0  # seconds before a dead process is started again; doubled each time
STEADY_SECONDS = 60.0  # alive this long: the next death counts as the first
LOOK_SECONDS = 0.1


def read_procfile(path: Path) -> dict[str, str]:
    """Process names and their commands, in the order of the file."""
    matches = map(_PROCFILE_LINE.match, path.read_text().splitlines())
    return {match[1]: match[2] for match in matches if match}


@dataclass
class Child:
    """One process of ours, the leader of a process group of its own."""

    name: str
    command: str
    once: bool = False  # ends by itself, and that is all
    exit_status: int | None = None  # of a child for once, when it has ended
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    wait: float = FIRST_WAIT
    start_at: float = field(default_factory=time.monotonic)


class Supervisor:
    """Keeps the commands it was given running until `stop()`. One thread calls `add`, `look` and `stop`."""

    def __init__(self, env: Mapping[str, str], cwd: Path, printer: Printer) -> None:
        self.children: list[Child] = []
        self._env, self._cwd, self._printer = dict(env), cwd, printer
        self._undertaker: subprocess.Popen[bytes] | None = None

    def add(self, commands: Mapping[str, str], *, once: bool = False) -> None:
        """Start these commands, by name; one that is for `once` may end."""
        self.children += [Child(name, command, once) for name, command in commands.items()]
        self.look()

    def watch_over(self, data_dir: Path, *, inherited: tuple[int, ...] = ()) -> None:
        """Have a second process end the children should this one be killed; it keeps `inherited` files open."""
        self._undertaker = subprocess.Popen(
            [sys.executable, "-m", "runtime.undertaker", str(data_dir)],
            stdin=subprocess.PIPE,
            cwd=self._cwd,
            env=self._env,
            start_new_session=True,
            pass_fds=inherited,
        )

    def look(self) -> None:
        """Start what is due, notice what has died. Call it every LOOK_SECONDS."""
        for child in self.children:
            if child.process is None and child.exit_status is None and time.monotonic() >= child.start_at:
                self._start(child)
            elif child.process is not None and child.process.poll() is not None:
                self._bury(child)

    def pids(self) -> dict[str, int]:
        """Name and process id (which is also its group) of every child that runs."""
        return {child.name: child.process.pid for child in self.children if child.process is not None}

    def is_under_way(self, name: str) -> bool:
        """Whether a command that was for once has not ended yet."""
        return any(child.exit_status is None for child in self.children if child.name == name)

    def exit_status(self, name: str) -> int | None:
        """Of a command that was for once: its status once it has ended."""
        return next((child.exit_status for child in self.children if child.name == name), None)

    def stop(self, grace_seconds: float = 10.0) -> None:
        """SIGTERM to every child, SIGKILL to what is left of their groups after the grace."""
        running = [child.process for child in self.children if child.process is not None]
        ending = threading.Thread(target=end_groups, args=({process.pid for process in running}, grace_seconds))
        ending.start()
        for process in running:
            process.wait()
        ending.join()
        for child in self.children:
            if child.process is not None:
                self._tell(f"-{child.process.pid}")
                child.process = None
        self._dismiss_undertaker()

    def kill(self) -> None:
        """End every group at once: for the second Ctrl-C."""
        kill_groups(set(self.pids().values()))

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(
            ["/bin/sh", "-c", f"exec {child.command}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self._cwd,
            env=self._env,
            start_new_session=True,
        )
        child.started_at = time.monotonic()
        self._tell(f"+{child.process.pid}")
        threading.Thread(target=self._relay, args=(child.name, child.process), daemon=True).start()

    def _relay(self, name: str, process: subprocess.Popen[bytes]) -> None:
        """Show every line until the last holder of the pipe has ended."""
        assert process.stdout is not None  # noqa: S101 - stdout=PIPE above
        with process.stdout as lines:
            for line in lines:
                self._printer.line(name, line.decode(errors="replace").rstrip("\n"))

    def _bury(self, child: Child) -> None:
        """A child has died: end what is left of its group, and plan its next start."""
        assert child.process is not None  # noqa: S101 - the caller looked
        lived = time.monotonic() - child.started_at
        if lived > STEADY_SECONDS:
            child.wait = FIRST_WAIT
        kill_groups({child.process.pid})
        self._tell(f"-{child.process.pid}")
        status = child.process.returncode
        how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
        if not child.once:
            self._printer.say(f"{child.name} {how}; it starts again in {child.wait:.0f} s.")
        elif status:
            self._printer.say(f"{child.name} {how}; the rest goes on without it.")
        child.exit_status = status if child.once else None
        child.process, child.start_at = None, time.monotonic() + child.wait
        child.wait = min(child.wait * 2, LONGEST_WAIT)

    def _tell(self, change: str) -> None:
        pipe = self._undertaker.stdin if self._undertaker else None
        if pipe is not None and not pipe.closed:
            try:
                pipe.write(f"{change}\n".encode())
                pipe.flush()
            except BrokenPipeError:
                pipe.close()

    def _dismiss_undertaker(self) -> None:
        if self._undertaker is not None and self._undertaker.stdin is not None:
            self._undertaker.stdin.close()
            self._undertaker.wait()
