"""All facilities of the directory as immutable arrays, found by place (bands of latitude, sorted by longitude)."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

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
FEW_SPANNED = (
    4_000  # rows from the first to the last band that are looked at in one go, also those too far east or west
)
_FACILITY_BITS = 44  # more facilities than any country has; the place stands above them in a sorting key
# A row as PostgreSQL sends it (models.directory_index): whole numbers, the most significant byte first
_PACKED = np.dtype(
    [(name, ">i8") for name in ("listing", "facility", "word", "operator")] + [("zip", ">i4"), ("state", ">i4")]
)
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
    def unpack(cls, packed: bytes) -> "Columns":
        """From rows of listing, facility, word, ten digits or 0 (8 bytes each), zip and state as numbers (4 bytes)."""
        rows = np.frombuffer(packed, _PACKED)
        facilities, phones = rows["facility"].astype(np.int64), rows["operator"].astype(np.int64)
        return cls(
            listings=rows["listing"].astype(np.int64),
            facilities=facilities,
            words=rows["word"].astype(np.int64).view(np.uint64),
            zips=rows["zip"].astype(np.int64),
            operators=np.where(phones > 0, phones, -facilities),
            states=rows["state"].astype(np.int16),
        )


@dataclass(frozen=True)
class Found:
    """Eligible rows and how far each is: `rows` (k,) into the index, `miles` (k,)."""

    rows: Ints
    miles: Floats


@dataclass(frozen=True)
class FacilityIndex:
    """Rows grouped by place, rows of one facility side by side; places grouped by latitude band.

    Behind them stand the rows of facilities that were corrected since, in no order of place, and are always looked at;
    their former rows have lost all codes, so that no demand finds them.
    """

    version: str
    zips: ZipTable
    place_key: Floats  # (places,) latitude band and longitude in one rising number
    place_xyz: Floats  # (places and those of corrected rows, 3) on the unit sphere
    place_start: Ints  # (places + 1,) first row of each place; the last is where the corrected rows begin
    place: NDArray[np.int32]  # (n,) place of each row
    words: Words
    facilities: Ints
    operators: Ints
    listings: Ints
    states: NDArray[np.int16]
    by_facility: NDArray[np.int32]  # the rows that are in order of place, in order of facility id

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

    def corrected(self, facilities: Ints, columns: Columns) -> "FacilityIndex":
        """The index with what `columns` say of these facilities (rising ids) in place of what it had; quick."""
        start = self.corrected_from
        new = np.flatnonzero(self.zips.rows(columns.zips) >= 0)
        new = new[np.argsort(columns.facilities[new], kind="stable")]
        zip_rows = self.zips.rows(columns.zips[new])
        kept = np.concatenate((np.ones(start, np.bool_), ~np.isin(self.facilities[start:], facilities)))
        words = self.words.copy()
        words[self.rows_of(facilities)[1]] = 0

        def joined(old: NDArray[Any], more: NDArray[Any]) -> NDArray[Any]:
            return np.concatenate((old[kept], more.astype(old.dtype)))

        return replace(
            self,
            place_xyz=np.concatenate((self.place_xyz, unit_vectors(self.zips.lat[zip_rows], self.zips.lon[zip_rows]))),
            place=joined(self.place, len(self.place_xyz) + np.arange(len(new))),
            words=joined(words, columns.words[new]),
            facilities=joined(self.facilities, columns.facilities[new]),
            operators=joined(self.operators, columns.operators[new]),
            listings=joined(self.listings, columns.listings[new]),
            states=joined(self.states, columns.states[new]),
        )

    @property
    def corrected_from(self) -> int:
        """Where the rows of corrected facilities begin."""
        return int(self.place_start[-1])

    def rows_of(self, facilities: Ints) -> tuple[Ints, Ints]:
        """All rows of these facilities (rising ids), as positions in `facilities` and rows, shape (k,) each."""
        start = self.corrected_from
        ordered, behind = self.facilities[:start], self.facilities[start:]
        first = np.searchsorted(ordered, facilities, sorter=self.by_facility)
        counts = np.searchsorted(ordered, facilities, "right", sorter=self.by_facility) - first
        among = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        tail = np.flatnonzero(np.isin(behind, facilities))
        whose = np.concatenate(
            (np.repeat(np.arange(len(facilities)), counts), np.searchsorted(facilities, behind[tail]))
        )
        return whose, np.concatenate((self.by_facility[among], start + tail))

    def find(self, demands: Iterable[Demand], origin: ZipPlace, radius: float) -> Found:
        """Rows fulfilling any of `demands` within `radius` miles of `origin`, inclusive, in the order of the index."""
        starts, ends = self._stretches(origin, radius)
        if self.corrected_from < len(self.words):
            starts, ends = np.append(starts, self.corrected_from), np.append(ends, len(self.words))
        if len(starts) and ends[-1] - starts[0] <= FEW_SPANNED:
            starts, ends = starts[:1], ends[-1:]
        runs = [slice(start, end) for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
        if not runs:
            return Found(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float64))
        words = np.concatenate([self.words[run] for run in runs]) if len(runs) > 1 else self.words[runs[0]]
        fit = _any_of(demands, words)
        if len(runs) == 1:
            return self._near(fit + starts[0], origin, radius)
        lengths = ends - starts
        behind = np.cumsum(lengths)
        return self._near(fit + (starts - behind + lengths)[np.searchsorted(behind, fit, "right")], origin, radius)

    def _near(self, rows: Ints, origin: ZipPlace, radius: float) -> Found:
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
            return np.array([0]), np.array([self.corrected_from])
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
