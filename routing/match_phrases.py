"""Sentences of the match as keys with values, turned into English or Spanish at the edge."""

from collections.abc import Mapping
from dataclasses import dataclass

PhraseTable = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Phrase:
    """One sentence or name: its key in the phrase file and the values that it names."""

    key: str
    values: tuple[tuple[str, "Value"], ...] = ()


Value = str | int | Phrase | tuple["str | Phrase", ...]


def say(key: str, **values: Value) -> Phrase:
    """A phrase with its values."""
    return Phrase(key, tuple(sorted(values.items())))


def render(phrase: Phrase, table: PhraseTable, language: str) -> str:
    """The words of a phrase from the table, where its key stands behind "match."; KeyError when it is missing."""
    values = {name: _word(value, table, language) for name, value in phrase.values}
    return table[f"match.{phrase.key}"][language].format(**values)


def _word(value: Value, table: PhraseTable, language: str) -> str:
    if isinstance(value, Phrase):
        return render(value, table, language)
    if isinstance(value, tuple):
        return ", ".join(_word(part, table, language) for part in value)
    return str(value)
