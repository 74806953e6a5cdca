"""A hint on the level of care, with reasons. Never a diagnosis: a clinician decides."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from routing.understanding import RaisedFlag, Understanding
from routing.vocabulary import LevelOfCare, Need, Urgency

DANGEROUS_TIERS = ("life_threatening", "life_threatening_high_dose")
ILLNESS_MATTERS = frozenset({"benzodiazepine", "alcohol", "opioid"})
HAS_STOPPED = "stopped_abruptly"  # the red flag after which "do not stop" comes too late
MANAGED_FLAGS = ("medically_managed_24h", "medically_managed_24h_and_naloxone")


def with_hint(known: Understanding) -> Understanding:
    """The same understanding with need, level of care and the reasons for them."""
    reasons = [_why(flag) for flag in known.flags]
    reasons += [f"{aside.id} not raised ({aside.why}): “{aside.words}”" for aside in known.set_aside]
    reasons += [f"{substance.id}: “{substance.words}” ({substance.tier})" for substance in known.substances]
    reasons += [f"ask what “{name.words}” means: {', '.join(name.substances)}" for name in known.unclear]
    reasons += [f"{condition} mentioned" for condition in sorted(known.conditions)]
    need = _need(known)
    return replace(known, need=need, level_of_care=_level(known, need), reasons=tuple(reasons))


def _why(flag: RaisedFlag) -> str:
    said = " / ".join(f"“{words}”" for words in flag.words)
    return f"{flag.id} ({flag.when}): {said}"


def _need(known: Understanding) -> Need | None:
    """Dependence on a substance of a dangerous tier makes the need detox, however it is worded."""
    if any(substance.tier in DANGEROUS_TIERS for substance in known.substances):
        return Need.DETOX
    if not known.substances:
        return Need.DETOX if "detox" in known.wants else None
    if "detox" in known.wants:
        return Need.DETOX
    opioid = any(substance.substance_class == "opioid" for substance in known.substances)
    return Need.MOUD if opioid else Need.TREATMENT


def taken_as_directed(use: Collection[str]) -> bool:
    """Whether a medicine is told to be prescribed, or taken as directed, and nothing was told of misuse.

    The one rule for texts, calls and the match (MATCHING.md R0, gate c; DOMAIN facts, benzodiazepines).
    """
    return ("as_directed" in use or "prescribed" in use) and not {"misuse", "warning_sign"} & set(use)


def is_warning(use: Collection[str]) -> bool:
    """Whether "speak with your doctor" is due: a sign that a medicine takes over, or a prescribed one misused."""
    return "warning_sign" in use or {"prescribed", "misuse"} <= set(use)


def prescriber_first(substances: Iterable[str], tiers: Mapping[str, str], use: Collection[str], flags: object) -> bool:
    """Whether the way is the prescriber before any list: a dangerous one taken as directed, and no red flag at all."""
    dangerous = any(tiers.get(substance) in DANGEROUS_TIERS for substance in substances)
    return dangerous and taken_as_directed(use) and not flags


def illness_matters(classes: Iterable[str]) -> bool:
    """Whether liver or breathing illness may change where withdrawal is safe (DOMAIN facts, section 0)."""
    return not ILLNESS_MATTERS.isdisjoint(classes)


def as_directed(known: Understanding) -> bool:
    """Whether a prescribed medicine is taken as directed, with no sign of misuse and no red flag."""
    return taken_as_directed(known.use) and not known.flags


def _level(known: Understanding, need: Need | None) -> LevelOfCare | None:
    """The first hint that applies, the most careful one first."""
    dangerous = any(substance.tier in DANGEROUS_TIERS for substance in known.substances)
    opioid = any(substance.substance_class == "opioid" for substance in known.substances)
    low_mood = any(substance.tier == "psychiatric_risk" for substance in known.substances)
    hints = (
        (known.in_danger, LevelOfCare.EMERGENCY),
        (any(flag.action in MANAGED_FLAGS for flag in known.flags), LevelOfCare.MEDICALLY_MANAGED_24H),
        (dangerous and as_directed(known), LevelOfCare.PRESCRIBER_FIRST),
        (dangerous, LevelOfCare.MEDICALLY_MANAGED_24H),
        (known.urgency is Urgency.SAME_DAY_MEDICAL, LevelOfCare.SAME_DAY_MEDICAL),
        (opioid or need is Need.MOUD, LevelOfCare.MEDICATION_FIRST),
        (known.dual_diagnosis or low_mood, LevelOfCare.DUAL_DIAGNOSIS),
        (bool(known.substances), LevelOfCare.OUTPATIENT),
    )
    return next((level for applies, level in hints if applies), None)
