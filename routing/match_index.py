"""All facilities of the directory as immutable arrays, found by place (bands of latitude, sorted by longitude)."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.codes import Words
from routing.geography import (
    EARTH_RADIUS_MILES,
    Floats,
    Ints,
    ZipPlace,
    ZipTable,
    miles_between,
    unit_vector,
    unit_vectors,
)
from routing.match_demand import Demand

BAND_DEGREES = 0.5
_HALF_TURN = 180.0
FEW_ROWS = 512
_FACILITY_BITS = 44  # more facilities than any country has; the place stands above them in a sorting key
_BAND_KEY = 1000.0  # more than a full turn of longitudes lies between two bands


def state_number(state: str) -> int:
    """Two letters as one small number, so that comparing a million of them is cheap; 0 for anything else."""
    return ord(state[0]) << 8 | ord(state[1]) if len(state) == 2 and state.isascii() else 0


@dataclass(frozen=True)
class Columns:
    """What the index is built from, one value a directory row: shape (n,) each.

    `operators`: ten digits of the phone, or minus the facility id without one. `states`: see `state_number`.
    """

    listings: Ints
    facilities: Ints
    words: Words
    zips: Ints
    operators: Ints
    states: NDArray[np.int16]

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, int, int, int, str]]) -> "Columns":
        """From tuples (listing, facility, word, zip number, ten digits or 0, state)."""
        listed = list(rows)
        columns: list[tuple[object, ...]] = list(zip(*listed, strict=True)) if listed else [()] * 6
        facilities = np.array(columns[1], dtype=np.int64)
        phones = np.array(columns[4], dtype=np.int64)
        return cls(
            listings=np.array(columns[0], dtype=np.int64),
            facilities=facilities,
            words=np.array(columns[2], dtype=np.uint64),
            zips=np.array(columns[3], dtype=np.int64),
            operators=np.where(phones > 0, phones, -facilities),
            states=np.array([state_number(str(state)) for state in columns[5]], dtype=np.int16),
        )


@dataclass(frozen=True)
class Found:
    """Eligible rows and how far each is: `rows` (k,) into the index, `miles` (k,)."""

    rows: Ints
    miles: Floats


@dataclass(frozen=True)
class FacilityIndex:
    """Rows grouped by place, rows of one facility side by side; places grouped by latitude band."""

    version: str
    zips: ZipTable
    place_key: Floats  # (places,) latitude band and longitude in one rising number
    place_xyz: Floats  # (places, 3) on the unit sphere
    place_start: Ints  # (places + 1,) first row of each place
    place: NDArray[np.int32]  # (n,) place of each row
    words: Words
    facilities: Ints
    operators: Ints
    listings: Ints
    states: NDArray[np.int16]
    by_facility: NDArray[np.int32]  # (n,) rows in order of facility id

    @classmethod
    def build(cls, columns: Columns, zips: ZipTable, version: str) -> "FacilityIndex":
        """Arrange all rows that have a centroid; the others are never listed by distance (R10)."""
        zip_rows = zips.rows(columns.zips)
        kept = np.flatnonzero(zip_rows >= 0)
        used = np.flatnonzero(np.bincount(zip_rows[kept], minlength=len(zips.codes)))
        lat, lon = zips.lat[used], zips.lon[used]
        bands = _band(lat)
        places = np.lexsort((lon, bands))
        rank = np.zeros(len(zips.codes), dtype=np.int64)
        rank[used[places]] = np.arange(len(places))
        place = rank[zip_rows[kept]]
        order = np.argsort((place << _FACILITY_BITS) + columns.facilities[kept], kind="stable")
        rows, place = kept[order], place[order]
        facilities = columns.facilities[rows]
        return cls(
            version=version,
            zips=zips,
            place_key=(bands * _BAND_KEY + lon)[places],
            place_xyz=unit_vectors(lat, lon)[places],
            place_start=np.searchsorted(place, np.arange(len(places) + 1)),
            place=place.astype(np.int32),
            words=columns.words[rows],
            facilities=facilities,
            operators=columns.operators[rows],
            listings=columns.listings[rows],
            states=columns.states[rows],
            by_facility=np.argsort(facilities, kind="stable").astype(np.int32),
        )

    def find(self, demands: Iterable[Demand], origin: ZipPlace, radius: float) -> Found:
        """Rows fulfilling any of `demands` within `radius` miles of `origin`, inclusive, in the order of the index."""
        starts, ends = self._stretches(origin, radius)
        runs = [slice(start, end) for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
        if not runs:
            return Found(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float64))
        words = np.concatenate([self.words[run] for run in runs]) if len(runs) > 1 else self.words[runs[0]]
        fit = _any_of(demands, words)
        lengths = ends - starts
        behind = np.cumsum(lengths)
        rows = fit + (starts - behind + lengths)[np.searchsorted(behind, fit, "right")]
        miles = self._miles(rows, origin)
        near = miles <= radius
        return Found(rows[near], miles[near])

    def _miles(self, rows: Ints, origin: ZipPlace) -> Floats:
        """How far each row is; where there are many, each place is measured once for all its rows."""
        point, places = unit_vector(origin.lat, origin.lon), self.place[rows]
        if len(rows) < FEW_ROWS:
            return miles_between(self.place_xyz[places], point)
        first = np.flatnonzero(np.concatenate(([True], places[1:] != places[:-1])))
        away = miles_between(self.place_xyz[places[first]], point)
        return np.repeat(away, np.diff(np.append(first, len(places))))

    def _stretches(self, origin: ZipPlace, radius: float) -> tuple[Ints, Ints]:
        """Runs of rows [start, end) that hold every row within `radius`, at most one a latitude band."""
        angle = radius / EARTH_RADIUS_MILES
        if angle >= math.pi:
            return np.array([0]), np.array([len(self.words)])
        low, high = origin.lat - math.degrees(angle), origin.lat + math.degrees(angle)
        west, east = _longitudes(origin, angle, polar=low <= -90 or high >= 90)
        lowest, highest = ((lat + 90.0) // BAND_DEGREES for lat in (max(low, -90.0), min(high, 90.0)))
        bands = np.arange(lowest, highest + 1) * _BAND_KEY
        edges = np.searchsorted(self.place_key, np.concatenate((bands + west, bands + east)))
        starts, ends = self.place_start[edges[: len(bands)]], self.place_start[edges[len(bands) :]]
        filled = starts < ends
        return starts[filled], ends[filled]


def _any_of(demands: Iterable[Demand], words: Words) -> Ints:
    first, *others = demands
    fit = first.select(words)
    for demand in others:
        fit = np.union1d(fit, demand.select(words))
    return fit


def _band(lat: Floats) -> Floats:
    """Number of the latitude band, from 0 at the South Pole."""
    return (lat + 90.0) // BAND_DEGREES


def _longitudes(origin: ZipPlace, angle: float, *, polar: bool) -> tuple[float, float]:
    """West and east edge in degrees; all around near a pole or where the date line would be crossed."""
    half = _HALF_TURN if polar else math.degrees(math.asin(math.sin(angle) / math.cos(math.radians(origin.lat))))
    west, east = origin.lon - half - 1e-9, origin.lon + half + 1e-9
    return (-_HALF_TURN, _HALF_TURN) if west < -_HALF_TURN or east > _HALF_TURN else (west, east)
