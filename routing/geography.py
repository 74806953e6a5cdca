"""ZIP centroids and great-circle distance in miles (MATCHING.md R10)."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS_MILES = 3958.7613  # mean radius, MATCHING.md R10

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def haversine_miles(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance in miles between two points in degrees."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half_lat, half_lon = (phi2 - phi1) / 2, math.radians(lon2 - lon1) / 2
    a = math.sin(half_lat) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_MILES * math.asin(min(1.0, math.sqrt(a)))


def unit_vectors(lat: Floats, lon: Floats) -> Floats:
    """Points on the unit sphere, shape (n, 3), for degrees of shape (n,)."""
    phi, lam = np.radians(lat), np.radians(lon)
    return np.stack((np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)), axis=-1)


def unit_vector(lat: float, lon: float) -> Floats:
    """One point on the unit sphere, shape (3,), for degrees."""
    phi, lam = math.radians(lat), math.radians(lon)
    return np.array((math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)))


def miles_between(points: Floats, point: Floats) -> Floats:
    """Distances in miles from `point` (3,) to `points` (n, 3), all on the unit sphere; equals the haversine."""
    apart = points - point
    miles: Floats = np.einsum("ij,ij->i", apart, apart)  # chords squared, then step by step in place
    np.sqrt(miles, out=miles)
    miles *= 0.5
    np.minimum(miles, 1.0, out=miles)
    np.arcsin(miles, out=miles)
    miles *= 2 * EARTH_RADIUS_MILES
    return miles


@dataclass(frozen=True)
class ZipPlace:
    """Where a ZIP code lies: centroid in degrees, two-letter state."""

    zip: str
    lat: float
    lon: float
    state: str


@dataclass(frozen=True)
class ZipTable:
    """All ZIP codes that have a centroid, sorted; about 1 MB a process.

    `codes` (n,) the ZIP as a number; `lat`, `lon` (n,) degrees; `states` (n,) two letters; `known` all ZIP codes.
    """

    known: Ints
    codes: Ints
    lat: Floats
    lon: Floats
    states: NDArray[np.str_]

    @classmethod
    def build(cls, codes: Ints, lat: Floats, lon: Floats, states: NDArray[np.str_]) -> "ZipTable":
        """Sort, and leave out centroids recorded as 0,0 (872 ZIPs: military, post-office boxes; R0 b)."""
        order = np.argsort(codes)
        order = order[(lat[order] != 0) | (lon[order] != 0)]
        return cls(np.sort(codes), codes[order], lat[order], lon[order], states[order])

    def knows(self, zip5: str) -> bool:
        """Whether the five-digit ZIP exists, with or without a centroid."""
        number = int(zip5)
        at = int(np.searchsorted(self.known, number))
        return at < len(self.known) and int(self.known[at]) == number

    @cached_property
    def state_words(self) -> frozenset[str]:
        """Every state and territory that has a ZIP code with a centroid."""
        return frozenset(self.states.tolist())

    def rows(self, codes: Ints) -> Ints:
        """Row of each ZIP number in this table, -1 where it has no centroid; shape of `codes`."""
        if not len(self.codes):
            return np.full(len(codes), -1, dtype=np.int64)
        found = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
        return np.where(self.codes[found] == codes, found, -1).astype(np.int64)

    def find(self, zip_code: str) -> ZipPlace | None:
        """The place of a five-digit ZIP; None when it is unknown or has no centroid."""
        if not (len(zip_code) == 5 and zip_code.isascii() and zip_code.isdigit()):
            return None
        row = int(self.codes.searchsorted(int(zip_code)))
        if row == len(self.codes) or self.codes.item(row) != int(zip_code):
            return None
        return ZipPlace(zip_code, self.lat.item(row), self.lon.item(row), self.states.item(row))
