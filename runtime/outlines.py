"""Makes services/outlines.json, the state outlines of our maps: `npm pack us-atlas@3.0.1`, unpack, then run

.venv/bin/python -m runtime.outlines package/states-10m.json
"""

import json
import re
import sys
from itertools import accumulate
from pathlib import Path

from services.outlines import FILE, PER_DEGREE

SOURCE = (
    "US Census Bureau, cartographic boundary files of 2017 (public domain), as put together by npm us-atlas 3.0.1 "
    "(ISC licence), simplified further by runtime/outlines.py"
)
TOLERANCE = 0.006  # degrees: a third of a mile; what lies nearer to the line is left out
# FIPS 5-2 numbers of the states, DC and the territories with their postal letters.
POSTAL = dict(
    re.findall(
        r"(\d\d)([A-Z]{2})",
        "01AL02AK04AZ05AR06CA08CO09CT10DE11DC12FL13GA15HI16ID17IL18IN19IA20KS21KY22LA23ME24MD25MA26MI27MN28MS29MO30MT"
        "31NE32NV33NH34NJ35NM36NY37NC38ND39OH40OK41OR42PA44RI45SC46SD47TN48TX49UT50VT51VA53WA54WV55WI56WY60AS66GU"
        "69MP72PR78VI",
    )
)
Point = tuple[float, float]


def simplified(line: list[Point]) -> list[Point]:
    """Fewer points, none farther than the tolerance from the line through what is left (Douglas and Peucker, 1973)."""
    kept, left = {0, len(line) - 1}, [(0, len(line) - 1)]
    while left:
        first, last = left.pop()
        apart = [(_apart(line[n], line[first], line[last]), n) for n in range(first + 1, last)]
        farthest, at = max(apart, default=(0.0, 0))
        if farthest > TOLERANCE:
            kept.add(at)
            left += [(first, at), (at, last)]
    return [line[n] for n in sorted(kept)]


def outlines(topology: dict[str, object]) -> dict[str, object]:
    """Lines shared by neighbours, as steps in 1/PER_DEGREE degree, and which of them go around each state."""
    transform: dict[str, list[float]] = topology["transform"]  # type: ignore[assignment]
    arcs: list[list[list[int]]] = topology["arcs"]  # type: ignore[assignment]
    (kx, ky), (x0, y0) = transform["scale"], transform["translate"]
    lines = []
    for arc in arcs:
        walked = list(accumulate(arc, lambda at, step: [at[0] + step[0], at[1] + step[1]]))
        grid = [(round(x * PER_DEGREE), round(y * PER_DEGREE)) for x, y in _points(walked, kx, ky, x0, y0)]
        steps = [(b[0] - a[0], b[1] - a[1]) for a, b in zip([(0, 0), *grid], grid, strict=False)]
        lines.append([n for number, step in enumerate(steps) for n in step if number == 0 or step != (0, 0)])
    objects: dict[str, dict[str, list[dict[str, object]]]] = topology["objects"]  # type: ignore[assignment]
    states = {
        POSTAL[str(shape["id"])]: {
            "name": shape["properties"]["name"],  # type: ignore[index]
            "lines": sorted({n if n >= 0 else ~n for n in _flat(shape["arcs"])}),
        }
        for shape in objects["states"]["geometries"]
    }
    return {"source": SOURCE, "states": dict(sorted(states.items())), "lines": lines}


def _points(walked: list[list[int]], kx: float, ky: float, x0: float, y0: float) -> list[Point]:
    return simplified([(x0 + x * kx, y0 + y * ky) for x, y in walked])


def _apart(point: Point, one: Point, other: Point) -> float:
    (px, py), (ax, ay), (bx, by) = point, one, other
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    along = max(0.0, min(1.0, ((px - ax) * dx + (py - ay) * dy) / length)) if length else 0.0
    x, y = ax + along * dx - px, ay + along * dy - py
    return float((x * x + y * y) ** 0.5)


def _flat(arcs: object) -> list[int]:
    return [n for part in arcs for n in _flat(part)] if isinstance(arcs, list) else [int(str(arcs))]


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_file():
        sys.exit("Give the path of states-10m.json from npm us-atlas.")
    made = json.dumps(outlines(json.loads(Path(sys.argv[1]).read_text())), separators=(",", ":"))
    FILE.write_text(made.replace('"lines":[[', '"lines":[\n[').replace("],[", "],\n[") + "\n")
