"""Sentences that know what they say: English for commands, a code with values for pages in the reader's language."""

from collections.abc import Mapping
from typing import Any


class Sentence(str):
    """The English sentence. `code`: of the same sentence among the words of a page; `values`: what fills its gaps."""

    code: str
    values: Mapping[str, Any]

    def plain(self) -> dict[str, Any]:
        """As it is stored, and as a page says it; values that are sentences themselves are plain too."""
        return {"code": self.code, **{name: _plain(value) for name, value in self.values.items()}}


def sentence(code: str, english: str, values: Mapping[str, Any]) -> Sentence:
    """The sentence with its gaps filled; a value may be a sentence, or several of them."""
    said = Sentence(english.format(**{name: _english(value) for name, value in values.items()}))
    said.code, said.values = code, values
    return said


def _english(value: Any) -> Any:
    if isinstance(value, list):
        return "; ".join(value)
    return "a blank" if value == "" else value


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.plain() if isinstance(value, Sentence) else value


def cut(values: Mapping[str, object], most: int) -> dict[str, object]:
    """The values, each that was read from a file cut to what a page can show, in characters."""
    whole = (int, Sentence, list)
    return {name: value if isinstance(value, whole) else str(value)[:most] for name, value in values.items()}
