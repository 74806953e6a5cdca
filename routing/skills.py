"""Which skills of a counselor fit a caller: words of the roster's column `skills` (docs/operating.md)."""

from collections.abc import Collection
from typing import Final

from routing.vocabulary import DANGER, Urgency

CRISIS, FAMILY, YOUTH = "crisis", "family", "youth"
# What is known of a caller, and the skill that it asks for
SKILL_OF: Final = {
    "veteran": "veterans",
    "pregnant": "pregnancy",
    "dual_diagnosis": "dual_diagnosis",
    "detox": "detox",  # what they need
    "sign_language": "sign_language",
}
YOUTH_UNTIL = 18  # years


def skills_wanted(
    urgency: Urgency, *, true: Collection[str], for_whom: str | None, age: object, substances: Collection[str]
) -> frozenset[str]:
    """The skills that help this caller. `true` are known facts such as veteran; substances are ids of the content."""
    wanted = {SKILL_OF[fact] for fact in true if fact in SKILL_OF} | set(substances)
    if urgency in DANGER:
        wanted.add(CRISIS)
    if for_whom not in (None, "self"):
        wanted.add(FAMILY)
    if str(age or "").isdigit() and int(str(age)) < YOUTH_UNTIL:
        wanted.add(YOUTH)
    return frozenset(wanted)
