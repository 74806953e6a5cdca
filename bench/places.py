"""Invented places for the benchmark of the match, clustered over the country's ZIP codes as the real ones are."""

from dataclasses import dataclass

import numpy as np
import zipcodes
from numpy.typing import NDArray

from routing.codes import BIT, RULE_CODES
from routing.geography import Ints, ZipTable
from routing.match_index import Columns, state_number

# SAMHSA's directory of 2023: half of the sites have 29 others within 25 miles and 83 within 50; the fullest ZIP has 21.
# A few draws of gamma weights for towns and for ZIPs come near that (`python -m bench.places` prints both).
TOWN_SHAPE, ZIP_SHAPE = 0.4, 0.6
OPERATORS_SHARE = 0.85  # different phone numbers to places
TWICE_SHARE = 0.001  # rows that are a second listing of the facility before
KINDS = ("outpatient", "residential", "hospital", "ambulatory", "opioid programme")
KIND_SHARES = (0.63, 0.11, 0.05, 0.09, 0.12)
# Shares of the codes among all sites in the directory of 2023, then what differs by kind of site
_EVERYWHERE = {
    "SA": 0.98, "SUMH": 0.59, "CO": 0.6, "MHS": 0.7, "MMD": 0.52, "PSYH": 0.02, "DUO": 0.01, "AUDO": 0.01,
    "OUDO": 0.03, "CHLD": 0.23, "YAD": 0.61, "ADLT": 0.64, "SNR": 0.01, "AD": 0.23, "WN": 0.55, "MN": 0.54,
    "SE": 0.32, "FEM": 0.93, "MALE": 0.94, "PW": 0.33, "NMOA": 0.05, "MOA": 0.58, "BU": 0.5, "NOOP": 0.07,
    "NAUT": 0.12, "TGD": 0.27, "SP": 0.22, "AH": 0.39, "VAMC": 0.01, "MD": 0.74, "MC": 0.46, "PI": 0.75,
    "MI": 0.4, "SI": 0.5, "FSA": 0.5, "SAMF": 0.25, "SF": 0.9, "SS": 0.38, "PA": 0.23,
}  # fmt: skip
_BY_KIND: dict[str, dict[str, float]] = {
    "outpatient": {},
    "residential": {"RD": 0.85, "MDET": 0.7, "ADTX": 0.6, "BDTX": 0.55, "CDTX": 0.5, "MDTX": 0.5, "ODTX": 0.7},
    "hospital": {"HID": 1.0, "MDET": 0.9, "ADTX": 0.95, "BDTX": 0.9, "CDTX": 0.7, "MDTX": 0.7, "ODTX": 0.9},
    "ambulatory": {"OD": 0.8, "MDET": 0.6, "ADTX": 0.4, "BDTX": 0.3, "CDTX": 0.2, "ODTX": 0.7},
    "opioid programme": {"MU": 0.95, "MM": 0.9, "OTP": 1.0, "BU": 0.8, "OUDO": 0.6, "ODTX": 0.3},
}


@dataclass(frozen=True)
class Places:
    """What the match knows of `n` places, shape (n,) each; `zip_rows` are rows of the ZIP table."""

    columns: Columns
    zip_rows: Ints


def zip_table() -> ZipTable:
    """The ZIP codes of the package, as the product loads them."""
    listed = zipcodes.list_all()  # type: ignore[no-untyped-call]  # the package has no types
    return ZipTable.build(
        np.array([int(place["zip_code"]) for place in listed]),
        np.array([float(place["lat"] or 0) for place in listed]),
        np.array([float(place["long"] or 0) for place in listed]),
        np.array([place["state"] for place in listed]),
    )


def invent(count: int, zips: ZipTable, seed: int = 1) -> Places:
    """`count` places; a larger number fills the same towns more densely."""
    rng = np.random.default_rng(seed)
    zip_rows = rng.choice(len(zips.codes), count, p=_weights(zips))
    facilities = np.arange(1, count + 1) - (rng.random(count) < TWICE_SHARE)
    zip_rows = zip_rows[facilities - 1]
    phones = 2_005_550_100 + rng.integers(0, max(1, int(count * OPERATORS_SHARE)), count)
    numbers = np.array([state_number(str(state)) for state in zips.states], dtype=np.int16)
    columns = Columns(
        listings=np.arange(1, count + 1),
        facilities=facilities,
        words=_words(rng, count),
        zips=zips.codes[zip_rows],
        operators=phones[facilities - 1],
        states=numbers[zip_rows],
    )
    return Places(columns, zip_rows)


def _weights(zips: ZipTable) -> NDArray[np.float64]:
    """How likely each ZIP is: few towns (three-digit areas) have much, and few ZIPs of a town most of it."""
    rng = np.random.default_rng(7)
    _, towns = np.unique(zips.codes // 100, return_inverse=True)
    weights = rng.gamma(TOWN_SHAPE, size=towns.max() + 1)[towns] * rng.gamma(ZIP_SHAPE, size=len(towns))
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def _words(rng: np.random.Generator, count: int) -> NDArray[np.uint64]:
    kinds = rng.choice(len(KINDS), count, p=KIND_SHARES)
    words = np.zeros(count, dtype=np.uint64)
    for code in RULE_CODES:
        shares = np.array([(_EVERYWHERE | _BY_KIND[kind]).get(code, 0.0) for kind in KINDS])
        if shares.any():
            words |= np.where(rng.random(count) < shares[kinds], np.uint64(BIT[code]), np.uint64(0))
    return words


def codes_of(word: int) -> str:
    """A word as the codes of a directory row."""
    return " ".join(code for code in RULE_CODES if BIT[code] & word)
