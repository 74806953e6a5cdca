"""The outlines of the states for our maps, from outlines.json (its first line says where they come from)."""

import json
from functools import cache
from pathlib import Path

import numpy as np

from routing.state_lines import Outlines

FILE = Path(__file__).with_name("outlines.json")
PER_DEGREE = 250  # the grid of the file: about a quarter of a mile


@cache
def outlines() -> Outlines:
    """All of them, read once a process."""
    told = json.loads(FILE.read_text(encoding="utf-8"))
    lines = [np.cumsum(np.array(steps).reshape(-1, 2), axis=0) / PER_DEGREE for steps in told["lines"]]
    states = {code: (state["name"], state["lines"]) for code, state in told["states"].items()}
    return Outlines.of(lines, states)
