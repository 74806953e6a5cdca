"""Intervals of shares against the figures of the paper they come from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.proportions import Share, newcombe, quantile, wilson

Z = quantile()


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),  # Newcombe 1998, table II, method 10
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((5, 56), (0, 29), -0.0381, 0.1926),
    ],
)
def test_differences_are_those_of_the_paper(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    found = newcombe(Share(*one), Share(*other), Z)
    assert (found.low, found.high) == (pytest.approx(low, abs=6e-5), pytest.approx(high, abs=6e-5))


def test_more_comparisons_at_once_ask_for_more() -> None:
    assert (round(quantile(), 3), round(quantile(3), 3)) == (1.960, 2.394)
    assert wilson(Share(0, 0), Z).high == 1.0


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200), st.integers(0, 200))
def test_an_interval_holds_its_value_and_turns_round_with_the_question(a: int, b: int, c: int, d: int) -> None:
    one, other = Share(min(a, b), max(a, b)), Share(min(c, d), max(c, d))
    found, turned = newcombe(one, other, Z), newcombe(other, one, Z)
    assert -1 <= found.low <= found.high <= 1
    assert (found.low, found.high) == (pytest.approx(-turned.high), pytest.approx(-turned.low))
    if one.total and other.total:
        assert found.low - 1e-9 <= one.value - other.value <= found.high + 1e-9
