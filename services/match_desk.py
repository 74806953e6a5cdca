"""The match of one process: rules from the content, the directory as an index, live facts laid over it."""

import threading
from collections.abc import Mapping
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

    `kept`: a thread of this process calls `renew`, so no match waits for an import to be read (services.match_keeping);
    else (commands, tests) the next match reads it.
    """

    catalog: Catalog
    settings: MatchSettings
    phrases: PhraseTable
    version: str
    kept: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _current: Current | None = field(default=None, repr=False)

    def current(self, session: Session) -> Current:
        """The match over what is committed now: one small query when nothing changed, else the change is read.

        Where the directory is kept, matches go on over its listings of before an import until that has been read, with
        what is said of them by the hour.
        """
        current = self._current
        if current is not None and current.sources.versions == self._wanted(session, current.sources):
            return current
        with self._lock:
            before = self._current.sources if self._current is not None else None
            while True:  # what was read belongs together when nobody committed between the first query and the last
                now = self._wanted(session, before)
                if before is not None and before.versions == now:
                    break
                before = self._read(session, before, now)
            if self._current is None or self._current.sources is not before:
                self._current = self._matching(before)
            return self._current

    def renew(self, session: Session) -> None:
        """Read the directory anew if an import changed it; the next match catches up with what was said meanwhile."""
        before = self._current.sources if self._current is not None else None
        read, now = before, directory_versions(session)
        while read is None or read.versions.generation != now.generation:
            read = read_all(session, read.index.zips if read is not None else None, now)
            now = directory_versions(session)
        if read is not before:
            with self._lock:
                self._current = self._matching(read)

    def past(self, session: Session, generation: int, live_version: int) -> Current:
        """The match as it was at these versions, read from the history; for replays."""
        return self._matching(read_past(session, Versions(generation, live_version)))

    def _wanted(self, session: Session, before: Sources | None) -> Versions:
        """What is committed; imports are left to `renew` where it is called, unless there was no directory yet."""
        now = directory_versions(session)
        if self.kept and before is not None and len(before.index.words):
            return now._replace(generation=before.versions.generation)
        return now

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


def build_desk(content: Mapping[str, Any]) -> MatchDesk:
    """From the plain values of `config.match_content`; ValueError or KeyError when they do not fit together."""
    substances = {
        entry["id"]: MatchSubstance(
            entry["id"],
            entry["class"],
            entry["tier"],
            tuple(entry["detox_codes"]),
            {"en": entry["name"], "es": entry["name_es"]},
        )
        for entry in content["substances"]
    }
    catalog = Catalog.build(substances, {k: tuple(v) for k, v in content["payers"].items()}, content["flags"])
    settings = MatchSettings.read(content["settings"])
    names = {f"match.substance.{s.id}": {"en": s.name("en"), "es": s.name("es")} for s in substances.values()}
    version = f"{settings.version}+{content['version']}"
    return MatchDesk(catalog, replace(settings, version=version), {**content["phrases"], **names}, version)
