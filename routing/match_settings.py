"""Radii, weights and switches of the match: one versioned file (config/content/matching.toml), checked at start."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from routing.vocabulary import ReportKind

# R15.3: places are similarly far when they differ by at most 2 miles or 10 % of the nearer, whichever is more
SIMILAR_MILES = 2.0
SIMILAR_SHARE = 0.10
FAR_MILES = SIMILAR_MILES / SIMILAR_SHARE  # from here on the share decides
# Largest distance in `distance_steps` between two similarly far places: the curve bends at FAR_MILES
MOST_SIMILAR_STEPS = 1.06


@dataclass(frozen=True)
class Weights:
    """Points of the score; one point is one step of similar distance (2 miles near by, 10 % far out)."""

    payer_accepted: float
    dual_offered: float
    dual_step: float
    language_spoken: float
    hospital_when_ill: float
    open_bed: float
    correction: float
    fit_unsure: float  # taken off a place for one gender or the young alone while gender or age are not known


@dataclass(frozen=True)
class MatchSettings:
    """The versioned settings of a match. `radii_miles` rise; hours say how long a bed count is fresh, then stale."""

    version: str
    radii_miles: tuple[int, ...]
    enough: int
    first_places: int
    beyond_shown: int
    bed_fresh_hours: float
    bed_stale_hours: float
    report_days: Mapping[str, int]  # by routing.vocabulary.ReportKind: how long a report counts
    weights: Weights

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "MatchSettings":
        """From the decoded file; ValueError with a sentence when something is missing, strange or breaks R15."""
        try:
            weights = Weights(**{f.name: float(data["weights"][f.name]) for f in fields(Weights)})
            values = {f.name: data[f.name] for f in fields(cls) if f.name != "weights"}
            settings = cls(**{**values, "radii_miles": tuple(data["radii_miles"])}, weights=weights)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"matching.toml lacks or misstates {error}.") from error
        settings._check(data)
        return settings

    def _check(self, data: Mapping[str, Any]) -> None:
        strange = set(data) - {f.name for f in fields(MatchSettings)}
        strange |= set(data["weights"]) - {f.name for f in fields(Weights)}
        if strange:
            raise ValueError(f"matching.toml has {', '.join(sorted(strange))}, which means nothing here.")
        if not self.radii_miles or list(self.radii_miles) != sorted(set(self.radii_miles)) or self.radii_miles[0] <= 0:
            raise ValueError("matching.toml: radii_miles must be rising positive miles, such as [25, 50, 100, 200].")
        w = self.weights
        least = MOST_SIMILAR_STEPS + w.fit_unsure
        if min(w.open_bed, w.correction) < least:
            raise ValueError(
                "matching.toml: open_bed and correction must each outweigh one step of distance and fit_unsure"
                f" ({least:g} points)."
            )
        least += w.open_bed + w.correction
        if min(w.payer_accepted, w.dual_offered, w.language_spoken) < least:
            raise ValueError(
                "matching.toml: payer_accepted, dual_offered and language_spoken must each outweigh one step of"
                f" distance, open_bed, correction and fit_unsure together ({least:g} points; MATCHING.md R15)."
            )
        if set(self.report_days) != set(ReportKind) or min(self.report_days.values()) < 1:
            raise ValueError(f"matching.toml: report_days needs whole days for each of {', '.join(ReportKind)}.")
        if min(w.dual_step, w.hospital_when_ill, w.fit_unsure) < 0:
            raise ValueError("matching.toml: weights are not negative.")


def distance_steps(miles: float) -> float:
    """How many steps of similar distance lie between here and there (R15.3); the scoring does this on arrays."""
    if miles <= FAR_MILES:
        return miles / SIMILAR_MILES
    return FAR_MILES / SIMILAR_MILES + math.log(miles / FAR_MILES) / math.log1p(SIMILAR_SHARE)
