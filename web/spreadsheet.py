"""Tables for a spreadsheet: CSV in which no cell is a formula."""

import csv
from collections.abc import Iterable
from typing import TextIO

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would calculate these


def write_csv(to: TextIO, rows: Iterable[Iterable[object]]) -> None:
    """Write the rows; words of a list that look like a formula get an apostrophe before them."""
    csv.writer(to).writerows([_safe(cell) for cell in row] for row in rows)


def _safe(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
