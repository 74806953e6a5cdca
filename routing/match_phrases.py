"""Sentences of the match as keys with values, turned into English or Spanish at the edge."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

PhraseTable = Mapping[str, Mapping[str, str]]


class Phrase(NamedTuple):
    """One sentence or name: its key in the phrase file and the values that it names."""

    key: str
    values: tuple[tuple[str, "Value"], ...] = ()


Value = str | int | Phrase | tuple["str | Phrase", ...]


@cache
def plain(key: str) -> Phrase:
    """A phrase without values; there are as many as the phrase file has, so each is made once."""
    return Phrase(key)


def say(key: str, **values: Value) -> Phrase:
    """A phrase with its values."""
    return Phrase(key, tuple(values.items())) if values else plain(key)


def render(phrase: Phrase, table: PhraseTable, language: str) -> str:
    """The words of a phrase from the table, where its key stands behind "match."; KeyError when it is missing."""
    values = {name: _word(value, table, language) for name, value in phrase.values}
    return table[f"match.{phrase.key}"][language].format(**values)


def _word(value: Value, table: PhraseTable, language: str) -> str:
    if isinstance(value, Phrase):
        return render(value, table, language)
    if isinstance(value, tuple):  # a phrase is a tuple too, and came first
        return ", ".join(_word(part, table, language) for part in value)
    return str(value)
