"""Loads the ZIP codes of the `zipcodes` package into their table once, and from there into arrays."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import zipcodes
from sqlalchemy.orm import Session

from models.zip_codes import fill_zip_codes, zip_centroids
from routing.geography import ZipTable

NO_TIMEZONE = ""


def ensure_zip_codes(session: Session) -> int:
    """Fill the table when it is empty; how many ZIP codes came in."""
    return fill_zip_codes(session, _records)


def load_zip_table(session: Session) -> ZipTable:
    """The table as arrays."""
    rows = zip_centroids(session)
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
