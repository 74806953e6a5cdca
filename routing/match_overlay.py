"""What changes by the hour, laid over the index: beds, confirmed corrections, "do not refer"."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing.geography import Floats, Ints
from routing.match_index import FacilityIndex
from routing.match_settings import MatchSettings
from routing.vocabulary import Need, ReportKind

SECONDS_PER_HOUR = 3600.0
_NEEDS = tuple(Need)
_COLUMN = {need: column for column, need in enumerate(_NEEDS)}


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

    The other arrays stand beside `facts`: `ids` (k,) of facilities; `held` (k + 1,) under "do not refer", the last for
    rows without facts; `beds`, `bed_times` (k, needs) open beds and when in seconds since 1970; `against` (k,) until
    when a correction counts; `refusals` the same by payer.
    """

    version: int
    slot: NDArray[np.int32] | None
    facts: tuple[FacilityFacts, ...] = ()
    ids: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    held: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(1, dtype=np.bool_))
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
        return cls.empty(version).changed(index, facts, version)

    def changed(self, index: FacilityIndex, facts: Iterable[FacilityFacts], version: int) -> "Overlay":
        """This overlay with `facts` in place of what was known of their facilities; quick, however much is known.

        `index`: the one of this overlay, or the same with corrected rows.
        """
        new = tuple(sorted(facts, key=lambda fact: fact.facility))
        ids = np.array([fact.facility for fact in new], dtype=np.int64)
        kept = np.isin(self.ids, ids, invert=True)
        all_ids = np.concatenate((self.ids[kept], ids))
        if not len(all_ids):
            return Overlay.empty(version)
        payers = self.refusals.keys() | _refused_payers(new)
        beds, bed_times = _bed_counts(new)

        def joined(old: NDArray[Any], more: Sequence[Any] | NDArray[Any]) -> NDArray[Any]:
            return np.concatenate((old[kept], np.asarray(more, dtype=old.dtype)))

        return Overlay(
            version=version,
            slot=self._slots(index, kept, all_ids, ids),
            facts=(*compress(self.facts, kept), *new),
            ids=all_ids,
            held=np.append(joined(self.held[:-1], [fact.do_not_refer for fact in new]), False),
            beds=joined(self.beds, beds),
            bed_times=joined(self.bed_times, bed_times),
            against=joined(self.against, [_latest(fact, None) for fact in new]),
            refusals={payer: joined(self._refusal(payer), [_latest(fact, payer) for fact in new]) for payer in payers},
        )

    def _slots(self, index: FacilityIndex, kept: NDArray[np.bool_], all_ids: Ints, new: Ints) -> NDArray[np.int32]:
        """Where the facts of each row stand once those not `kept` have gone and those about `new` stand at the end."""
        slot = np.full(len(index.facilities), -1, dtype=np.int32)
        start = index.corrected_from
        if self.slot is not None:
            moved = np.where(np.append(kept, False), np.append(np.cumsum(kept) - 1, -1), -1)
            slot[:start] = moved[self.slot[:start]]  # -1, no facts, is the last of `moved`
        whose, rows = index.rows_of(new)
        slot[rows] = len(all_ids) - len(new) + whose
        known = start + np.flatnonzero(np.isin(index.facilities[start:], all_ids))  # corrected rows, few
        if len(known):
            order = np.argsort(all_ids)
            slot[known] = order[np.searchsorted(all_ids, index.facilities[known], sorter=order)]
        return slot

    def _refusal(self, payer: str) -> Floats:
        return self.refusals.get(payer, np.full(len(self.ids), -np.inf))

    def of(self, row: int) -> FacilityFacts | None:
        """The facts about the facility of one index row."""
        slot = -1 if self.slot is None else int(self.slot[row])
        return None if slot < 0 else self.facts[slot]

    def held_back(self, rows: Ints) -> NDArray[np.bool_]:
        """Which rows are under "do not refer"; boolean of the shape of `rows`."""
        if self.slot is None:
            return np.zeros(len(rows), dtype=np.bool_)
        return self.held[self.slot[rows]]

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
        facts, seconds, column = slots[known], now.timestamp(), _COLUMN[need]
        fresh = self.bed_times[facts, column] >= seconds - settings.bed_fresh_hours * SECONDS_PER_HOUR
        open_now = fresh & (self.beds[facts, column] > 0)
        demoted = self.against[facts] > seconds
        if payer in self.refusals:
            refused[known] = self.refusals[payer][facts] > seconds
            demoted |= refused[known]
        points[known] = settings.weights.open_bed * open_now - settings.weights.correction * demoted
        return points, refused


def _bed_counts(facts: Sequence[FacilityFacts]) -> tuple[Ints, Floats]:
    """Open beds and when they were told, as in an overlay."""
    beds = np.zeros((len(facts), len(_NEEDS)), dtype=np.int64)
    times = np.full(beds.shape, -np.inf)
    for number, fact in enumerate(facts):
        for need, count in fact.beds:
            beds[number, _COLUMN[need]] = count.open
            times[number, _COLUMN[need]] = count.at.timestamp()
    return beds, times


def _refused_payers(facts: tuple[FacilityFacts, ...]) -> set[str]:
    return {c.payer for fact in facts for c in fact.corrections if c.kind == ReportKind.PAYER and c.payer is not None}


def _latest(fact: FacilityFacts, payer: str | None) -> float:
    """Until when, in seconds, a correction counts: those about a payer when one is named, else all the others."""
    if not fact.corrections:
        return -np.inf
    times = [
        np.inf if c.until is None else c.until.timestamp()
        for c in fact.corrections
        if (c.payer == payer if payer is not None else True) and (c.kind == ReportKind.PAYER) == (payer is not None)
    ]
    return max(times, default=-np.inf)
