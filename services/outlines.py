"""The outlines of the states for our maps, from outlines.json (its first line says where they come from)."""

import json
from functools import cache
from pathlib import Path

import numpy as np

from routing.state_lines import Outlines

FILE = Path(__file__).with_name("outlines.json")
PER_DEGREE = 250  # the grid of the file: about a quarter of a mile


# Names that Spanish has of its own; the others are the same
SPANISH = {
    **{"HI": "Hawái", "LA": "Luisiana", "MI": "Míchigan", "MO": "Misuri", "MS": "Misisipi", "OR": "Oregón"},
    **{"NH": "Nuevo Hampshire", "NJ": "Nueva Jersey", "NM": "Nuevo México", "NY": "Nueva York", "PA": "Pensilvania"},
    **{"NC": "Carolina del Norte", "SC": "Carolina del Sur", "ND": "Dakota del Norte", "SD": "Dakota del Sur"},
    **{"DC": "Distrito de Columbia", "WV": "Virginia Occidental", "VI": "Islas Vírgenes", "AS": "Samoa Americana"},
    **{"MP": "Islas Marianas del Norte"},
}


@cache
def outlines(language: str) -> Outlines:
    """All of them with the names of a language, read once a process."""
    told = json.loads(FILE.read_text(encoding="utf-8"))
    lines = [np.cumsum(np.array(steps).reshape(-1, 2), axis=0) / PER_DEGREE for steps in told["lines"]]
    own = SPANISH if language == "es" else {}
    states = {code: (own.get(code, state["name"]), state["lines"]) for code, state in told["states"].items()}
    return Outlines.of(lines, states)
