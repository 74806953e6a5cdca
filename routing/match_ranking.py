"""The order of eligible facilities: named points, then different operators first (MATCHING.md R12-R15)."""

import math
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from routing.codes import BIT, Words, bits_of
from routing.geography import Floats, Ints
from routing.match_demand import GENDERS, GROWN, HOSPITAL
from routing.match_index import FacilityIndex, Found, state_number
from routing.match_need import Situation
from routing.match_overlay import Overlay
from routing.match_profile import Profile
from routing.match_settings import FAR_MILES, SIMILAR_MILES, SIMILAR_SHARE, MatchSettings

TOP_SCORE = 100.0
LEAST_SORTED = 64  # of a long list only so many are put in order for its first places
OWN_STATE_PAYERS = frozenset({"medicaid", "state_plan"})
LANGUAGE_CODES = {"es": "SP", "asl": "AH"}
_SCORE_DIGITS = 9
_LOG_SHARE = math.log1p(SIMILAR_SHARE)
_64_BITS = (1 << 64) - 1


@dataclass(frozen=True)
class Ranked:
    """Eligible facilities with their points, one row each, put in order when asked: rows, miles, scores (k,) each."""

    index: FacilityIndex
    rows: Ints
    miles: Floats
    scores: Floats
    closed_circle: int  # codes of operators that come last among the first places (R14)
    first_places: int
    day: date

    def __len__(self) -> int:
        return len(self.rows)

    def in_order(self, count: int | None = None) -> "Ranked":
        """The first `count` of the list, best first; all of it by default."""
        if count is not None and len(self) > LEAST_SORTED and count <= LEAST_SORTED // 2:
            likely = self._sorted(self._likely())
            if likely.operators_enough():
                return likely._top_first(count)
        turn = _rotation(self.index.facilities[self.rows], self.day)
        return self._only(np.lexsort((turn, -self.scores)))._top_first(count)

    def nearest_first(self) -> "Ranked":
        """All of the list by miles alone; equally far ones by id."""
        return self._only(np.lexsort((self.index.facilities[self.rows], self.miles)))

    def operators_enough(self) -> bool:
        """Whether the first places can be filled from here with different operators open to all."""
        open_to_all = ~has(self.index.words[self.rows], self.closed_circle)
        return len(np.unique(self.index.operators[self.rows[open_to_all]])) >= self.first_places

    def _only(self, order: Ints | slice) -> "Ranked":
        parts = (self.rows[order], self.miles[order], self.scores[order])
        return Ranked(self.index, *parts, self.closed_circle, self.first_places, self.day)

    def _likely(self) -> Ints:
        """Positions of the best by points, with everybody who ties with the last of them."""
        worst = np.partition(self.scores, len(self) - LEAST_SORTED)[len(self) - LEAST_SORTED]
        return np.flatnonzero(self.scores >= worst)

    def _sorted(self, positions: Ints) -> "Ranked":
        rows = self.rows[positions]
        turn = _rotation(self.index.facilities[rows], self.day)
        order = positions[np.lexsort((turn, -self.scores[positions]))]
        return self._only(order)

    def _top_first(self, count: int | None) -> "Ranked":
        """The sorted list with the first places given to different operators, closed circles only if nobody is left.

        First come places open to all with a new operator, then any new operator, then the others (R14, R15.2).
        """
        places = self.first_places
        first = self.rows[:places]
        closed = has(self.index.words[first], self.closed_circle)
        if len(set(self.index.operators[first].tolist())) == places and not closed.any():
            return self if count is None or count >= len(self) else self._only(slice(count))
        operators = self.index.operators[self.rows]
        closed = has(self.index.words[self.rows], self.closed_circle)
        shown: list[int] = []
        top: list[int] = []
        for candidates in (np.flatnonzero(~closed), np.arange(len(self))):
            for position in candidates.tolist():
                if len(top) == places:
                    break
                if int(operators[position]) not in shown:
                    top.append(position)
                    shown.append(int(operators[position]))
        others = np.ones(len(self), dtype=np.bool_)
        others[top] = False
        order = np.concatenate((np.array(top, dtype=np.int64), np.flatnonzero(others)))[:count]
        return self._only(order)


