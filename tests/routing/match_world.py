"""An invented world for match tests: substances of every class and tier, payers, flags, ZIP codes, facilities."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from hypothesis import strategies as st

from routing.codes import RULE_CODES, bits_of
from routing.geography import ZipTable
from routing.match_catalog import Catalog, MatchSubstance
from routing.match_index import Columns, FacilityIndex, state_number
from routing.match_overlay import FacilityFacts, Overlay
from routing.match_settings import MatchSettings, Weights
from routing.matching import Matcher
from routing.vocabulary import ReportKind
from tests.routing.match_reference import Row, Substance

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
SUBSTANCES = {
    s.id: s
    for s in (
        Substance("clonazepam", "benzodiazepine", "life_threatening", ("BDTX",)),
        Substance("z_drug", "sedative_hypnotic", "life_threatening_high_dose", ("BDTX",)),
        Substance("barbiturate", "barbiturate", "life_threatening", ()),
        Substance("gabapentinoid", "gabapentinoid", "serious", ()),
        Substance("alcohol", "alcohol", "life_threatening", ("ADTX",)),
        Substance("heroin", "opioid", "serious", ("ODTX",)),
        Substance("fentanyl", "opioid", "life_threatening_if_adulterated", ("ODTX",)),
        Substance("methadone_use", "opioid", "serious", ("ODTX",)),
        Substance("buprenorphine_use", "opioid", "serious", ("ODTX",)),
        Substance("cocaine", "stimulant", "psychiatric_risk", ("CDTX",)),
        Substance("methamphetamine", "stimulant", "psychiatric_risk", ("MDTX",)),
        Substance("cannabis", "cannabis", "low_medical", ()),
        Substance("gambling", "behavioral", "none", ()),
    )
}
PAYERS = {
    "medicaid": ("MD",), "medicare": ("MC",), "private": ("PI",), "tricare_military": ("MI",), "va": ("VAF",),
    "state_plan": ("SI",), "uninsured": ("NP", "SS", "PA", "FSA", "SAMF", "SI", "SF"),
}  # fmt: skip
FLAGS = {
    "seizure": "911_now", "suicidal_with_means": "911_now_then_988", "suicidal_thoughts": "988_warm_transfer",
    "poisoning_stable": "poison_control", "pregnant": "urgent_same_day_medical",
    "prior_complicated_withdrawal": "medically_managed_24h",
    "opioid_plus_sedative": "medically_managed_24h_and_naloxone",
}  # fmt: skip
CATALOG = Catalog.build(
    {s.id: MatchSubstance(s.id, s.kind, s.tier, s.codes) for s in SUBSTANCES.values()}, PAYERS, FLAGS
)
SETTINGS = MatchSettings(
    version="test-1", radii_miles=(25, 50, 100, 200), enough=3, first_places=3, beyond_shown=3,
    bed_fresh_hours=12, bed_stale_hours=24,
    report_days=dict.fromkeys(ReportKind, 30),
    weights=Weights(5.0, 5.0, 0.75, 5.0, 2.0, 1.5, 2.0, 0.4),
)  # fmt: skip
HOME = "02150"
# ZIP -> latitude, longitude, state: a town, its surroundings to beyond 200 miles, and two odd ones
PLACES = {
    "02150": (42.40, -71.03, "MA"), "02128": (42.38, -71.02, "MA"), "02460": (42.35, -71.20, "MA"),
    "01801": (42.48, -71.15, "MA"), "03060": (42.75, -71.46, "NH"), "01002": (42.37, -72.51, "MA"),
    "04101": (43.66, -70.26, "ME"), "05401": (44.48, -73.22, "VT"), "10001": (40.75, -73.99, "NY"),
    "19103": (39.95, -75.17, "PA"), "96910": (13.47, 144.75, "GU"), "99546": (51.88, -176.65, "AK"),
    "09001": (0.0, 0.0, "AE"),
}  # fmt: skip


def zip_table() -> ZipTable:
    """The invented ZIP codes as the index wants them."""
    return ZipTable.build(
        np.array([int(code) for code in PLACES]),
        np.array([place[0] for place in PLACES.values()]),
        np.array([place[1] for place in PLACES.values()]),
        np.array([place[2] for place in PLACES.values()]),
    )


def row(listing: int, zip_code: str, codes: str, *, key: str = "", phone: int = 0) -> Row:
    """One directory row by ZIP and codes; its own key unless one is given."""
    lat, lon, state = PLACES[zip_code]
    return Row(listing, key or f"k{listing}", frozenset(codes.split()), lat, lon, state, phone, zip_code)


def matcher(rows: Sequence[Row], facts: Sequence[FacilityFacts] = ()) -> Matcher:
    """The real match over these rows. Facility ids are the order in which keys first appear, from 1."""
    index = FacilityIndex.build(columns(rows), zip_table(), "test")
    return Matcher(index, Overlay.build(index, facts, 1), CATALOG, SETTINGS)


def columns(rows: Sequence[Row]) -> Columns:
    """The rows as the index is built from them."""
    facilities: dict[str, int] = {}
    ids = np.array([facilities.setdefault(r.key, len(facilities) + 1) for r in rows], dtype=np.int64)
    phones = np.array([r.phone for r in rows], dtype=np.int64)
    return Columns(
        listings=np.array([r.listing for r in rows], dtype=np.int64),
        facilities=ids,
        words=np.array([bits_of(r.codes) for r in rows], dtype=np.uint64),
        zips=np.array([int(r.zip) for r in rows], dtype=np.int64),
        operators=np.where(phones > 0, phones, -ids),
        states=np.array([state_number(r.state) for r in rows], dtype=np.int16),
    )


def profiles() -> st.SearchStrategy[dict[str, object]]:
    """Random needs, every field filled."""
    return st.fixed_dictionaries(
        {
            "zip": st.sampled_from([HOME, HOME, "05401", "96910", "99546", "09001", "99999"]),
            "substances": st.lists(st.sampled_from(sorted(SUBSTANCES)), min_size=1, max_size=3, unique=True),
            "need": st.sampled_from(["detox", "moud", "treatment"]),
            "need_override_reason": st.sampled_from([None, None, "caller is abstinent for a year"]),
            "age": st.sampled_from([None, 15, 17, 18, 40, 70]),
            "gender": st.sampled_from([None, "female", "male"]),
            "pregnant": st.sampled_from([False, False, False, True]),
            "payer": st.sampled_from([None, *PAYERS]),
            "dual_diagnosis": st.booleans(),
            "language": st.sampled_from([None, "es", "asl"]),
            "on_moud": st.sampled_from([None, None, "methadone", "buprenorphine"]),
            "prescribed_as_directed": st.sampled_from([False, False, False, True]),
            "risk_flags": st.lists(st.sampled_from(sorted(FLAGS)), max_size=1),
            "flags_addressed": st.sampled_from([[], sorted(FLAGS)]),
            "veteran": st.booleans(),
            "dui": st.booleans(),
        }
    )


# Codes that make a row plausible, so that random rows are often eligible
_GOOD = [
    "SA",
    "SUMH",
    "HID",
    "RD",
    "OD",
    "MDET",
    "ADTX",
    "BDTX",
    "ODTX",
    "MU",
    "BU",
    "MOA",
    "PW",
    "FEM",
    "MALE",
    "ADLT",
    "YAD",
    "CHLD",
    "AD",
    "WN",
    "SE",
    "MD",
    "PI",
    "SP",
]


def rows() -> st.SearchStrategy[list[Row]]:
    """Random directories of up to forty rows; some rows share a key, some an operator's phone."""
    codes = st.builds(
        lambda good, any_: frozenset(set(_GOOD) - good | any_),
        st.sets(st.sampled_from(_GOOD), max_size=6),
        st.sets(st.sampled_from(RULE_CODES), max_size=3),
    )
    one = st.tuples(st.sampled_from(list(PLACES)), codes, st.integers(0, 6), st.integers(0, 60))
    return st.lists(one, max_size=40).map(_rows)


def _rows(drawn: list[tuple[str, frozenset[str], int, int]]) -> list[Row]:
    made = []
    for number, (zip_code, codes, phone, key) in enumerate(drawn, start=1):
        lat, lon, state = PLACES[zip_code]
        digits = 6175550100 + phone if phone else 0
        made.append(Row(number, f"{key}|{zip_code}", codes, lat, lon, state, digits, zip_code))
    return made
