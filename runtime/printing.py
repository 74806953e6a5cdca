"""What `make run` shows: each process's lines behind its name, JSON log lines made readable."""

import json
import threading
from collections.abc import Iterable
from typing import TextIO

_COLOURS = (36, 33, 32, 35, 34, 96, 93, 92, 95)
_MISLEADING = "Hitting Ctrl+C again"  # Celery's words at every stop; here Ctrl-C is heard by the supervisor
_SHOWN_ELSEWHERE = {"event", "level", "timestamp", "logger", "correlation_id"}


def readable(line: str) -> str:
    """A JSON log line as `level event key=value`; any other line unchanged."""
    if not line.startswith("{"):
        return line
    try:
        fields = json.loads(line)
    except ValueError:
        return line
    if not isinstance(fields, dict) or "event" not in fields:
        return line
    rest = " ".join(f"{name}={value}" for name, value in fields.items() if name not in _SHOWN_ELSEWHERE)
    return f"{fields.get('level', ''):<7} {fields['event']} {rest}".rstrip()


class Printer:
    """Writes whole lines from several threads, each behind the name of its process."""

    def __init__(self, stream: TextIO, names: Iterable[str]) -> None:
        self._stream = stream
        self._width = max(map(len, names), default=0)
        self._colours = {name: _COLOURS[index % len(_COLOURS)] for index, name in enumerate(names)}
        self._lock = threading.Lock()

    def line(self, name: str, text: str) -> None:
        """One line of the process `name`."""
        if _MISLEADING in text:
            return
        prefix = f"{name:<{self._width}} |"
        if self._stream.isatty() and name in self._colours:
            prefix = f"\x1b[{self._colours[name]}m{prefix}\x1b[0m"
        self._write(f"{prefix} {readable(text)}\n")

    def say(self, text: str) -> None:
        """Something of the supervisor's own."""
        self._write(f"{text}\n")

    def _write(self, text: str) -> None:
        with self._lock:
            try:
                self._stream.write(text)
                self._stream.flush()
            except (OSError, ValueError):
                pass  # the terminal is gone: the line goes on without it
