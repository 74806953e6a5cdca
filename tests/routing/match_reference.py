"""A slow reading of MATCHING.md, rule by rule over plain rows, against which the real match is compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from routing.geography import haversine_miles

AGES = {"CHLD", "YAD", "ADLT", "SNR"}
TIERS = {"life_threatening", "life_threatening_high_dose"}
SEDATING = {
    "benzodiazepine", "sedative_hypnotic", "barbiturate", "muscle_relaxant", "ghb", "gabab_agonist", "gabapentinoid",
    "alcohol",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One directory row: key, where it is, its codes."""

    listing: int
    key: str
    codes: frozenset[str]
    lat: float
    lon: float
    state: str = "MA"
    phone: int = 0
    zip: str = ""


@dataclass(frozen=True)
class Substance:
    """What the reference knows of a substance."""

    id: str
    kind: str
    tier: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Expected:
    """Outcome, and for a match the eligible keys with their distance."""

    outcome: str
    radius: int | None = None
    miles: Mapping[str, float] = field(default_factory=dict)
    relaxed: bool = False
    monitored: bool = False


def expected(
    profile: Mapping[str, Any],
    rows: Sequence[Row],
    substances: Mapping[str, Substance],
    actions: Mapping[str, str],
    centroid: tuple[float, float] | None,
) -> Expected:
    """What MATCHING.md says for this profile."""
    chosen = [substances[id_] for id_ in profile["substances"]]
    need = profile["need"]
    if any(s.tier in TIERS for s in chosen) and not profile.get("need_override_reason"):
        need = "detox"
    flags = list(profile["risk_flags"])
    for flag in flags:
        if flag not in profile["flags_addressed"] and actions[flag] in (
            "911_now", "911_now_then_988", "988_warm_transfer", "poison_control",
        ):  # fmt: skip
            return Expected("emergency_first")
    if centroid is None:
        return Expected("ask_location")
    if need == "detox" and profile["prescribed_as_directed"] and not flags:
        return Expected("prescriber_first")
    return _ladder(profile, need, chosen, rows, actions, centroid)


def _ladder(
    profile: Mapping[str, Any],
    need: str,
    chosen: Sequence[Substance],
    rows: Sequence[Row],
    actions: Mapping[str, str],
    centroid: tuple[float, float],
) -> Expected:
    monitored = need == "detox" and _monitored(profile, chosen, actions)
    codes = _codes(profile, chosen)

    def climb(relaxed: bool) -> tuple[int, dict[str, float]]:
        inside: dict[str, float] = {}
        for radius in (25, 50, 100, 200):
            inside = {
                row.key: haversine_miles(*centroid, row.lat, row.lon)
                for row in rows
                if haversine_miles(*centroid, row.lat, row.lon) <= radius
                and _eligible(profile, need, chosen, monitored, codes, relaxed, row.codes)
            }
            if len(inside) >= 3:
                return radius, inside
        return 200, inside

    radius, inside = climb(False)
    if monitored and len(codes) >= 2 and len(inside) < 3:
        wider_radius, wider = climb(True)
        if len(wider) > len(inside):
            return Expected("match", wider_radius, wider, True, monitored)
    return Expected("match", radius, inside, False, monitored)


def _monitored(profile: Mapping[str, Any], chosen: Sequence[Substance], actions: Mapping[str, str]) -> bool:
    if any(s.tier in TIERS for s in chosen):
        return True
    opioid = any(s.kind == "opioid" for s in chosen) or profile["on_moud"] is not None
    if opioid and any(s.kind in SEDATING for s in chosen):
        return True
    return any(actions[flag].startswith("medically_managed_24h") for flag in profile["risk_flags"])


