"""The log of everything that happened: webhooks with their answers, REST requests, warnings of bad TwiML."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

_KEPT = 5000  # entries; older ones are forgotten


@dataclass
class Entry:
    """One thing that happened at `at` (seconds since 1970). `kind` is webhook, rest, call, warning or error."""

    number: int
    at: float
    kind: str
    text: str
    details: dict[str, Any] = field(default_factory=dict)


class Journal:
    """Keeps the latest entries, in memory only."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._number = count(1)
        self.entries: deque[Entry] = deque(maxlen=_KEPT)

    def note(self, kind: str, text: str, **details: Any) -> Entry:
        """Write one entry down and return it, so that an answer can be added later."""
        entry = Entry(next(self._number), self._now(), kind, text, details)
        self.entries.append(entry)
        return entry

    def warn(self, code: int, text: str, **details: Any) -> None:
        """A complaint with a code of Twilio's error dictionary that does not end the call (12200 and the like)."""
        self.note("warning", text, code=code, **details)

    def error(self, code: int, text: str, **details: Any) -> None:
        """A failure with a code of Twilio's error dictionary."""
        self.note("error", text, code=code, **details)

    def of_kind(self, *kinds: str) -> list[Entry]:
        """Entries of these kinds, oldest first."""
        return [entry for entry in self.entries if entry.kind in kinds]
