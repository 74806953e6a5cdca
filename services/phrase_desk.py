"""Every phrase of the line, to be read (`phrase_edits` changes them)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from routing.phrase_rules import is_texted
from routing.segments import segments
from services.house import House

_GAP = re.compile(r"\{(\w+)\}")
CHANGED = "changed"  # in place of a family: the phrases that an admin changed
# What may stand in a gap, for a preview; a gap without one shows its own name
EXAMPLES = {
    **{"zip": "02150", "phone": "617-555-0101", "number": "617-555-0101", "line": "833-555-0100"},
    **{"count": "3", "minutes": "10", "seconds": "20", "hours": "2", "miles": "4", "position": "2"},
    **{"low": "2", "high": "5", "start": "22:00", "end": "06:00", "time": "14:00", "city": "Chelsea"},
    **{"facility": "Quay House", "link": "https://helpline.example/x", "beds": "3"},
    **{"code": "4821", "spelt": "4, 8, 2, 1", "shift": "22:00–06:00", "gaps": "22:00–06:00", "label": "ZIP"},
}


@dataclass(frozen=True)
class PhraseRow:
    """One phrase: its words by language as written, the same with gaps filled, and texts' segments by language."""

    key: str
    written: Mapping[str, str]
    preview: Mapping[str, str]
    segments: Mapping[str, int]
    changed: bool


def families(house: House) -> tuple[str, ...]:
    """What phrases are for: the first part of their keys."""
    return tuple(sorted({key.partition(".")[0] for key in house.phrases.table}))


def phrases(house: House, family: str, wanted: str) -> tuple[PhraseRow, ...]:
    """Phrases of a family (empty: of all) that hold each of the wanted words in their key or words."""
    words = wanted.lower().split()
    return tuple(
        _row(house, key, written)
        for key, written in sorted(house.phrases.table.items())
        if (key in house.phrases.changed if family == CHANGED else not family or key.startswith(f"{family}."))
        and all(word in " ".join((key, *written.values())).lower() for word in words)
    )


def preview(house: House, key: str) -> Mapping[str, str]:
    """A phrase by language with its gaps filled by examples."""
    return filled(house, house.phrases.table[key])


def filled(house: House, written: Mapping[str, str]) -> Mapping[str, str]:
    """Any wording by language with its gaps filled by examples; with a crooked gap as it is written."""
    examples = {**EXAMPLES, "organisation": house.rules.organisation_name}
    return {language: _filled(words, examples) for language, words in written.items()}


def counted(key: str, said: Mapping[str, str]) -> Mapping[str, int]:
    """Segments of a phrase by language when it leaves as a text, else none."""
    return {language: segments(words) for language, words in said.items()} if is_texted(key) else {}


def _row(house: House, key: str, written: Mapping[str, str]) -> PhraseRow:
    said = filled(house, written)
    return PhraseRow(key, written, said, counted(key, said), key in house.phrases.changed)


def _filled(words: str, examples: Mapping[str, str]) -> str:
    """Gaps are exchanged by hand: what somebody just typed must reach nothing but these values."""
    return _GAP.sub(lambda gap: examples.get(gap.group(1), f"[{gap.group(1)}]"), words)