@dataclass(frozen=True)
class Ranking:
    """One situation about to be ranked: `payer_word` holds the codes of its payer, `state` is the caller's."""

    index: FacilityIndex
    overlay: Overlay
    settings: MatchSettings
    situation: Situation
    now: datetime
    payer_word: int
    state: str

    def rank(self, found: Found) -> Ranked:
        """All of `found` (in the order of the index) with points, of each facility its best row."""
        scores = self._scores(found)
        rows, miles = found.rows, found.miles
        kept = _best_of_each(self.index.facilities[rows], scores, self.index.listings[rows])
        if kept is not None:
            rows, miles, scores = rows[kept], miles[kept], scores[kept]
        circle, places = owner_word(self.situation.profile), self.settings.first_places
        return Ranked(self.index, rows, miles, scores, circle, places, self.now.date())

    def _scores(self, found: Found) -> Floats:
        """Points of each row; no name, owner, fee or sponsor is known here, only codes, miles and live facts."""
        profile, weights = self.situation.profile, self.settings.weights
        words = self.index.words[found.rows]
        scores, refused = self.overlay.points(found.rows, self.situation.need, profile.payer, self.now, self.settings)
        scores += TOP_SCORE - _steps(found.miles)
        if profile.payer is not None:
            scores += weights.payer_accepted * (self._accepts_payer(found.rows) & ~refused)
        if profile.dual_diagnosis:
            scores += _dual_points(words, self.settings)
        if profile.language is not None:
            scores += weights.language_spoken * has(words, BIT[LANGUAGE_CODES[profile.language]])
        if self.situation.monitored and (profile.liver_disease or profile.respiratory_disease):
            scores += weights.hospital_when_ill * has(words, HOSPITAL)
        if profile.age is None or (profile.gender is None and not profile.pregnant):
            scores -= weights.fit_unsure * _unsure_fit(words, profile)
        return scores.round(_SCORE_DIGITS)

    def _accepts_payer(self, rows: Ints) -> NDArray[np.bool_]:
        """Who takes the payer; Medicaid and state plans count in the caller's own state only (R12)."""
        accepted = has(self.index.words[rows], self.payer_word)
        if self.situation.profile.payer in OWN_STATE_PAYERS:
            accepted &= self.index.states[rows] == state_number(self.state)
        return accepted


def has(words: Words, word: int) -> NDArray[np.bool_]:
    """Which of `words` have any bit of `word`."""
    return np.asarray((words & np.uint64(word)) != 0, dtype=np.bool_)


def _unsure_fit(words: Words, profile: Profile) -> NDArray[np.bool_]:
    """Who may take others only, while gender or age are not known: one gender (R6), or the young alone (R5)."""
    unsure = np.zeros(len(words), dtype=np.bool_)
    if profile.gender is None and not profile.pregnant:
        genders = words & np.uint64(GENDERS)
        unsure = (genders != 0) & (genders != GENDERS)
    if profile.age is None:
        unsure |= (words & np.uint64(GROWN | BIT["AD"])) == BIT["AD"]
    return unsure


def owner_word(profile: Profile) -> int:
    """Codes of operators that serve a closed circle to which this caller does not belong (R14)."""
    word = 0
    if not profile.veteran and profile.payer != "va":
        word |= BIT["VAMC"]
    if profile.payer != "tricare_military":
        word |= BIT["DDF"]
    return word


def _steps(miles: Floats) -> Floats:
    """`match_settings.distance_steps` on arrays."""
    steps: Floats = np.minimum(miles, FAR_MILES) / SIMILAR_MILES
    steps += np.log(np.maximum(miles, FAR_MILES) / FAR_MILES) / _LOG_SHARE
    return steps


def _dual_points(words: Words, settings: MatchSettings) -> Floats:
    """Points by dual-diagnosis level (R13): the first level counts most, the others a little."""
    substance, mental = has(words, BIT["SUMH"]), has(words, BIT["CO"])
    both = substance & mental
    full = both & has(words, BIT["MHS"]) & has(words, bits_of(("MMD", "PSYH")))
    step = settings.weights.dual_step
    return np.asarray(
        settings.weights.dual_offered * (substance | mental) + step * both + step * full, dtype=np.float64
    )


def _rotation(facilities: Ints, day: date) -> NDArray[np.uint64]:
    """A fair shuffle of equals that changes every day and nobody can influence (splitmix64 of id and day)."""
    z = facilities.astype(np.uint64) + np.uint64(day.toordinal() * 0x9E3779B97F4A7C15 & _64_BITS)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)), dtype=np.uint64)


def _best_of_each(facilities: Ints, scores: Floats, listings: Ints) -> Ints | None:
    """Positions of the best row of each facility (R11: one key, one place in the list); None when each has one row.

    Rows of one facility stand side by side.
    """
    again = np.flatnonzero(facilities[1:] == facilities[:-1])
    if not len(again):
        return None
    shared = np.union1d(again, again + 1)  # few: only these are compared
    order = shared[np.lexsort((listings[shared], -scores[shared], facilities[shared]))]
    worse = order[1:][facilities[order[1:]] == facilities[order[:-1]]]
    kept = np.ones(len(facilities), dtype=np.bool_)
    kept[worse] = False
    return np.flatnonzero(kept)
