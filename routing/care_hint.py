"""A hint on the level of care, with reasons. Never a diagnosis: a clinician decides."""

from dataclasses import replace

from routing.understanding import RaisedFlag, Understanding
from routing.vocabulary import LevelOfCare, Need, Urgency

DANGEROUS_TIERS = ("life_threatening", "life_threatening_high_dose")
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


def as_directed(known: Understanding) -> bool:
    """Whether a prescribed medicine is taken as directed, with no sign of misuse and no red flag."""
    told = "as_directed" in known.use or "prescribed" in known.use
    return told and "misuse" not in known.use and not known.flags


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
