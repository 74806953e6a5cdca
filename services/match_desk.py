"""The match of one process: rules from the content, the directory as an index, live facts laid over it."""

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.orm import Session

from models.held_places import with_their_like
from models.versions import Versions, directory_versions, facilities_changed
from routing.match_catalog import Catalog, MatchSubstance
from routing.match_phrases import PhraseTable
from routing.match_settings import MatchSettings
from routing.matching import Matcher
from services.match_reading import Sources, read_again, read_all, read_past

# A directory of up to so many rows is read in a tenth of a second: that is done at once, a larger one is read beside
READ_AT_ONCE = 50_000
Transactions = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True)
class Current:
    """The match as of one state of the directory."""

    matcher: Matcher
    sources: Sources

    @property
    def generation(self) -> int:
        """Of the directory."""
        return self.sources.versions.generation

    @property
    def live_version(self) -> int:
        """Of what is said of its places."""
        return self.sources.versions.live


@dataclass
class MatchDesk:
    """Rules and words, and the newest index this process has built; safe to share between threads.

    `beside`: transactions for a thread that reads a large directory anew while matches go on over the one before; None
    (commands, tests): everything is read at once.
    """

    catalog: Catalog
    settings: MatchSettings
    phrases: PhraseTable
    version: str
    beside: Transactions | None = field(default=None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _reading: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _current: Current | None = field(default=None, repr=False)

    def current(self, session: Session) -> Current:
        """The match over what is committed now: one small query when nothing changed, else the change is read.

        Until an import into a large directory has been read beside, matches go on over the listings before it, with
        what is said of them by the hour.
        """
        current = self._current
        if current is not None and current.sources.versions == directory_versions(session):
            return current
        with self._lock:
            before = self._current.sources if self._current is not None else None
            while True:  # what was read belongs together when nobody committed between the first query and the last
                now = directory_versions(session)
                if before is not None and before.versions.generation != now.generation and self._read_beside(before):
                    now = now._replace(generation=before.versions.generation)
                if before is not None and before.versions == now:
                    break
                before = self._read(session, before, now)
            if self._current is None or self._current.sources is not before:
                self._current = self._matching(before)
            return self._current

    def past(self, session: Session, generation: int, live_version: int) -> Current:
        """The match as it was at these versions, read from the history; for replays."""
        return self._matching(read_past(session, Versions(generation, live_version)))

    def _matching(self, sources: Sources) -> Current:
        return Current(Matcher(sources.index, sources.overlay, self.catalog, self.settings), sources)

    def _read(self, session: Session, before: Sources | None, now: Versions) -> Sources:
        """What is new since `before`, or everything."""
        zips = before.index.zips if before is not None else None
        if before is not None and before.versions.generation == now.generation:
            changed = facilities_changed(session, before.versions.live, now.live)
            if changed is not None:
                return read_again(session, before, with_their_like(session, changed), now.live)
        return read_all(session, zips, directory_versions(session))

    def _read_beside(self, before: Sources) -> bool:
        """Have a thread read everything anew, unless one does; False when it is to be done at once."""
        if self.beside is None or len(before.index.words) <= READ_AT_ONCE:
            return False
        if self._reading.acquire(blocking=False):
            threading.Thread(target=self._read_anew, args=(self.beside, before), name="directory", daemon=True).start()
        return True

    def _read_anew(self, beside: Transactions, before: Sources) -> None:
        """Exchange the index; the next match catches up with what was said since this reading began."""
        try:
            with beside() as session:
                built = self._matching(read_all(session, before.index.zips, directory_versions(session)))
            with self._lock:
                self._current = built
        finally:
            self._reading.release()


def build_desk(content: Mapping[str, Any]) -> MatchDesk:
    """From the plain values of `config.match_content`; ValueError or KeyError when they do not fit together."""
    substances = {
        entry["id"]: MatchSubstance(
            entry["id"], entry["class"], entry["tier"], tuple(entry["detox_codes"]), {"en": entry["name"]}
        )
        for entry in content["substances"]
    }
    catalog = Catalog.build(substances, {k: tuple(v) for k, v in content["payers"].items()}, content["flags"])
    settings = MatchSettings.read(content["settings"])
    names = {f"match.substance.{s.id}": {"en": s.name("en"), "es": s.name("es")} for s in substances.values()}
    version = f"{settings.version}+{content['version']}"
    return MatchDesk(catalog, replace(settings, version=version), {**content["phrases"], **names}, version)
