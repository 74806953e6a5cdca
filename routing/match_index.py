"""All facilities of the directory as immutable arrays, found by place (bands of latitude, sorted by longitude)."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.codes import Words
from routing.geography import EARTH_RADIUS_MILES, Floats, Ints, ZipPlace, ZipTable, miles_between, unit_vectors
from routing.match_demand import Demand

BAND_DEGREES = 0.5
_HALF_TURN = 180.0


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

    def within(self, radius: float) -> "Found":
        """Those at most `radius` miles away."""
        near = self.miles <= radius
        return Found(self.rows[near], self.miles[near])


@dataclass(frozen=True)
class FacilityIndex:
    """Rows grouped by place, rows of one facility side by side; places grouped by latitude band."""

    version: str
    zips: ZipTable
    band_start: Ints  # (bands + 1,) first place of each band
    place_lon: Floats
    place_xyz: Floats
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
        used, place = np.unique(zip_rows[kept], return_inverse=True)
        lat, lon = zips.lat[used], zips.lon[used]
        bands = _band(lat)
        places = np.lexsort((lon, bands))
        rank = np.empty(len(places), dtype=np.int64)
        rank[places] = np.arange(len(places))
        place = rank[place]
        order = np.lexsort((columns.listings[kept], columns.facilities[kept], place))
        rows, place = kept[order], place[order]
        facilities = columns.facilities[rows]
        return cls(
            version=version,
            zips=zips,
            band_start=np.searchsorted(bands[places], np.arange(_band(np.array([90.0]))[0] + 2)),
            place_lon=lon[places],
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
        """Rows fulfilling any of `demands` within `radius` miles of `origin`, inclusive."""
        wanted = list(demands)
        point = unit_vectors(np.array([origin.lat]), np.array([origin.lon]))[0]
        rows: list[Ints] = []
        miles: list[Floats] = []
        for first, last in self._stretches(origin, radius):
            start, end = int(self.place_start[first]), int(self.place_start[last])
            fit = self._select(wanted, start, end)
            away = miles_between(self.place_xyz[first:last], point)[self.place[fit] - first]
            near = away <= radius
            rows.append(fit[near])
            miles.append(away[near])
        if not rows:
            return Found(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float64))
        return Found(np.concatenate(rows), np.concatenate(miles))

    def _select(self, demands: list[Demand], start: int, end: int) -> Ints:
        words = self.words[start:end]
        fit = demands[0].select(words)
        for demand in demands[1:]:
            fit = fit | demand.select(words)
        return np.flatnonzero(fit) + start

    def _stretches(self, origin: ZipPlace, radius: float) -> Iterable[tuple[int, int]]:
        """Runs of places [first, last) that hold every place within `radius`, one a latitude band."""
        angle = radius / EARTH_RADIUS_MILES
        if angle >= math.pi:
            yield 0, len(self.place_lon)
            return
        low, high = origin.lat - math.degrees(angle), origin.lat + math.degrees(angle)
        west, east = _longitudes(origin, angle, polar=low <= -90 or high >= 90)
        for band in range(int(_band(max(low, -90.0))), int(_band(min(high, 90.0))) + 1):
            start, end = int(self.band_start[band]), int(self.band_start[band + 1])
            if start == end:
                continue
            lon = self.place_lon[start:end]
            first, last = start + int(np.searchsorted(lon, west)), start + int(np.searchsorted(lon, east, "right"))
            if first < last:
                yield first, last


def _band(lat: Floats | float) -> Ints:
    """Number of the latitude band, from 0 at the South Pole."""
    return np.floor((np.asarray(lat) + 90.0) / BAND_DEGREES).astype(np.int64)


def _longitudes(origin: ZipPlace, angle: float, *, polar: bool) -> tuple[float, float]:
    """West and east edge in degrees; all around near a pole or where the date line would be crossed."""
    half = _HALF_TURN if polar else math.degrees(math.asin(math.sin(angle) / math.cos(math.radians(origin.lat))))
    west, east = origin.lon - half - 1e-9, origin.lon + half + 1e-9
    return (-_HALF_TURN, _HALF_TURN) if west < -_HALF_TURN or east > _HALF_TURN else (west, east)
