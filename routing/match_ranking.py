"""The order of eligible facilities: named points, then different operators first (MATCHING.md R12-R15)."""

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from routing.codes import BIT, Words, bits_of
from routing.geography import Floats, Ints
from routing.match_demand import HOSPITAL
from routing.match_index import FacilityIndex, Found, state_number
from routing.match_need import Situation
from routing.match_overlay import Overlay
from routing.match_profile import Profile
from routing.match_settings import FAR_MILES, SIMILAR_MILES, SIMILAR_SHARE, MatchSettings

TOP_SCORE = 100.0
OWN_STATE_PAYERS = frozenset({"medicaid", "state_plan"})
LANGUAGE_CODES = {"es": "SP", "asl": "AH"}
_SCORE_DIGITS = 9
_64_BITS = (1 << 64) - 1


@dataclass(frozen=True)
class Ranked:
    """Facilities in their final order, one row each: index rows, miles and points, shape (k,) each."""

    rows: Ints
    miles: Floats
    scores: Floats


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
        """All of `found`, best first, each facility once."""
        scores = self._scores(found)
        facilities = self.index.facilities[found.rows]
        order = np.lexsort((self.index.listings[found.rows], _rotation(facilities, self.now.date()), -scores))
        order = order[_first_of_each(facilities[order])]
        order = order[self._top_first(found.rows[order])]
        return Ranked(found.rows[order], found.miles[order], scores[order])

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
        return np.round(scores, _SCORE_DIGITS)

    def _accepts_payer(self, rows: Ints) -> NDArray[np.bool_]:
        """Who takes the payer; Medicaid and state plans count in the caller's own state only (R12)."""
        accepted = has(self.index.words[rows], self.payer_word)
        if self.situation.profile.payer in OWN_STATE_PAYERS:
            accepted &= self.index.states[rows] == state_number(self.state)
        return accepted

    def _top_first(self, rows: Ints) -> Ints:
        """The order with the first places given to different operators, closed circles only if nobody else is left.

        First come places open to all with a new operator, then any new operator, then the others (R14, R15.2).
        """
        operators = self.index.operators[rows]
        closed = has(self.index.words[rows], owner_word(self.situation.profile))
        shown: list[int] = []
        top: list[int] = []
        for candidates in (np.flatnonzero(~closed), np.arange(len(rows))):
            while len(top) < self.settings.first_places:
                fresh = candidates[~np.isin(operators[candidates], shown)]
                if not len(fresh):
                    break
                top.append(int(fresh[0]))
                shown.append(int(operators[fresh[0]]))
        return np.concatenate((np.array(top, dtype=np.int64), np.delete(np.arange(len(rows)), top)))


def has(words: Words, word: int) -> NDArray[np.bool_]:
    """Which of `words` have any bit of `word`."""
    return np.asarray((words & np.uint64(word)) != 0, dtype=np.bool_)


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
    far = np.log(np.maximum(miles, FAR_MILES) / FAR_MILES) / np.log1p(SIMILAR_SHARE)
    return np.asarray(np.minimum(miles, FAR_MILES) / SIMILAR_MILES + far)


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


def _first_of_each(facilities: Ints) -> Ints:
    """Positions of the first row of each facility, in order (R11: one key, one place in the list)."""
    return np.asarray(np.sort(np.unique(facilities, return_index=True)[1]), dtype=np.int64)
