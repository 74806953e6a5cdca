"""The web process's own watch: a fresh snapshot while the database answers, the journal replayed when it is back."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from services import alarms, late_work
from services.alarms import AlarmKind
from services.degraded import replay, snapshot
from services.degraded.local import LocalState
from services.house import House
from telephony.ports import AlarmWays, NotDelivered

LOOKS_EVERY_SECONDS = 2.0
STATEMENT_MS = 5_000
WATCHES_EVERY = timedelta(seconds=30)
ALARM_AFTER_SECONDS = 15.0  # a restart of PostgreSQL is no alarm
log = logging.getLogger(__name__)


class Keeper:
    """One thread in each web process; processes of one host share the work by what they find on its disk."""

    def __init__(self, house: House, clock: Callable[[], datetime], ways: AlarmWays) -> None:
        self._house, self._clock, self._ways = house, clock, ways
        self._gone_since: datetime | None = None
        self._watches_at = clock()

    def run(self) -> None:
        """Watch until the process ends."""
        self._house.db.statement_ms.set(STATEMENT_MS)
        while True:
            self.look()
            time.sleep(LOOKS_EVERY_SECONDS)

    def look(self) -> None:
        """One look; whatever fails, the next one tries again."""
        local, now = self._house.local, self._clock()
        if local is None:
            return
        try:
            self._house.db.ping()
            snapshot.take(self._house, local, now)
            self._replay(local, now)
            self._watch_work(now)
        except Exception as error:
            self._failed(local, error, now)
        else:
            self._gone_since = None

    def _replay(self, local: LocalState, now: datetime) -> None:
        taken = replay.replay(self._house, local, now)
        if taken:
            log.warning("journal_replayed", extra={"count": taken})
            with self._house.db.begin() as session:
                alarms.raise_alarm(session, AlarmKind.DEGRADED, now, count=taken)

    def _watch_work(self, now: datetime) -> None:
        """Work that nobody does, and alarms that no worker sends: whoever else would tell may be down."""
        if now < self._watches_at:
            return
        self._watches_at = now + WATCHES_EVERY
        late_work.watch(self._house, now)
        for alarm_id in alarms.due(self._house, now):
            alarms.send(self._house, self._ways, alarm_id, now)

    def _failed(self, local: LocalState, error: Exception, now: datetime) -> None:
        if self._gone_since is None:
            self._gone_since = now
            log.error("keeper_failed", extra={"error": type(error).__name__})
        lasts = (now - self._gone_since).total_seconds() >= ALARM_AFTER_SECONDS
        if lasts and isinstance(error, replay.DATABASE_GONE):
            self._alarm(local, now)

    def _alarm(self, local: LocalState, now: datetime) -> None:
        """Tell people without the database: one process of the host does, once in a quarter of an hour."""
        try:
            if not local.first_in(f"alarmed.{AlarmKind.DATABASE.value}", alarms.SAME.total_seconds()):
                return
        except OSError:
            log.exception("local_state_not_written")
        link = f"{self._house.rules.public_base_url}/readyz"
        notice = alarms.notice(self._house, AlarmKind.DATABASE, 1, f"database-{now:%Y%m%dT%H%M}", link, now)
        for way in self._ways.names:
            try:
                self._ways.send(way, notice)
            except NotDelivered:
                log.warning("alarm_not_delivered", extra={"way": way})
