"""How long a caller will wait: a range whose upper end holds for more than nine in ten, or nothing worth saying."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

DRAWS = 300  # imagined courses of the next minutes; the same each time for the same line
LOW, HIGH = 0.25, 0.95  # quantiles of them; how often the upper end is passed is tested by simulation
SURELY_BEYOND = 2  # the mean course takes so many times what is left: imagining more would tell nothing
ANSWER_SECONDS = 12.0  # from the free counselor to both talking: ringing, pressing 1, being fetched
MOST_AHEAD = 60  # beyond this the range is longer than anybody is kept waiting
# Handle times in seconds before enough were seen, spread as talks of such lines are: many short, some long
PRIOR_HANDLED = (120.0, 240.0, 360.0, 480.0, 600.0, 720.0, 900.0, 1200.0, 1500.0, 2400.0)
ENOUGH_HANDLED = 30
MINUTE = 60.0

Draws = NDArray[np.float64]


@dataclass(frozen=True)
class Staff:
    """The counselors of this hour, in seconds."""

    free_in: tuple[float, ...]  # of each who does not talk: until they are free, 0 for now
    talking_for: tuple[float, ...]  # of each who talks: for how long already
    handled: tuple[float, ...]  # how long lately finished contacts kept a counselor, wrap-up included


@dataclass(frozen=True)
class Expected:
    """What is said: between `low` and `high` whole minutes from now. `beyond`: longer than anybody is kept waiting."""

    low: int
    high: int
    beyond: bool = False


def wait_seconds(staff: Staff, ahead: int) -> tuple[float, float] | None:
    """The LOW and HIGH quantiles of the wait of whoever has `ahead` people before them; None without any counselor."""
    if not staff.free_in and not staff.talking_for:
        return None
    dice = np.random.default_rng(0)
    handled = _handled(staff)
    # talks of today may be longer than those that were seen: the fewer were seen, the less is their mean known
    doubt = 1 + dice.standard_normal(DRAWS) * handled.std() / handled.mean() / handled.size**0.5
    columns = [np.full(DRAWS, free) for free in staff.free_in]
    columns += [doubt * _rest_of_talk(dice, handled, talked) for talked in staff.talking_for]
    free_at = np.column_stack(columns)
    rows = np.arange(DRAWS)
    for _ in range(min(ahead, MOST_AHEAD)):
        first = free_at.argmin(axis=1)
        free_at[rows, first] += ANSWER_SECONDS + doubt * dice.choice(handled, DRAWS)
    low, high = np.quantile(free_at.min(axis=1), (LOW, HIGH)) + ANSWER_SECONDS
    return float(low), float(high)


def _handled(staff: Staff) -> Draws:
    return np.array([*staff.handled, *(PRIOR_HANDLED if len(staff.handled) < ENOUGH_HANDLED else ())])


def _rest_of_talk(dice: np.random.Generator, handled: Draws, talked: float) -> Draws:
    """How much longer a talk lasts that has lasted for `talked` already: as those did that lasted as long."""
    longer = handled[handled > talked] - talked
    return dice.choice(longer if longer.size else handled, DRAWS)


def expected_wait(staff: Staff, ahead: int, seconds_left: float) -> Expected | None:
    """What to tell a caller who is kept waiting for `seconds_left` more at most; None when there is nothing to tell."""
    if ahead < sum(1 for free in staff.free_in if free == 0):
        return None  # a phone rings for them now
    servers = len(staff.free_in) + len(staff.talking_for)
    mean = ahead * float(_handled(staff).mean()) / max(servers, 1)
    wait = (mean, mean) if mean > SURELY_BEYOND * seconds_left and servers else wait_seconds(staff, ahead)
    if wait is None:
        return None
    low, high = floor(wait[0] / MINUTE), max(1, ceil(wait[1] / MINUTE))
    if high * MINUTE > seconds_left:
        return Expected(low, high, beyond=True)
    return Expected(min(low, high - 1), high)


def exceeded(said: Sequence[Expected], waited: Sequence[float]) -> float:
    """The share of callers who waited longer, in seconds, than the upper end they were told."""
    late = sum(seconds > told.high * MINUTE for told, seconds in zip(said, waited, strict=True))
    return late / max(len(said), 1)
