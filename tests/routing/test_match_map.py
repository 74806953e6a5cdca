"""The map of a match: true to direction and distance, and no number hides another."""

import math
import random
import re

import pytest

from routing.geography import haversine_miles
from routing.match_map import EDGE, HALF, PIN, draw
from services.outlines import FILE, outlines

CHELSEA = (42.39, -71.03)


def test_north_is_up_and_rings_are_round_miles() -> None:
    drawn = draw(CHELSEA, [(1, (42.39 + 7 / 69.09, -71.03)), (2, (42.39, -71.03 + 0.1))])
    assert [ring.miles for ring in drawn.rings] == [2, 4, 6, 8]
    north, east = drawn.pins
    assert (north.at_x, north.at_y) == (0.0, pytest.approx(-7 / 8 * HALF, abs=0.1))
    assert east.at_x > 0
    assert east.at_y == 0


def test_distances_are_those_of_the_list_and_no_pin_hides_another() -> None:
    dice = random.Random(3)
    places = [(n, (CHELSEA[0] + dice.uniform(-2, 2), CHELSEA[1] + dice.uniform(-2, 2))) for n in range(1, 12)]
    places += [(12, CHELSEA), (13, places[0][1])]
    drawn = draw(CHELSEA, places)
    a_mile = drawn.rings[0].radius / drawn.rings[0].miles
    for pin, (_, place) in zip(drawn.pins, places, strict=True):
        assert math.hypot(pin.at_x, pin.at_y) / a_mile == pytest.approx(
            haversine_miles(*CHELSEA, *place), rel=0.02, abs=1
        )
    for pin in drawn.pins:
        assert all(math.dist((pin.x, pin.y), (o.x, o.y)) >= 2 * PIN - 0.2 for o in drawn.pins if o is not pin)
    assert drawn.pins[-1].moved
    assert drawn.moved >= 1, "the page says so"


def test_one_place_at_the_door_and_one_across_the_date_line() -> None:
    assert [ring.miles for ring in draw(CHELSEA, [(1, CHELSEA)]).rings] == [1, 2]
    (pin,) = draw((52.0, 179.9), [(1, (52.0, -179.9))]).pins
    assert pin.at_x > 0


def test_state_lines_lie_where_the_states_meet_and_names_stand_free() -> None:
    cheyenne = (41.14, -104.8)  # ten miles north of Colorado, which begins at 41 degrees
    drawn = draw(cheyenne, [(1, (41.14, -104.2)), (2, (40.6, -105.1)), (3, (41.8, -104.8))], outlines("en"))
    assert [(state.name, state.words) for state in drawn.states.names] == [
        ("Colorado", "Colorado"),
        ("Nebraska", "Nebraska"),
        ("Wyoming", "Wyoming"),
    ]
    south = 0.14 * 69.09 * HALF / drawn.rings[-1].miles
    colorado, nebraska, wyoming = drawn.states.names
    assert colorado.y > south > wyoming.y
    assert nebraska.x > wyoming.x
    heights = [float(y) for y in re.findall(r"[ML]-?[\d.]+ (-?[\d.]+)", drawn.states.path)]
    assert any(height == pytest.approx(south, abs=1.5) for height in heights)
    for state in drawn.states.names:
        assert all(math.dist((state.x, state.y), (pin.x, pin.y)) > PIN for pin in drawn.pins)
        assert max(abs(state.x), abs(state.y)) < EDGE


def test_near_maps_have_no_lines_that_are_too_coarse_and_the_file_stays_small() -> None:
    assert draw(CHELSEA, [(1, (42.45, -71.1))], outlines("en")).states.path == ""
    assert len(outlines("en").states) == 56
    assert FILE.stat().st_size < 150_000


def test_states_have_their_spanish_names_in_spanish() -> None:
    santa_fe = (35.7, -105.9)
    english, spanish = (draw(santa_fe, [(1, (36.5, -106.9))], outlines(word)).states.names for word in ("en", "es"))
    assert "New Mexico" in {state.name for state in english}
    assert "Nuevo México" in {state.name for state in spanish}
    assert "New Mexico" not in {state.name for state in spanish}
