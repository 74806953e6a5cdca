"""A small map of places around a person: miles east and north of them, rings of distance, state lines, north up."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from routing.state_lines import Floats, Outlines, StateLines, in_picture

MILES_PER_DEGREE = 69.09  # of latitude, on the sphere of `routing.geography`
HALF = 150.0  # units from the middle to the edge of the last ring
EDGE = 176.0  # units from the middle to the edge of the picture
PIN = 11.0  # radius of a pin
LABEL = 16.0  # radius around the miles of a ring, the cross and the arrow to the north
LINES_FROM = 20  # miles of the last ring: our state lines are right to about one
STEPS = (1, 2, 5)
Point = tuple[float, float]  # latitude, longitude in degrees


@dataclass(frozen=True)
class Pin:
    """A numbered place: its number stands at `x`, `y`; it is at `at_x`, `at_y`, if pins had to be set apart."""

    number: int
    x: float
    y: float
    at_x: float
    at_y: float

    @property
    def moved(self) -> bool:
        """Whether the number stands beside the place."""
        return (self.x, self.y) != (self.at_x, self.at_y)


@dataclass(frozen=True)
class Ring:
    """A distance. Its miles are written at `x`, `y`, where no pin hides them."""

    radius: float
    miles: int
    x: float
    y: float


@dataclass(frozen=True)
class MatchMap:
    """Rings, the nearest first; pins in the order of the list. The person is at 0, 0."""

    rings: tuple[Ring, ...]
    pins: tuple[Pin, ...]
    states: StateLines = field(default_factory=StateLines)

    @property
    def moved(self) -> int:
        """How many numbers stand beside their places, which would hide each other."""
        return sum(pin.moved for pin in self.pins)


def draw(person: Point, places: Sequence[tuple[int, Point]], outlines: Outlines | None = None) -> MatchMap:
    """The map of these numbered places, over the state lines."""
    spots = [(number, _miles(person, place)) for number, place in places]
    farthest = max((math.hypot(*miles) for _, miles in spots), default=1.0)
    rings = _rings(farthest)
    scale = HALF / rings[-1]
    pins: list[Pin] = []
    for number, (east, north) in spots:
        x, y = east * scale, -north * scale
        pins.append(_beside(number, x, y, pins))
    drawn = MatchMap(tuple(_ring(miles * scale, miles, pins) for miles in rings), tuple(pins))
    if outlines is None or rings[-1] < LINES_FROM:
        return drawn
    return replace(drawn, states=_states(person, scale, outlines, drawn))


def _states(person: Point, scale: float, outlines: Outlines, drawn: MatchMap) -> StateLines:
    taken = [(0.0, 0.0, LABEL), (0.0, -EDGE, LABEL), *((ring.x, ring.y, LABEL) for ring in drawn.rings)]
    taken += [(pin.x, pin.y, PIN) for pin in drawn.pins]
    starts, ends = (_flat(person, at) * (scale, -scale) for at in (outlines.starts, outlines.ends))
    return in_picture(outlines, starts, ends, EDGE, taken)


def _flat(person: Point, at: Floats) -> Floats:
    """Longitudes and latitudes (n, 2) as miles east and north, as `_miles` has them."""
    north = (at[:, 1] - person[0]) * MILES_PER_DEGREE
    turn = (at[:, 0] - person[1] + 180) % 360 - 180
    east = turn * MILES_PER_DEGREE * np.cos(np.radians((at[:, 1] + person[0]) / 2))
    return np.stack([east, north], axis=1)


def _ring(radius: float, miles: int, pins: Sequence[Pin]) -> Ring:
    """Its label at the foot, or where on the ring the next pin is farthest."""

    def room(at: Point) -> float:
        return min((math.dist(at, (pin.x, pin.y)) for pin in pins), default=HALF)

    turns = [math.pi / 2 + n * math.pi / 4 for n in range(8)]
    spots = [(radius * math.cos(turn), radius * math.sin(turn)) for turn in turns]
    x, y = next((spot for spot in spots if room(spot) > 3 * PIN), max(spots, key=room))
    return Ring(round(radius, 1), miles, round(x, 1), round(y, 1))


def _miles(person: Point, place: Point) -> Point:
    """Miles east and north; flat, which within 250 miles is right to a few in a hundred."""
    north = (place[0] - person[0]) * MILES_PER_DEGREE
    turn = (place[1] - person[1] + 180) % 360 - 180
    return turn * MILES_PER_DEGREE * math.cos(math.radians((place[0] + person[0]) / 2)), north


def _rings(farthest: float) -> tuple[int, ...]:
    """Two to four rings at round miles, the last of which holds everything."""
    wanted = max(farthest, 1.0)
    sizes = [step * 10**power for power in range(5) for step in STEPS]
    step = next(size for size in sizes if size * 4 >= wanted)
    return tuple(step * n for n in range(1, max(math.ceil(wanted / step), 2) + 1))


def _beside(number: int, x: float, y: float, others: Sequence[Pin]) -> Pin:
    """The pin at its place, or on a spiral around it where no other pin (and not the person) stands."""
    taken = [(0.0, 0.0), *((pin.x, pin.y) for pin in others)]
    for turn in range(400):
        angle, reach = turn * 0.7, turn * 1.6
        at = (x + reach * math.cos(angle), y + reach * math.sin(angle))
        if all(math.dist(at, other) >= 2 * PIN for other in taken):
            return Pin(number, round(at[0], 1), round(at[1], 1), round(x, 1), round(y, 1))
    return Pin(number, round(x, 1), round(y, 1), round(x, 1), round(y, 1))
