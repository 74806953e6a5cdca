"""What changes by the hour, laid over the index: beds, confirmed corrections, "do not refer"."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from routing.geography import Floats, Ints
from routing.match_index import FacilityIndex
from routing.match_settings import MatchSettings
from routing.vocabulary import Need

SECONDS_PER_HOUR = 3600.0


class BedState(StrEnum):
    """What a bed count says now; unknown is never shown as open (DOMAIN.md section 6)."""

    OPEN = "open"
    FULL = "full"
    STALE = "stale"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class BedCount:
    """Open beds of one facility for one need, and when that was said."""

    open: int
    at: datetime

    def state(self, now: datetime, settings: MatchSettings) -> BedState:
        """Fresh counts are open or full, then stale, then unknown."""
        hours = (now - self.at).total_seconds() / SECONDS_PER_HOUR
        if hours > settings.bed_stale_hours:
            return BedState.UNKNOWN
        if hours > settings.bed_fresh_hours:
            return BedState.STALE
        return BedState.OPEN if self.open > 0 else BedState.FULL


@dataclass(frozen=True)
class FacilityFacts:
    """Everything live about one facility. `corrections`: confirmed kinds; `refused_payers`: confirmed payer keys."""

    facility: int
    do_not_refer: bool = False
    beds: tuple[tuple[Need, BedCount], ...] = ()
    corrections: frozenset[str] = frozenset()
    refused_payers: frozenset[str] = frozenset()

    def bed(self, need: Need) -> BedCount | None:
        """The bed count that answers this need."""
        return next((count for level, count in self.beds if level == need), None)


@dataclass(frozen=True)
class Overlay:
    """Live facts aligned with an index: `slot` (n,) is the place of a row's facts in `facts`, -1 for none."""

    version: int
    slot: NDArray[np.int32] | None
    facts: tuple[FacilityFacts, ...]
    held: NDArray[np.bool_]

    @classmethod
    def empty(cls, version: int = 0) -> "Overlay":
        """No live facts."""
        return cls(version, None, (), np.empty(0, dtype=np.bool_))

    @classmethod
    def build(cls, index: FacilityIndex, facts: Iterable[FacilityFacts], version: int) -> "Overlay":
        """Lay facts over the rows of their facilities; facts about facilities not in the index are left out."""
        kept = tuple(facts)
        if not kept:
            return cls.empty(version)
        slot = np.full(len(index.facilities), -1, dtype=np.int32)
        ordered = index.facilities[index.by_facility]
        ids = np.array([fact.facility for fact in kept], dtype=np.int64)
        first, last = np.searchsorted(ordered, ids), np.searchsorted(ordered, ids, "right")
        for number, (start, end) in enumerate(zip(first, last, strict=True)):
            slot[index.by_facility[start:end]] = number
        return cls(version, slot, kept, np.array([fact.do_not_refer for fact in kept], dtype=np.bool_))

    def of(self, row: int) -> FacilityFacts | None:
        """The facts about the facility of one index row."""
        slot = -1 if self.slot is None else int(self.slot[row])
        return None if slot < 0 else self.facts[slot]

    def held_back(self, rows: Ints) -> NDArray[np.bool_]:
        """Which rows are under "do not refer"; boolean of the shape of `rows`."""
        if self.slot is None or not self.held.any():
            return np.zeros(len(rows), dtype=np.bool_)
        slots = self.slot[rows]
        return np.asarray((slots >= 0) & self.held[slots], dtype=np.bool_)

    def points(
        self, rows: Ints, need: Need, payer: str | None, now: datetime, settings: MatchSettings
    ) -> tuple[Floats, NDArray[np.bool_]]:
        """Points for fresh open beds less those for corrections, and who refuses the payer; shape of `rows`."""
        gained = np.zeros(len(rows))
        refused = np.zeros(len(rows), dtype=np.bool_)
        if self.slot is None:
            return gained, refused
        slots = self.slot[rows]
        for position in np.flatnonzero(slots >= 0):
            facts = self.facts[slots[position]]
            refused[position] = payer is not None and payer in facts.refused_payers
            gained[position] = self._points_of(facts, need, bool(refused[position]), now, settings)
        return gained, refused

    def _points_of(
        self, facts: FacilityFacts, need: Need, refused: bool, now: datetime, settings: MatchSettings
    ) -> float:
        count = facts.bed(need)
        fresh = count is not None and count.state(now, settings) == BedState.OPEN
        demoted = refused or bool(facts.corrections)
        return fresh * settings.weights.open_bed - demoted * settings.weights.correction