def _codes(profile: Mapping[str, Any], chosen: Sequence[Substance]) -> set[str]:
    kept = {"methadone": "methadone_use", "buprenorphine": "buprenorphine_use"}.get(profile["on_moud"] or "")
    counted = [s for s in chosen if s.id != kept]
    if not counted:
        counted = list(chosen)
    required = {code for s in counted if s.tier in TIERS or s.kind == "opioid" for code in s.codes}
    if required or any(s.tier in TIERS for s in counted):
        return required
    return {code for s in counted for code in s.codes}


def _eligible(
    profile: Mapping[str, Any],
    need: str,
    chosen: Sequence[Substance],
    monitored: bool,
    codes: set[str],
    relaxed: bool,
    has: frozenset[str],
) -> bool:
    if not _right_person(profile, chosen, has):
        return False
    if need == "detox":
        watched = "HID" in has or ("RD" in has and "MDET" in has)
        if codes <= has and (watched or (not monitored and bool(has & {"RD", "OD"}))):
            return True
        return relaxed and "HID" in has and "MDET" in has and bool(codes & has)
    if need == "moud":
        if "NOOP" in has:
            return False
        if profile["on_moud"] == "methadone":
            return "MU" in has and bool(has & {"MM", "OTP"})
        return bool(has & {"MU", "BU"})
    return _treats(profile, chosen, has)


def _treats(profile: Mapping[str, Any], chosen: Sequence[Substance], has: frozenset[str]) -> bool:
    if any(s.id == "gambling" for s in chosen) and "TGD" not in has:
        return False
    if all(s.id == "gambling" for s in chosen):
        return True
    if "SA" not in has:
        return False
    if any(s.kind == "alcohol" for s in chosen) and "NAUT" in has:
        return False
    if any(s.kind == "opioid" for s in chosen) and "NOOP" in has:
        return False
    both = profile["dual_diagnosis"] or any(s.tier == "psychiatric_risk" for s in chosen)
    return not both or bool(has & {"SUMH", "CO"})


def _right_person(profile: Mapping[str, Any], chosen: Sequence[Substance], has: frozenset[str]) -> bool:
    if "DUO" in has and not profile["dui"]:
        return False
    all_alcohol = all(s.kind == "alcohol" for s in chosen)
    all_opioid = all(s.kind == "opioid" for s in chosen)
    if {"AUDO", "OUDO"} <= has:
        if not all(s.kind in {"alcohol", "opioid"} for s in chosen):
            return False
    elif ("AUDO" in has and not all_alcohol) or ("OUDO" in has and not all_opioid):
        return False
    if profile["age"] is not None and profile["age"] < 18:
        if "CHLD" not in has and not ("AD" in has and not has & {"ADLT", "YAD"}):
            return False
    elif {"CHLD", "YAD", "ADLT", "AD"} <= has and not has & {"WN", "MN", "SE"}:
        return False
    gender = "female" if profile["pregnant"] else profile["gender"]
    wanted = {"female": "FEM", "male": "MALE"}.get(gender or "")
    if wanted and has & {"FEM", "MALE"} and wanted not in has:
        return False
    if profile["pregnant"] and "PW" not in has:
        return False
    return not (profile["on_moud"] and "NMOA" in has and "MOA" not in has)


def accepts(profile: Mapping[str, Any], row: Row, payer_codes: Mapping[str, Sequence[str]], state: str) -> bool:
    """R12."""
    payer = profile["payer"]
    if payer is None:
        return False
    codes = {*payer_codes[payer], *(("VAF", "VAMC") if payer == "va" else ())}
    return bool(codes & row.codes) and (payer not in ("medicaid", "state_plan") or row.state == state)


def level(has: frozenset[str]) -> int:
    """R13."""
    if {"SUMH", "CO", "MHS"} <= has and has & {"MMD", "PSYH"}:
        return 3
    return len(has & {"SUMH", "CO"})


def conditional(profile: Mapping[str, Any], has: frozenset[str]) -> bool:
    """R14."""
    veteran = profile["veteran"] or profile["payer"] == "va"
    return ("VAMC" in has and not veteran) or ("DDF" in has and profile["payer"] != "tricare_military")
