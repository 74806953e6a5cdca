"""The small readable language in which the content says what people say.

A phrase is a row of words. `a|b|c_d` is one of three, the last being two words; `word?` may be missing; `begin*` is any
word that begins so; `@group` is any entry of a named group; `#10` is any number from ten; `..` stands for up to two
words, `...` for up to four and `....` for up to eight. `these words & those` is both, in either order, with up to six
words between. A phrase never crosses a sentence.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import permutations

from routing.words import fold, spell_out

GAPS = {"..": 2, "...": 4, "....": 8}
APART = 6  # words between what `&` joins
MIN_PREFIX = 3  # letters of a beginning
MAX_DIGITS = 3  # longer numbers are ZIPs, phones, prices
_PIECE = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Element:
    """One place of a phrase: any of `words`, a word beginning with one of `prefixes`, a number, or a gap of words."""

    words: frozenset[str] = frozenset()
    prefixes: Words = ()
    at_least: int = 0
    optional: bool = False
    gap: int = 0

    @property
    def fixed(self) -> bool:
        """Whether a word from a list must stand here."""
        return not (self.gap or self.optional or self.at_least)

    def takes(self, word: str) -> bool:
        """Whether `word` may stand here."""
        if word in self.words or (self.prefixes and word.startswith(self.prefixes)):
            return True
        return bool(self.at_least) and word.isdecimal() and len(word) <= MAX_DIGITS and int(word) >= self.at_least


Row = tuple[Element, ...]


class PhraseError(ValueError):
    """A phrase that cannot be read; the message is a sentence for the editor of the content."""


class PhraseReader:
    """Reads phrases, with the short forms and the word groups of the content."""

    def __init__(self, spellings: Mapping[str, Words], groups: Mapping[str, tuple[str, ...]]) -> None:
        self._spellings = spellings
        self._plain_of: dict[str, Words] = {}
        self._ways_of: dict[str, list[Row]] = {}
        self._groups = {name: [self._plain(entry) for entry in entries] for name, entries in groups.items()}

    def read(self, phrase: str) -> list[Row]:
        """The rows of elements that `phrase` stands for: several when an option is several words (`isnt`, `a|b_c`).

        Raises `PhraseError` for an unknown group, a short beginning, dots at an end, or no word that must be there.
        """
        parts = [self._rows(part, phrase) for part in phrase.split(" & ")]
        rows = [row for order in permutations(parts) for row in _joined(order)]
        for row in rows:
            if not any(element.fixed for element in row):
                raise PhraseError(f"the phrase “{phrase}” has no word that must be there")
            if row[0].gap or row[-1].gap:
                raise PhraseError(f"the phrase “{phrase}” begins or ends with dots; dots only stand between words")
        return rows

    def _rows(self, part: str, phrase: str) -> list[Row]:
        rows: list[Row] = [()]
        for piece in part.split():
            ways = self._ways(piece, phrase)
            rows = [row + way for row in rows for way in ways]
        return rows

    def _plain(self, piece: str) -> Words:
        if piece not in self._plain_of:
            tokens = _PIECE.findall(piece.replace("_", " "))
            self._plain_of[piece] = tuple(word for t in tokens for word in spell_out(fold(t), self._spellings))
        return self._plain_of[piece]

    def _ways(self, piece: str, phrase: str) -> list[Row]:
        """The rows of elements that one blank-separated piece may stand for."""
        if piece in GAPS:
            return [(Element(gap=GAPS[piece]),)]
        if piece not in self._ways_of:
            self._ways_of[piece] = self._choices(piece, phrase)
        return self._ways_of[piece]

    def _choices(self, piece: str, phrase: str) -> list[Row]:
        optional = piece.endswith("?")
        said: list[Words] = []
        prefixes: list[str] = []
        at_least = 0
        for option in piece.removesuffix("?").split("|"):
            if option.startswith("#"):
                at_least = _number(option, phrase)
            elif option.startswith("@"):
                said += self._group(option[1:], phrase)
            elif option.endswith("*"):
                prefixes.append(_beginning(option, phrase))
            else:
                said.append(self._plain(option))
        ways: list[Row] = [tuple(Element(frozenset([word])) for word in words) for words in said if len(words) > 1]
        single = frozenset(words[0] for words in said if len(words) == 1)
        if single or prefixes or at_least:
            ways.append((Element(single, tuple(prefixes), at_least, optional),))
        elif optional:
            ways.append(())
        return ways

    def _group(self, name: str, phrase: str) -> list[Words]:
        if name not in self._groups:
            raise PhraseError(f"the phrase “{phrase}” names the unknown group “@{name}”")
        return self._groups[name]


def _joined(parts: Iterable[list[Row]]) -> list[Row]:
    """One row of each part after the other, in every way, with words between."""
    apart = (Element(gap=APART),)
    rows, *others = parts
    for more in others:
        rows = [row + apart + next_row for row in rows for next_row in more]
    return rows


def _number(option: str, phrase: str) -> int:
    if not option[1:].isdecimal():
        raise PhraseError(f"in the phrase “{phrase}”, “{option}” must be # and a number")
    return int(option[1:])


def _beginning(option: str, phrase: str) -> str:
    prefix = fold(option[:-1])
    if len(prefix) < MIN_PREFIX and not prefix.isdigit():
        raise PhraseError(f"in the phrase “{phrase}”, “{option}” is too short a beginning (three letters at least)")
    return prefix
