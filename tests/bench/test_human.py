"""The benchmark of the time to a human: some minutes of it, and what must hold in any."""

from itertools import pairwise

import pytest

from bench.human import STRATEGIES, WARM_UP, Load, callers, outcome
from bench.human.line import Leg, Line
from bench.human.ours import Ours
from bench.human.people import SET_UP

RUSH = Load("rush", 0.05, 600, 60)  # three minutes in which a call comes every six seconds, after a quiet half hour
UNTIL = WARM_UP + 1200.0
COUNSELORS = 4


def play(strategy: str) -> tuple[Line, list[Leg]]:
    """A line after the rush, and every call that was placed."""
    line = STRATEGIES[strategy](callers(RUSH, "rush"), COUNSELORS, "rush")
    placed: list[Leg] = []
    place = line.place
    line.place = lambda leg: (placed.append(leg), place(leg))[1]  # type: ignore[method-assign]
    line.run(UNTIL)
    return line, placed


@pytest.mark.parametrize("strategy", sorted(STRATEGIES.keys() - {"ideal line"}))
def test_every_strategy_keeps_to_the_calls_a_second_and_to_one_call_a_phone(strategy: str) -> None:
    line, placed = play(strategy)

    through_rest = sorted(leg.placed_at or 0.0 for leg in placed if not leg.bridged)
    assert all(later - earlier >= 0.7 for earlier, later in pairwise(through_rest))
    for phone in line.phones:
        mine = [leg for leg in placed if leg.phone is phone and leg.accepted]
        talks = sorted(((leg.placed_at or 0.0) + SET_UP, leg.ended_at or UNTIL) for leg in mine)
        assert all(end <= begin for (_, end), (begin, _) in pairwise(talks))
    assert any(caller.answered_at for caller in line.callers)


def test_the_ideal_line_is_played_too_and_nobody_does_better() -> None:
    ideal, ours = (outcome(play(name)[0].callers, UNTIL) for name in ("ideal line", "this engine"))

    assert ideal.speed <= ours.speed


def test_in_a_rush_nobody_stays_on_our_line_with_nothing_and_the_same_seed_goes_the_same_way() -> None:
    first, second, loop = (outcome(play(name)[0].callers, UNTIL) for name in ("this engine",) * 2 + ("linear loop",))

    assert first == second
    assert first.promised > 0, "the rush is one"
    assert first.left_waiting == 0
    assert loop.left_waiting > 0


def test_our_engine_rings_no_busy_phone() -> None:
    line, placed = play("this engine")

    assert isinstance(line, Ours)
    assert not [leg for leg in placed if leg.ended_at == (leg.placed_at or 0.0) + SET_UP and leg.reason == "busy"]
