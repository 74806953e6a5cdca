"""State lines on the map of a match: what of them lies in the picture, and where each state's name has room."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
GRID = 15  # spots a side at which is asked which state they are in
MARGIN = 16.0  # units from the edge of the picture to the nearest name
LETTER = 3.1  # units, half the width of a letter of a name
LEAST_ROOM, WHOLE_ROOM = 5.0, 11.0  # units around two letters, and around a name
FINEST = 0.8  # units: nearer points of a line are one


@dataclass(frozen=True)
class Outlines:
    """Pieces of state lines, in the order of the lines. `starts`, `ends` (n, 2) longitude and latitude in degrees.

    `states`: by postal letters, the name and the numbers of the pieces that go around it.
    """

    starts: Floats
    ends: Floats
    states: Mapping[str, tuple[str, Ints]]

    @classmethod
    def of(cls, lines: Sequence[Floats], states: Mapping[str, tuple[str, Sequence[int]]]) -> "Outlines":
        """From lines, each (points, 2), and the numbers of those that go around each state."""
        line = np.concatenate([np.full(len(one) - 1, number) for number, one in enumerate(lines)])
        starts, ends = (np.concatenate([one[cut] for one in lines]) for cut in (slice(None, -1), slice(1, None)))
        pieces = {code: (name, np.flatnonzero(np.isin(line, numbers))) for code, (name, numbers) in states.items()}
        return cls(starts, ends, pieces)


@dataclass(frozen=True)
class StateName:
    """A state in the picture; `words` (the name, or its two letters where room is short) stand at `x`, `y`."""

    name: str
    words: str
    x: float
    y: float


@dataclass(frozen=True)
class StateLines:
    """`path`: the lines in the picture, as SVG writes them; empty: there are none."""

    path: str = ""
    names: tuple[StateName, ...] = ()


def in_picture(
    outlines: Outlines, starts: Floats, ends: Floats, half: float, taken: Sequence[tuple[float, float, float]]
) -> StateLines:
    """What a picture from -half to half shows of the lines, whose pieces lie at `starts` and `ends` (n, 2) in it.

    `taken`: x, y and radius of what a name should not stand on.
    """
    low, high = np.minimum(starts, ends), np.maximum(starts, ends)
    near: NDArray[np.bool_] = np.all((high > -half) & (low < half), axis=1)
    side = np.linspace(-half + MARGIN, half - MARGIN, GRID)
    spots = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    free = np.min([np.hypot(*(spots - (x, y)).T) - r for x, y, r in taken] or [np.full(len(spots), half)], axis=0)
    names = []
    for code, (name, pieces) in outlines.states.items():
        if (high[pieces].max(axis=0) <= -half).any() or (low[pieces].min(axis=0) >= half).any():
            continue
        inside = _inside(spots, starts[pieces], ends[pieces])
        close = pieces[near[pieces]]
        room = np.minimum(free[inside], _reach(spots[inside], starts[close], ends[close]))
        placed = _placed(code, name, spots[inside], room, half)
        names += [placed] if placed else []
    return StateLines(_path(starts[near], ends[near]), tuple(names))


def _path(starts: Floats, ends: Floats) -> str:
    """Pieces that follow each other are one line; points that nobody could tell apart are one point."""
    words: list[str] = []
    at, left = None, None  # the last point that was written, and the one after it that was left out
    for start, end in zip(map(tuple, starts.tolist()), map(tuple, ends.tolist()), strict=True):
        if at is None or start not in (at, left):
            if left is not None:
                words.append(f"L{left[0]:.1f} {left[1]:.1f}")
            words.append(f"M{start[0]:.1f} {start[1]:.1f}")
            at = start
        left = end
        if math.dist(at, end) >= FINEST:
            words.append(f"L{end[0]:.1f} {end[1]:.1f}")
            at, left = end, None
    return "".join(words) + (f"L{left[0]:.1f} {left[1]:.1f}" if left else "")


def _placed(code: str, name: str, spots: Floats, room: Floats, half: float) -> StateName | None:
    """The name where it has most room and lies in the picture as a whole, else its letters, else nothing."""
    reach = len(name) * LETTER
    wide = np.where(np.abs(spots[:, 0]) + reach < half, room, 0)
    for words, space, least in ((name, wide, max(WHOLE_ROOM, reach)), (code, room, LEAST_ROOM)):
        if space.max(initial=0) >= least:
            x, y = spots[int(space.argmax())].tolist()
            return StateName(name, words, round(x, 1), round(y, 1))
    return None


def _inside(spots: Floats, starts: Floats, ends: Floats) -> NDArray[np.bool_]:
    """Which spots a line to the east leaves over an odd number of times; (spots,)."""
    x, y = spots[:, :1], spots[:, 1:]
    over = (starts[:, 1] > y) != (ends[:, 1] > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = starts[:, 0] + (y - starts[:, 1]) * (ends[:, 0] - starts[:, 0]) / (ends[:, 1] - starts[:, 1])
    found: NDArray[np.bool_] = (over & (at > x)).sum(axis=1) % 2 == 1
    return found


def _reach(spots: Floats, starts: Floats, ends: Floats) -> Floats:
    """How far each spot is from the nearest piece, in units; (spots,)."""
    along, to = ends - starts, spots[:, None] - starts
    length = np.maximum((along**2).sum(axis=1), 1e-9)
    part = np.clip((to * along).sum(axis=2) / length, 0, 1)
    near: Floats = np.hypot(*np.moveaxis(to - part[:, :, None] * along, 2, 0)).min(axis=1, initial=np.inf)
    return near
