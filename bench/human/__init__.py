"""Time to a human: a day of calls in virtual time, for this engine, for Erlang's formula and for how the field rings.

TARGETS: average speed of answer at most 1.10 x the Erlang C wait plus one ring and press; 95 % in 20 s at normal and
peak load; in a surge of 5x nobody past the hard limit without a human, a callback or a hand-over. All strategies get
the same calls, talks and answers to each ring, by seed. BENCH_DAYS=1 plays fewer days.
"""

import os

from bench.human.ideal import Ideal
from bench.human.line import Line
from bench.human.ours import Ours
from bench.human.outcome import Outcome, outcome
from bench.human.people import (
    ANSWERED,
    DAY,
    SERVICE_LEVEL,
    SERVICE_SECONDS,
    WARM_UP,
    Caller,
    Load,
    callers,
    handle_seconds,
    ring_and_press,
    staff,
)
from bench.human.rivals import LinearLoop, RandomCycle, RingAll
from bench.rows import Row
from routing import erlang

TITLE = "Time to a human (seconds; share of callers)"
STRATEGIES: dict[str, type[Line]] = {
    "ideal line": Ideal,
    "this engine": Ours,
    "linear loop": LinearLoop,
    "random cycle": RandomCycle,
    "ring all": RingAll,
}
DAYS, SLOWER = 28, 1.10  # four weeks: in one alone the share in 20 s may be half a point off
AFTERWARDS = 3600.0  # seconds played after the last call, so that who waits is answered


def run() -> list[Row]:
    """All parts of the day."""
    days = int(os.environ.get("BENCH_DAYS", DAYS))
    print(
        f"\n{days} days. A ring is answered with probability {ANSWERED:.2f}; one ring and press take"
        f" {ring_and_press():.1f} s, a call keeps a counselor for {handle_seconds():.0f} s; one call a second through"
        f" REST; staffed so that Erlang C predicts {SERVICE_LEVEL:.0%} answered in {SERVICE_SECONDS:.0f} s."
    )
    return [row for load in DAY for row in _rows(load, {name: play(load, name, days) for name in STRATEGIES})]


def play(load: Load, strategy: str, days: int) -> Outcome:
    """A part of so many days with one strategy."""
    until = WARM_UP + load.hours * 3600 + AFTERWARDS
    everybody: list[Caller] = []
    for day in range(days):
        seed = f"day {day}"
        called = callers(load, seed)
        STRATEGIES[strategy](called, staff(load), seed).run(until)
        everybody += called
    return outcome(everybody, until)


def _rows(load: Load, outcomes: dict[str, Outcome]) -> list[Row]:
    ours = outcomes["this engine"]
    handle, counselors = handle_seconds(), staff(load)
    erlangs = erlang.load(load.staffed_for, handle)
    wait = erlang.mean_wait(erlangs, counselors, handle)
    bound = erlang.within(SERVICE_SECONDS - ring_and_press(), erlangs, counselors, handle)
    _show(load, outcomes, wait + ring_and_press(), bound)
    others = {name: other for name, other in outcomes.items() if other is not ours}
    rows = [Row(f"{load.name}: past the hard limit with nothing", "callers", ours.left_waiting, 0, 0, False, True)]
    if _is_surge(load):
        what = f"{load.name}: longest on the line"
        return rows + [Row(f"{what}, {name}", "s", ours.longest, one.longest, None) for name, one in others.items()]
    what = f"{load.name}: speed of answer"
    rows += [Row(f"{what}, {name}", "s", ours.speed, one.speed, None) for name, one in others.items()]
    limit = SLOWER * wait + ring_and_press()
    target = None if load.name == "quiet" else SERVICE_LEVEL
    return [
        Row(f"{load.name}: speed of answer against its limit", "s", ours.speed, limit, 1.0, False),
        Row(f"{load.name}: answered in 20 s, Erlang C", "share", ours.in_time, bound, target, of_ours=True),
        *rows,
    ]


def _is_surge(load: Load) -> bool:
    return load.calls_per_hour > load.staffed_for


def _show(load: Load, outcomes: dict[str, Outcome], speed: float, in_time: float) -> None:
    erlangs = erlang.load(load.calls_per_hour, handle_seconds())
    print(
        f"\n{load.name}: {load.calls_per_hour:.0f} calls an hour, {erlangs:.1f} erlangs, {staff(load)} counselors,"
        f" {outcomes['this engine'].calls} calls"
    )
    print(f"{'':14} {'average':>9} {'in 20 s':>8} {'longest':>9} {'nothing':>8} {'promised':>9}  called back")
    if not _is_surge(load):
        print(f"{'Erlang C':14} {speed:>7.1f} s {in_time:>8.1%}")
    for name, one in outcomes.items():
        back = f"{one.called_back}, within {one.called_back_within / 60:.0f} min" if one.promised else ""
        print(
            f"{name:14} {one.speed:>7.1f} s {one.in_time:>8.1%} {one.longest:>7.0f} s {one.left_waiting:>8}"
            f" {one.promised:>9}  {back}"
        )
