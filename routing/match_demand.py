"""What a facility's codes must fulfil, compiled from a need into bit tests (MATCHING.md R2-R9)."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.codes import BIT, Words, bits_of, mask
from routing.match_need import ALCOHOL, BEHAVIORAL, OPIOID, PSYCHIATRIC_RISK, Situation
from routing.vocabulary import Need

ADULT_AGE = 18
HOSPITAL = mask("HID")
GENDERS = mask("FEM", "MALE")
GROWN = mask("ADLT", "YAD", "SNR")  # a place with none of them is asked about ages (R5)
_ALL_BITS = (1 << 64) - 1
FEW_WORDS = 2_000  # up to so many, testing all clauses at once is quicker than one after another on what is left


class Clause(NamedTuple):
    """Fulfilled by a word that has any bit of `present` or lacks any bit of `absent`."""

    present: int = 0
    absent: int = 0

    def holds(self, word: int) -> bool:
        """Whether one word fulfils the clause."""
        return bool(word & self.present or ~word & self.absent & _ALL_BITS)


@dataclass(frozen=True)
class Demand:
    """A conjunction of clauses; those of one bit are folded into `ones` (must be set) and `zeros` (must not)."""

    ones: int
    zeros: int
    clauses: tuple[Clause, ...]

    @classmethod
    def of(cls, clauses: list[Clause]) -> "Demand":
        """Compile."""
        ones = zeros = 0
        rest = []
        for clause in clauses:
            if clause.present.bit_count() + clause.absent.bit_count() > 1:
                rest.append(clause)
            else:
                ones |= clause.present
                zeros |= clause.absent
        return cls(ones, zeros, tuple(dict.fromkeys(rest)))

    def holds(self, word: int) -> bool:
        """Whether one facility's word fulfils everything."""
        if word & (self.ones | self.zeros) != self.ones:
            return False
        return all(clause.holds(word) for clause in self.clauses)

    def select(self, words: Words) -> NDArray[np.int64]:
        """Positions of the `words` (n,) that fulfil everything, rising."""
        fit: NDArray[np.int64] = ((words & np.uint64(self.ones | self.zeros)) == np.uint64(self.ones)).nonzero()[0]
        if not self.clauses:
            return fit
        left = words[fit]
        if len(left) <= FEW_WORDS:
            absent, seen = self._tests
            good: NDArray[np.bool_] = ((left ^ absent) & seen).all(axis=0)
            return fit[good]
        for clause in self.clauses:
            good = ((left ^ np.uint64(clause.absent)) & np.uint64(clause.present | clause.absent)) != 0
            fit, left = fit[good], left[good]
        return fit

    @cached_property
    def _tests(self) -> Words:
        """What is turned and what is looked at by each clause: shape (2, clauses, 1)."""
        both = [[clause.absent for clause in self.clauses], [c.present | c.absent for c in self.clauses]]
        return np.array(both, dtype=np.uint64)[:, :, np.newaxis]


def strict_demand(situation: Situation) -> Demand:
    """The rules as they stand (R2-R9)."""
    return Demand.of([*_need_clauses(situation), *_person_clauses(situation)])


def relaxed_demand(situation: Situation) -> Demand | None:
    """Hospital detox with medicines and at least one of the codes (R3.5); None where the need does not allow it."""
    if not situation.relaxable:
        return None
    setting = [*_all("HID", "MDET"), Clause(mask(*situation.detox_codes))]
    return Demand.of([*setting, *_person_clauses(situation)])


def monitored_demand(situation: Situation) -> Demand:
    """The same person in a medically watched setting, whatever the need (shown beside an overridden need)."""
    return Demand.of([*_monitored_setting(), *_person_clauses(situation)])


def hospital_demand(situation: Situation) -> Demand:
    """Hospital detox without asking for a pregnancy programme (R7, the recommended extra heading)."""
    codes = _all(*situation.detox_codes)
    return Demand.of([*_all("HID"), *codes, *_person_clauses(situation, with_pregnancy=False)])


