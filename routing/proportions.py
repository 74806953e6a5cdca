"""Shares of people and how sure we may be of them: Wilson's interval, and Newcombe's for the difference of two.

R. G. Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine 17
(1998) 873-890: method 10, from two score intervals without continuity correction (E. B. Wilson, JASA 22, 1927).
"""

from dataclasses import dataclass
from math import hypot, sqrt
from statistics import NormalDist

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Share:
    """`hits` of `total` people."""

    hits: int
    total: int

    @property
    def value(self) -> float:
        """The share itself, 0 of nobody."""
        return self.hits / self.total if self.total else 0.0


@dataclass(frozen=True)
class Interval:
    """From `low` to `high`."""

    low: float
    high: float

    @property
    def leaves_out_zero(self) -> bool:
        """Whether a difference in this interval is one."""
        return self.low > 0 or self.high < 0


def quantile(comparisons: int = 1) -> float:
    """The normal quantile for 95 % in all, when so many comparisons are made at once (Bonferroni)."""
    return NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / (2 * max(comparisons, 1)))


def wilson(share: Share, z: float) -> Interval:
    """Wilson's score interval; all there is when nobody was counted."""
    if not share.total:
        return Interval(0.0, 1.0)
    n, p = share.total, share.value
    middle, half = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Interval(max(0.0, (middle - half) / (1 + z * z / n)), min(1.0, (middle + half) / (1 + z * z / n)))


def newcombe(one: Share, other: Share, z: float) -> Interval:
    """The interval of `one` minus `other`."""
    a, b = wilson(one, z), wilson(other, z)
    difference = one.value - other.value
    low = difference - hypot(one.value - a.low, b.high - other.value)
    high = difference + hypot(a.high - one.value, other.value - b.low)
    return Interval(max(-1.0, low), min(1.0, high))
