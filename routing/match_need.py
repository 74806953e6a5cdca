"""Which need a match answers, whether it is answered at all, and what detox must offer (MATCHING.md Need, R0-R3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from routing.geography import ZipPlace
from routing.match_catalog import Catalog, MatchSubstance
from routing.match_profile import Profile
from routing.vocabulary import Need

LIFE_THREATENING = frozenset({"life_threatening", "life_threatening_high_dose"})
PSYCHIATRIC_RISK = "psychiatric_risk"
OPIOID, ALCOHOL, BEHAVIORAL = "opioid", "alcohol", "behavioral"
# Classes that make withdrawal or use beside an opioid dangerous (R1)
SEDATING = frozenset(
    {"benzodiazepine", "sedative_hypnotic", "barbiturate", "muscle_relaxant", "ghb", "gabab_agonist"}
    | {"gabapentinoid", ALCOHOL}
)
EMERGENCY_ACTIONS = frozenset({"911_now", "911_now_then_988", "988_warm_transfer", "poison_control"})
SAME_DAY_ACTION = "urgent_same_day_medical"
MANAGED_ACTION_PREFIX = "medically_managed_24h"
# The substance that a kept medication is (R3.1)
MEDICATION_SUBSTANCE = {"methadone": "methadone_use", "buprenorphine": "buprenorphine_use"}


class Outcome(StrEnum):
    """What a match answers (R0, R16)."""

    MATCH = "match"
    EMERGENCY_FIRST = "emergency_first"
    ASK_LOCATION = "ask_location"
    PRESCRIBER_FIRST = "prescriber_first"


@dataclass(frozen=True)
class Situation:
    """A profile with what follows from it. `changed` means that the wished need gave way to detox."""

    profile: Profile
    substances: tuple[MatchSubstance, ...]
    need: Need
    changed: bool
    overridden: bool
    monitored: bool
    detox_codes: tuple[str, ...]
    unnamed: tuple[MatchSubstance, ...]  # detox substances without a code: to be asked for by name
    relaxable: bool


def settle_need(substances: Iterable[MatchSubstance], wished: Need | None, override_reason: str | None) -> Need:
    """The need to answer: detox for a life-threatening withdrawal, unless a counselor gave a reason (section Need).

    That holds for every way to ask, whatever was wished; a reason without a wish changes nothing.

    Without a wish: detox where stopping is dangerous, medication for opioids, else treatment.
    """
    chosen = tuple(substances)
    dangerous = any(substance.tier in LIFE_THREATENING for substance in chosen)
    if dangerous and (wished is None or not (override_reason or "").strip()):
        return Need.DETOX
    if wished is not None:
        return wished
    return Need.MOUD if any(substance.kind == OPIOID for substance in chosen) else Need.TREATMENT


def understand(profile: Profile, catalog: Catalog) -> Situation:
    """Everything about the need that does not depend on facilities."""
    chosen = tuple(catalog.substances[id_] for id_ in dict.fromkeys(profile.substances))
    need = settle_need(chosen, profile.need, profile.need_override_reason)
    dangerous = any(substance.tier in LIFE_THREATENING for substance in chosen)
    detox = need == Need.DETOX
    monitored = detox and is_monitored(profile, chosen, catalog)
    codes, unnamed = required_detox_codes(profile, chosen) if detox else ((), ())
    return Situation(
        profile=profile,
        substances=chosen,
        need=need,
        changed=profile.need is not None and need != profile.need,
        overridden=dangerous and not detox,
        monitored=monitored,
        detox_codes=codes,
        unnamed=unnamed,
        relaxable=monitored and len(codes) > 1,
    )


def gate(situation: Situation, place: ZipPlace | None, catalog: Catalog) -> Outcome:
    """Whether facilities are listed at all, in this order: danger, place, prescriber (R0)."""
    profile = situation.profile
    open_flags = set(profile.risk_flags) - set(profile.flags_addressed)
    if any(catalog.flag_actions[flag] in EMERGENCY_ACTIONS for flag in open_flags):
        return Outcome.EMERGENCY_FIRST
    if place is None:
        return Outcome.ASK_LOCATION
    if situation.need == Need.DETOX and profile.prescribed_as_directed and not profile.risk_flags:
        return Outcome.PRESCRIBER_FIRST
    return Outcome.MATCH


def is_monitored(profile: Profile, chosen: tuple[MatchSubstance, ...], catalog: Catalog) -> bool:
    """Whether withdrawal needs medical watching day and night (R1)."""
    if any(substance.tier in LIFE_THREATENING for substance in chosen):
        return True
    if any(catalog.flag_actions[flag].startswith(MANAGED_ACTION_PREFIX) for flag in profile.risk_flags):
        return True
    opioid = profile.on_moud is not None or any(substance.kind == OPIOID for substance in chosen)
    return opioid and any(substance.kind in SEDATING for substance in chosen)


def required_detox_codes(
    profile: Profile, chosen: tuple[MatchSubstance, ...]
) -> tuple[tuple[str, ...], tuple[MatchSubstance, ...]]:
    """The detox codes of which all are asked for, and the substances that no code names (R3)."""
    kept = MEDICATION_SUBSTANCE.get(profile.on_moud or "")
    asked = tuple(substance for substance in chosen if substance.id != kept) or chosen
    decisive = [s for s in asked if s.tier in LIFE_THREATENING or s.kind == OPIOID]
    codes = sorted({code for substance in decisive for code in substance.detox_codes})
    if not codes and not any(substance.tier in LIFE_THREATENING for substance in asked):
        codes = sorted({code for substance in asked for code in substance.detox_codes})
    unnamed = tuple(s for s in asked if not set(s.detox_codes) & set(codes) and s.kind != BEHAVIORAL)
    return tuple(codes), unnamed
