"""The web process's own watch: a fresh snapshot while the database answers, the journal replayed when it is back."""

import logging
import time
from collections.abc import Callable
from datetime import datetime

from services.degraded import replay, snapshot
from services.house import House

LOOKS_EVERY_SECONDS = 2.0
STATEMENT_MS = 5_000
log = logging.getLogger(__name__)


class Keeper:
    """One thread in each web process; processes of one host share the work by what they find on its disk."""

    def __init__(self, house: House, clock: Callable[[], datetime]) -> None:
        self._house, self._clock = house, clock
        self._gone = False

    def run(self) -> None:
        """Watch until the process ends."""
        self._house.db.statement_ms.set(STATEMENT_MS)
        while True:
            self.look()
            time.sleep(LOOKS_EVERY_SECONDS)

    def look(self) -> None:
        """One look; whatever fails, the next one tries again."""
        local = self._house.local
        if local is None:
            return
        try:
            snapshot.take(self._house, local, self._clock())
            taken = replay.replay(self._house, local, self._clock())
        except Exception as error:
            if not self._gone:
                log.error("keeper_failed", extra={"error": type(error).__name__})
            self._gone = True
            return
        self._gone = False
        if taken:
            log.warning("journal_replayed", extra={"count": taken})