def _all(*codes: str) -> list[Clause]:
    return [Clause(present=mask(code)) for code in codes]


def _none(*codes: str) -> list[Clause]:
    return [Clause(absent=mask(code)) for code in codes]


def _need_clauses(situation: Situation) -> list[Clause]:
    if situation.need == Need.DETOX:
        setting = _monitored_setting() if situation.monitored else [Clause(mask("HID", "RD", "OD"))]
        return [*setting, *_all(*situation.detox_codes)]
    return _moud_clauses(situation) if situation.need == Need.MOUD else _treatment_clauses(situation)


def _monitored_setting() -> list[Clause]:
    """HID, or RD and MDET (R2)."""
    return [Clause(mask("HID", "RD")), Clause(mask("HID", "MDET"))]


def _moud_clauses(situation: Situation) -> list[Clause]:
    if situation.profile.on_moud == "methadone":
        return [*_all("MU"), Clause(mask("MM", "OTP")), *_none("NOOP")]
    return [Clause(mask("MU", "BU")), *_none("NOOP")]


def _treatment_clauses(situation: Situation) -> list[Clause]:
    chosen = situation.substances
    gambling = _all("TGD") if any(s.kind == BEHAVIORAL for s in chosen) else []
    if all(s.kind == BEHAVIORAL for s in chosen):
        return gambling
    clauses = [*_all("SA"), *gambling]
    if any(s.kind == ALCOHOL for s in chosen):
        clauses += _none("NAUT")
    if any(s.kind == OPIOID for s in chosen):
        clauses += _none("NOOP")
    if situation.profile.dual_diagnosis or any(s.tier == PSYCHIATRIC_RISK for s in chosen):
        clauses.append(Clause(mask("SUMH", "CO")))
    return clauses


def _person_clauses(situation: Situation, *, with_pregnancy: bool = True) -> list[Clause]:
    profile = situation.profile
    clauses = [*_exclusive_clauses(situation), *_age_clauses(profile.age), *_gender_clauses(situation)]
    if profile.pregnant and with_pregnancy:
        clauses += _all("PW")
    if profile.on_moud is not None:
        clauses.append(Clause(present=mask("MOA"), absent=mask("NMOA")))
    return clauses


def _exclusive_clauses(situation: Situation) -> list[Clause]:
    """Programmes for drink drivers, alcohol or opioids alone (R4)."""
    kinds = {substance.kind for substance in situation.substances}
    clauses = [] if situation.profile.dui else _none("DUO")
    if not kinds <= {ALCOHOL, OPIOID}:
        return [*clauses, *_none("AUDO", "OUDO")]
    if kinds != {ALCOHOL}:
        clauses.append(Clause(present=mask("OUDO"), absent=mask("AUDO")))
    if kinds != {OPIOID}:
        clauses.append(Clause(present=mask("AUDO"), absent=mask("OUDO")))
    return clauses


def _age_clauses(age: int | None) -> list[Clause]:
    """Who is taken by age; why the codes are not read literally is in MATCHING.md R5."""
    if age is not None and age < ADULT_AGE:
        return [
            Clause(mask("CHLD", "AD")),
            Clause(present=mask("CHLD"), absent=mask("ADLT")),
            Clause(present=mask("CHLD"), absent=mask("YAD")),
        ]
    return [Clause(present=mask("WN", "MN", "SE"), absent=mask("CHLD", "YAD", "ADLT", "AD"))]


def _gender_clauses(situation: Situation) -> list[Clause]:
    profile = situation.profile
    if profile.pregnant or profile.gender == "female":
        return [Clause(present=mask("FEM"), absent=mask("MALE"))]
    if profile.gender == "male":
        return [Clause(present=mask("MALE"), absent=mask("FEM"))]
    return []


def dual_level(word: int) -> int:
    """How far a facility is built for two diagnoses at once, 0 to 3 (R13; ranking only)."""
    both = BIT["SUMH"] | BIT["CO"]
    if word & both != both:
        return 1 if word & both else 0
    return 3 if word & BIT["MHS"] and word & bits_of(("MMD", "PSYH")) else 2
