"""What changes by the hour, laid over the index: beds, confirmed corrections, "do not refer"."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from routing.geography import Floats, Ints
from routing.match_index import FacilityIndex
from routing.match_settings import MatchSettings
from routing.vocabulary import Need, ReportKind

SECONDS_PER_HOUR = 3600.0
_NEEDS = tuple(Need)


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
class Correction:
    """What is held against a facility: reported twice, or an admin's word. `until` None: until it is ended."""

    kind: ReportKind
    payer: str | None = None
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it still counts."""
        return self.until is None or now < self.until

    def concerns(self, payer: str | None) -> bool:
        """Whether it matters to a caller with this payer."""
        return self.kind != ReportKind.PAYER or (self.payer is not None and self.payer == payer)


@dataclass(frozen=True)
class FacilityFacts:
    """Everything live about one facility."""

    facility: int
    do_not_refer: bool = False
    beds: tuple[tuple[Need, BedCount], ...] = ()
    corrections: tuple[Correction, ...] = ()

    def bed(self, need: Need) -> BedCount | None:
        """The bed count that answers this need."""
        return next((count for level, count in self.beds if level == need), None)

    def held_against(self, payer: str | None, now: datetime) -> tuple[ReportKind, ...]:
        """The kinds of corrections that count now for a caller with this payer."""
        found = {fact.kind for fact in self.corrections if fact.holds(now) and fact.concerns(payer)}
        return tuple(sorted(found))

    def refuses(self, payer: str | None, now: datetime) -> bool:
        """Whether it is known not to take this payer."""
        return ReportKind.PAYER in self.held_against(payer, now)


@dataclass(frozen=True)
class Overlay:
    """Live facts aligned with an index. `slot` (n,): position of a row's facts in `facts`, -1 for none.

    The other arrays stand beside `facts`: `held` (k,) under "do not refer"; `beds`, `bed_times` (k, needs) open beds
    and when in seconds since 1970; `against` (k,) until when a correction counts; `refusals` the same by payer.
    """

    version: int
    slot: NDArray[np.int32] | None
    facts: tuple[FacilityFacts, ...] = ()
    held: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, dtype=np.bool_))
    beds: Ints = field(default_factory=lambda: np.empty((0, len(_NEEDS)), dtype=np.int64))
    bed_times: Floats = field(default_factory=lambda: np.empty((0, len(_NEEDS))))
    against: Floats = field(default_factory=lambda: np.empty(0))
    refusals: dict[str, Floats] = field(default_factory=dict)

    @classmethod
    def empty(cls, version: int = 0) -> "Overlay":
        """No live facts."""
        return cls(version, None)

    @classmethod
    def build(cls, index: FacilityIndex, facts: Iterable[FacilityFacts], version: int) -> "Overlay":
        """Lay facts over the rows of their facilities; facts about facilities not in the index are left out."""
        kept = tuple(facts)
        if not kept:
            return cls.empty(version)
        return cls(
            version=version,
            slot=_slots(index, kept),
            facts=kept,
            held=np.array([fact.do_not_refer for fact in kept], dtype=np.bool_),
            beds=np.array([[_open(fact, need) for need in _NEEDS] for fact in kept], dtype=np.int64),
            bed_times=np.array([[_told(fact, need) for need in _NEEDS] for fact in kept], dtype=np.float64),
            against=np.array([_latest(fact, None) for fact in kept], dtype=np.float64),
            refusals={payer: np.array([_latest(fact, payer) for fact in kept]) for payer in _refused_payers(kept)},
        )

    def of(self, row: int) -> FacilityFacts | None:
        """The facts about the facility of one index row."""
        slot = -1 if self.slot is None else int(self.slot[row])
        return None if slot < 0 else self.facts[slot]

    def held_back(self, rows: Ints) -> NDArray[np.bool_]:
        """Which rows are under "do not refer"; boolean of the shape of `rows`."""
        held = np.zeros(len(rows), dtype=np.bool_)
        if self.slot is not None:
            slots = self.slot[rows]
            known = (slots >= 0).nonzero()[0]
            held[known] = self.held[slots[known]]
        return held

    def points(
        self, rows: Ints, need: Need, payer: str | None, now: datetime, settings: MatchSettings
    ) -> tuple[Floats, NDArray[np.bool_]]:
        """Points for fresh open beds less those for corrections, and who refuses the payer; shape of `rows`."""
        points, refused = np.zeros(len(rows)), np.zeros(len(rows), dtype=np.bool_)
        if self.slot is None:
            return points, refused
        slots = self.slot[rows]
        known = (slots >= 0).nonzero()[0]  # few: only these are looked at
        if not len(known):
            return points, refused
        facts, seconds, column = slots[known], now.timestamp(), _NEEDS.index(need)
        fresh = self.bed_times[facts, column] >= seconds - settings.bed_fresh_hours * SECONDS_PER_HOUR
        open_now = fresh & (self.beds[facts, column] > 0)
        demoted = self.against[facts] > seconds
        if payer in self.refusals:
            refused[known] = self.refusals[payer][facts] > seconds
            demoted |= refused[known]
        points[known] = settings.weights.open_bed * open_now - settings.weights.correction * demoted
        return points, refused


def _slots(index: FacilityIndex, facts: tuple[FacilityFacts, ...]) -> NDArray[np.int32]:
    slot = np.full(len(index.facilities), -1, dtype=np.int32)
    ordered = index.facilities[index.by_facility]
    ids = np.array([fact.facility for fact in facts], dtype=np.int64)
    first, last = np.searchsorted(ordered, ids), np.searchsorted(ordered, ids, "right")
    for number, (start, end) in enumerate(zip(first, last, strict=True)):
        slot[index.by_facility[start:end]] = number
    return slot


def _open(fact: FacilityFacts, need: Need) -> int:
    count = fact.bed(need)
    return count.open if count is not None else 0


def _told(fact: FacilityFacts, need: Need) -> float:
    count = fact.bed(need)
    return count.at.timestamp() if count is not None else -np.inf


def _refused_payers(facts: tuple[FacilityFacts, ...]) -> set[str]:
    return {c.payer for fact in facts for c in fact.corrections if c.kind == ReportKind.PAYER and c.payer is not None}


def _latest(fact: FacilityFacts, payer: str | None) -> float:
    """Until when, in seconds, a correction counts: those about a payer when one is named, else all the others."""
    times = [
        np.inf if c.until is None else c.until.timestamp()
        for c in fact.corrections
        if (c.payer == payer if payer is not None else True) and (c.kind == ReportKind.PAYER) == (payer is not None)
    ]
    return max(times, default=-np.inf)
