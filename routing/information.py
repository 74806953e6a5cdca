"""The information line: sheets on substances and topics, in short lines, texted in parts or spoken one by one."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from routing.segments import plain_letters, segments
from routing.vocabulary import Language
from routing.words import fold

SEGMENTS_AT_ONCE = 3  # a page of a sheet; the next one is sent on request
_INFO = re.compile(r"\s*(?:please |por favor )?(?:info|information|informacion|información)\b[\s:,.!-]*", re.IGNORECASE)
_LEADING = re.compile(r"^(?:about|on|for|the|sobre|acerca de|de|del|para|la|el|los|las)\s+")
_SEEKING = frozenset(
    {"where", "get", "need", "find", "free", "buy", "donde", "conseguir", "consigo", "necesito", "busco"}
)
_NOT_LETTERS = re.compile(r"[\W_]+")
_CRISIS_NUMBERS = re.compile(r"\b(911|988|211)\b")


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under one heading (`what`, `withdrawal`, ...) by language word."""

    heading: str
    lines: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What we tell about one substance or topic; `sources` are whole citations, `as_of` the day it was written."""

    id: str
    names: Mapping[str, str]
    sections: tuple[Section, ...]
    sources: tuple[str, ...]
    as_of: date

    def lines(self, language: Language) -> tuple[str, ...]:
        """All lines in order."""
        return tuple(line for section in self.sections for line in section.lines[language.value])


@dataclass(frozen=True)
class Library:
    """Every sheet by id, what is asked for by which words, and what is told near a place."""

    sheets: Mapping[str, Sheet] = field(default_factory=dict)
    first: str = ""
    asked_by: Mapping[str, str] = field(default_factory=dict)  # folded words after INFO -> id
    heard_in: Mapping[str, str] = field(default_factory=dict)  # one folded word of a question -> id
    near: Mapping[str, Mapping[str, Sheet]] = field(default_factory=dict)  # topic -> state -> sheet

    @classmethod
    def build(cls, plain: Mapping[str, Any]) -> "Library":
        """From the plain values of `config.information`."""
        sheets = {entry["id"]: _sheet(entry) for entry in plain["sheets"]}
        near = {topic: {s: _sheet(entry) for s, entry in by.items()} for topic, by in plain["near"].items()}
        asked_by = {fold(words): topic for topic, many in plain["asked_by"].items() for words in many}
        heard_in = {fold(word): topic for topic, many in plain["heard_in"].items() for word in many}
        return cls(sheets, plain["first"], asked_by, heard_in, near)

    def sheet(self, sheet_id: str, state: str | None = None) -> Sheet | None:
        """The sheet of a substance or topic; what differs by state, for that state."""
        by_state = self.near.get(sheet_id, {})
        return by_state.get(state or "") or self.sheets.get(sheet_id)

    def topic_of(self, text: str) -> str | None:
        """The topic that a text asks for, by `INFO` and its words, or by asking where such help is."""
        about = asked_about(text)
        if about is not None:
            return self.asked_by.get(about)
        words = _NOT_LETTERS.sub(" ", fold(text[:200])).split()
        if not _SEEKING.intersection(words):
            return None
        return next((self.heard_in[word] for word in words if word in self.heard_in), None)


def _sheet(entry: Mapping[str, Any]) -> Sheet:
    sections = tuple(Section(heading, lines) for heading, lines in entry["sections"].items())
    return Sheet(entry["id"], entry["name"], sections, tuple(entry["sources"]), entry["as_of"])


def asked_about(text: str) -> str | None:
    """The folded words after `INFO`, empty for `INFO` alone; None for a text that does not begin with it."""
    begins = _INFO.match(text[:200])
    if begins is None:
        return None
    return _LEADING.sub("", _NOT_LETTERS.sub(" ", fold(text[begins.end() : 200])).strip())


def pages(lines: Iterable[str], more: str, last: str) -> tuple[str, ...]:
    """Lines packed into texts of at most `SEGMENTS_AT_ONCE`; each ends with `more`, the last one with `last`."""
    found: list[list[str]] = []
    tail = max(more, last, key=len)
    for line in map(plain_letters, lines):
        if not found or segments("\n".join([*found[-1], line, plain_letters(tail)])) > SEGMENTS_AT_ONCE:
            found.append([])
        found[-1].append(line)
    tails = [more] * (len(found) - 1) + [last]
    return tuple(plain_letters("\n".join([*page, tail])) for page, tail in zip(found, tails, strict=True))


def spoken(line: str) -> str:
    """A line for the telephone's voice: crisis numbers digit by digit."""
    return _CRISIS_NUMBERS.sub(lambda number: " ".join(number[0]), line)
