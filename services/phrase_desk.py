"""Every phrase of the line and every follow-up plan, for people who look after the words."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter

from routing.follow_up import Plan
from routing.segments import segments
from services.house import House

# Phrases that leave as texts; the others are said on the phone, mailed, or stand on a page
TEXTED = frozenset({"text", "follow_up", "bed", "counselor", "coverage", "consent"})
# What may stand in a gap, for a preview; a gap without one shows its own name
EXAMPLES = {
    **{"zip": "02150", "phone": "617-555-0101", "number": "617-555-0101", "line": "833-555-0100"},
    **{"count": "3", "minutes": "10", "seconds": "20", "hours": "2", "miles": "4", "position": "2"},
    **{"low": "2", "high": "5", "start": "22:00", "end": "06:00", "time": "14:00", "city": "Chelsea"},
    **{"facility": "Quay House", "link": "https://helpline.example/x", "beds": "3"},
}


@dataclass(frozen=True)
class PhraseRow:
    """One phrase: its words by language as written, the same with gaps filled, and texts' segments by language."""

    key: str
    written: Mapping[str, str]
    preview: Mapping[str, str]
    segments: Mapping[str, int]


def families(house: House) -> tuple[str, ...]:
    """What phrases are for: the first part of their keys."""
    return tuple(sorted({key.partition(".")[0] for key in house.phrases.table}))


def phrases(house: House, family: str, wanted: str) -> tuple[PhraseRow, ...]:
    """Phrases of a family (empty: of all) that hold each of the wanted words in their key or words."""
    words = wanted.lower().split()
    return tuple(
        _row(house, key, written)
        for key, written in sorted(house.phrases.table.items())
        if (not family or key.startswith(f"{family}."))
        and all(word in " ".join((key, *written.values())).lower() for word in words)
    )


def preview(house: House, key: str) -> Mapping[str, str]:
    """A phrase by language with its gaps filled by examples."""
    examples = {**EXAMPLES, "organisation": house.rules.organisation_name}
    return {language: _filled(words, examples) for language, words in house.phrases.table[key].items()}


def _row(house: House, key: str, written: Mapping[str, str]) -> PhraseRow:
    filled = preview(house, key)
    texted = key.partition(".")[0] in TEXTED
    counted = {language: segments(words) for language, words in filled.items()} if texted else {}
    return PhraseRow(key, written, filled, counted)


def _filled(words: str, examples: Mapping[str, str]) -> str:
    named = {name: f"[{name}]" for _, name, _, _ in Formatter().parse(words) if name}
    return words.format_map(defaultdict(str, {**named, **examples}))


def plans(house: House) -> tuple[int, tuple[Plan, ...]]:
    """The version of the plans' file, and every plan in its order."""
    return house.plans.version, house.plans.plans
