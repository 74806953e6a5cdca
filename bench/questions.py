"""Needs of invented callers for the benchmark of the match, and the live facts that lie over its places."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from bench.places import Places
from routing.geography import ZipTable
from routing.match_catalog import Catalog
from routing.match_overlay import BedCount, Correction, FacilityFacts
from routing.match_profile import Profile, read_profile
from routing.vocabulary import Need, ReportKind

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
SUBSTANCES = (
    ["clonazepam"], ["alprazolam"], ["alcohol"], ["clonazepam", "alcohol"], ["heroin"], ["fentanyl"],
    ["fentanyl", "alprazolam"], ["methamphetamine"], ["cocaine", "alcohol"], ["cannabis"],
)  # fmt: skip
NEEDS = (None, "detox", "moud", "treatment")
PAYERS = (None, "medicaid", "medicaid", "medicare", "private", "uninsured")
BEDS_SHARE, REPORTS_SHARE, HELD_SHARE = 0.1, 0.01, 0.002


def profiles(count: int, places: Places, zips: ZipTable, catalog: Catalog) -> list[Profile]:
    """`count` callers: half live where the places are, half anywhere."""
    rng = np.random.default_rng(3)
    return [_profile(rng, places, zips, catalog) for _ in range(count)]


def _profile(rng: np.random.Generator, places: Places, zips: ZipTable, catalog: Catalog) -> Profile:
    near = rng.random() < 0.5
    home = places.zip_rows[rng.integers(len(places.zip_rows))] if near else rng.integers(len(zips.codes))
    data: dict[str, Any] = {
        "zip": f"{zips.codes[home]:05d}",
        "substances": SUBSTANCES[rng.integers(len(SUBSTANCES))],
        "need": NEEDS[rng.integers(len(NEEDS))],
        "payer": PAYERS[rng.integers(len(PAYERS))],
        "dual_diagnosis": bool(rng.random() < 0.4),
        "language": "es" if rng.random() < 0.15 else None,
        "age": 16 if rng.random() < 0.05 else None,
        "gender": (None, "female", "male")[rng.integers(3)],
        "pregnant": bool(rng.random() < 0.03),
        "on_moud": "methadone" if rng.random() < 0.05 else None,
    }
    profile = read_profile(data, catalog)
    if not isinstance(profile, Profile):
        raise ValueError(profile)
    return profile


def facts(count: int) -> Iterator[FacilityFacts]:
    """What is known by the hour of some of the facilities 1 to `count`."""
    rng = np.random.default_rng(5)
    for facility in np.flatnonzero(rng.random(count) < BEDS_SHARE + REPORTS_SHARE + HELD_SHARE) + 1:
        draw = rng.random() * (BEDS_SHARE + REPORTS_SHARE + HELD_SHARE)
        told = BedCount(int(rng.integers(0, 5)), NOW - timedelta(hours=float(rng.random() * 30)))
        beds = ((Need.DETOX, told),) if draw < BEDS_SHARE else ()
        full = (Correction(ReportKind.FULL),) if BEDS_SHARE <= draw < BEDS_SHARE + REPORTS_SHARE else ()
        yield FacilityFacts(int(facility), draw >= BEDS_SHARE + REPORTS_SHARE, beds, full)
