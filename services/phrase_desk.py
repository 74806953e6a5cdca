"""Every phrase of the line, to be read (`phrase_edits` changes them)."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from routing.phrase_rules import is_texted
from routing.segments import segments
from routing.words import plain_letters
from services.house import House
from services.phrase_parts import PARTS, part_of

_GAP = re.compile(r"\{(\w+)\}")
CHANGED = "changed"  # in place of a part: the phrases that an admin changed
PAGE = 20  # phrases
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
    part: str
    written: Mapping[str, str]
    preview: Mapping[str, str]
    segments: Mapping[str, int]
    changed: bool


@dataclass(frozen=True)
class PhraseList:
    """One page of the phrases that were asked for; pages count from 1."""

    rows: tuple[PhraseRow, ...]
    found: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.found // PAGE))


def parts(house: House) -> tuple[tuple[str, int, int], ...]:
    """Every part in the order of the page, with how many phrases it has and how many of them are changed."""
    all_, changed = Counter(map(part_of, house.phrases.table)), Counter(map(part_of, house.phrases.changed))
    return tuple((part, all_[part], changed[part]) for part in PARTS)


def phrases(house: House, part: str, wanted: str, page: int) -> PhraseList:
    """Phrases of a part (CHANGED: the changed ones; empty: all) with each of the wanted words in their key or words.

    Words count as written and with their gaps filled, in both languages; accents may be left out.
    """
    words, found = plain_letters(wanted).split(), []
    for key, written in sorted(house.phrases.table.items()):
        if key in house.phrases.changed if part == CHANGED else part in ("", part_of(key)):
            row = _row(house, key, written)
            heap = plain_letters(" ".join((key, *written.values(), *row.preview.values())))
            if all(word in heap for word in words):
                found.append(row)
    page = min(max(page, 1), max(1, -(-len(found) // PAGE)))
    return PhraseList(tuple(found[(page - 1) * PAGE : page * PAGE]), len(found), page)


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
    return PhraseRow(key, part_of(key), written, said, counted(key, said), key in house.phrases.changed)


def _filled(words: str, examples: Mapping[str, str]) -> str:
    """Gaps are exchanged by hand: what somebody just typed must reach nothing but these values."""
    return _GAP.sub(lambda gap: examples.get(gap.group(1), f"[{gap.group(1)}]"), words)
