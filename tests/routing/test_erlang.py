"""Erlang's formula against published tables and what it must be at its ends."""

import math

import pytest

from routing.erlang import counselors_for, load, mean_wait, waiting_share, within


@pytest.mark.parametrize(
    ("erlangs", "counselors", "expected"),
    [
        (1.0, 2, 1 / 3),
        (2.0, 3, 4 / 9),
        (0.7, 1, 0.7),
        (10.0, 14, 0.1741),
    ],  # fractions by hand, and a call centre table
)
def test_the_share_that_waits_is_that_of_the_tables(erlangs: float, counselors: int, expected: float) -> None:
    assert waiting_share(erlangs, counselors) == pytest.approx(expected, abs=5e-5)


def test_the_example_of_every_call_centre_course() -> None:
    """200 calls an hour of three minutes with 14 people: 88.8 % within 20 s, 7.8 s on average."""
    erlangs = load(200, 180)

    assert within(20, erlangs, 14, 180) == pytest.approx(0.888, abs=5e-4)
    assert mean_wait(erlangs, 14, 180) == pytest.approx(7.8, abs=0.05)
    assert counselors_for(0.80, 20, erlangs, 180) == 14
    assert counselors_for(0.90, 20, erlangs, 180) == 15


def test_a_line_that_cannot_keep_up_never_answers_in_time_and_large_ones_are_computed() -> None:
    assert (waiting_share(5, 5), mean_wait(5, 5, 60), within(20, 6, 5, 60)) == (1.0, math.inf, 0.0)
    assert 0 < waiting_share(1900, 2000) < 0.05
    with pytest.raises(ValueError, match="between 0 and 1"):
        counselors_for(1.0, 20, 10, 180)
