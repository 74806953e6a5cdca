"""Loads the ZIP codes of the `zipcodes` package into their table once, and from there into arrays."""

from collections.abc import Iterator, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import zipcodes
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models.zip_codes import fill_zip_codes, has_zip_codes, zip_centroids
from routing.geography import ZipTable

NO_TIMEZONE = ""
_known: WeakKeyDictionary[Engine, ZipTable] = WeakKeyDictionary()  # of each database that this process asks


def ensure_zip_codes(session: Session) -> int:
    """Fill the table when it is empty; how many ZIP codes came in."""
    return fill_zip_codes(session, _records)


def load_zip_table(session: Session) -> ZipTable:
    """The table as arrays; a filled one never changes, so a process reads it once."""
    if not has_zip_codes(session):
        return _table(())
    engine = session.get_bind().engine
    if engine not in _known:
        _known[engine] = _table(zip_centroids(session))
    return _known[engine]


def _table(rows: Sequence[tuple[str, float, float, str]]) -> ZipTable:
    return ZipTable.build(
        np.array([int(row[0]) for row in rows], dtype=np.int64),
        np.array([row[1] for row in rows], dtype=np.float64),
        np.array([row[2] for row in rows], dtype=np.float64),
        np.array([row[3] for row in rows], dtype="U2"),
    )


def _records() -> Iterator[tuple[Any, ...]]:
    for place in zipcodes.list_all():  # type: ignore[no-untyped-call]  # the package has no types
        yield (
            place["zip_code"],
            float(place["lat"] or 0),
            float(place["long"] or 0),
            place["city"],
            place["state"],
            place["county"] or "",
            place["timezone"] or NO_TIMEZONE,
            place["zip_code_type"],
            bool(place["active"]),
        )
