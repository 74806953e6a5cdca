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

    `ids` (k,) are the facilities of `facts`. The other arrays stand beside them, with one more for rows without facts:
    `held` (k + 1,) under "do not refer"; `open_told` (k + 1, needs) when open beds were told, in seconds since 1970;
    `against` (k + 1,) until when a correction counts; `refusals` the same by payer.
    """

    version: int
    slot: NDArray[np.int32] | None
    facts: tuple[FacilityFacts, ...] = ()
    ids: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    held: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(1, dtype=np.bool_))
    open_told: Floats = field(default_factory=lambda: np.full((1, len(_NEEDS)), -np.inf))
    against: Floats = field(default_factory=lambda: np.full(1, -np.inf))
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

        def joined(old: NDArray[Any], more: Sequence[Any] | NDArray[Any]) -> NDArray[Any]:
            return np.concatenate((old[:-1][kept], np.asarray(more, dtype=old.dtype), old[-1:]))

        return Overlay(
            version=version,
            slot=self._slots(index, kept, all_ids, ids),
            facts=(*compress(self.facts, kept), *new),
            ids=all_ids,
            held=joined(self.held, [fact.do_not_refer for fact in new]),
            open_told=joined(self.open_told, _open_told(new)),
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
        corrected = index.facilities[start:]
        if len(corrected):
            order = np.argsort(all_ids)
            at = order[np.searchsorted(all_ids, corrected, sorter=order).clip(max=len(order) - 1)]
            slot[start:] = np.where(all_ids[at] == corrected, at, -1)
        return slot

    def _refusal(self, payer: str) -> Floats:
        return self.refusals.get(payer, np.full(len(self.ids) + 1, -np.inf))

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
        refused = np.zeros(len(rows), dtype=np.bool_)
        if self.slot is None:
            return np.zeros(len(rows)), refused
        slots, seconds = self.slot[rows], now.timestamp()
        open_now = self.open_told[slots, _COLUMN[need]] >= seconds - settings.bed_fresh_hours * SECONDS_PER_HOUR
        demoted = self.against[slots] > seconds
        if payer in self.refusals:
            refused = self.refusals[payer][slots] > seconds
            demoted |= refused
        return settings.weights.open_bed * open_now - settings.weights.correction * demoted, refused


def _open_told(facts: Sequence[FacilityFacts]) -> Floats:
    """When open beds were told, as in an overlay."""
    times = np.full((len(facts), len(_NEEDS)), -np.inf)
    for number, fact in enumerate(facts):
        for need, count in fact.beds:
            if count.open > 0:
                times[number, _COLUMN[need]] = count.at.timestamp()
    return times


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
