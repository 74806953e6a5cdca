"""The match of one process: rules from the content, the directory as an index, live facts laid over it."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.orm import Session

from models.directory import directory_versions
from models.directory_index import index_rows
from models.live_facts import standing_fixes
from routing.geography import ZipTable
from routing.match_catalog import Catalog, MatchSubstance
from routing.match_index import Columns, FacilityIndex
from routing.match_overlay import Overlay
from routing.match_phrases import PhraseTable
from routing.match_settings import MatchSettings
from routing.matching import Matcher
from services.directory.fixes import fixed_row
from services.directory.live import live_facts
from services.directory.zip_codes import load_zip_table


@dataclass(frozen=True)
class Current:
    """The match as of one state of the directory, and the two numbers that name that state."""

    matcher: Matcher
    generation: int
    live_version: int


@dataclass
class MatchDesk:
    """Rules and words, and the newest index this process has built; safe to share between threads."""

    catalog: Catalog
    settings: MatchSettings
    phrases: PhraseTable
    version: str
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _current: Current | None = field(default=None, repr=False)

    def current(self, session: Session) -> Current:
        """The match over what is committed now: one small query when nothing changed, else the change is read."""
        generation, live_version = directory_versions(session)
        current = self._current
        if current is not None and (current.generation, current.live_version) == (generation, live_version):
            return current
        with self._lock:
            while True:  # what was read belongs together when nobody committed between the first query and the last
                self._current = self._refresh(session, self._current, generation, live_version)
                read = generation, live_version
                generation, live_version = directory_versions(session)
                if read == (generation, live_version):
                    return self._current

    def past(self, session: Session, generation: int, live_version: int) -> Current:
        """The match as it was at these versions, read from the history; for replays."""
        index = self._index(session, load_zip_table(session), generation)
        overlay = Overlay.build(index, live_facts(session, live_version), live_version)
        return Current(Matcher(index, overlay, self.catalog, self.settings), generation, live_version)

    def _refresh(self, session: Session, before: Current | None, generation: int, live_version: int) -> Current:
        if before is not None and (before.generation, before.live_version) == (generation, live_version):
            return before
        if before is not None and before.generation == generation:
            index = before.matcher.index
        else:
            zips = before.matcher.index.zips if before is not None else None
            if zips is None or not len(zips.codes):  # a process that is older than the directory knows no ZIP code
                zips = load_zip_table(session)
            index = self._index(session, zips, None)
        overlay = Overlay.build(index, live_facts(session), live_version)
        return Current(Matcher(index, overlay, self.catalog, self.settings), generation, live_version)

    def _index(self, session: Session, zips: ZipTable, generation: int | None) -> FacilityIndex:
        fixes: dict[int, dict[str, str]] = {}
        for fix in standing_fixes(session, generation):
            fixes.setdefault(fix.facility_id, {})[fix.field] = fix.value
        rows = index_rows(session, generation)
        fixed = (fixed_row(tuple(row), fixes[row[1]]) if row[1] in fixes else row for row in rows) if fixes else rows
        return FacilityIndex.build(Columns.of(fixed), zips, str(generation))


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
