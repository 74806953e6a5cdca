"""Phrases of a small readable language, compiled once and found in a message in one pass.

A phrase is a row of words. `a|b` is either, `word?` may be missing, `begin*` is any word that begins so, `@group` is
any word of a named group, `..` stands for up to two words and `...` for up to four. A phrase never crosses a sentence.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from routing.words import Message, fold, spell_out

GAPS = {"..": 2, "...": 4}
MIN_PREFIX = 3
_PIECE = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Element:
    """One place of a phrase: any of `words`, or a word that begins with one of `prefixes`; or a gap of `gap` words."""

    words: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    optional: bool = False
    gap: int = 0

    def takes(self, word: str) -> bool:
        """Whether `word` may stand here."""
        return word in self.words or (bool(self.prefixes) and word.startswith(self.prefixes))


@dataclass(frozen=True, slots=True)
class Label:
    """What a phrase means: `kind` (flag, substance, payer, cue, ...), `id`, and `detail` for the reader of the hit."""

    kind: str
    id: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found at the words `first` to `last` (both included)."""

    label: Label
    first: int
    last: int

    def is_inside(self, other: "Hit") -> bool:
        """Whether this is a shorter part of `other`."""
        within = other.first <= self.first and self.last <= other.last
        return within and other.last - other.first > self.last - self.first


class PhraseError(ValueError):
    """A phrase that cannot be read; the message is a sentence for the editor of the content."""


Spellings = Mapping[str, tuple[str, ...]]
Groups = Mapping[str, frozenset[str]]


def parse(phrase: str, spellings: Spellings, groups: Groups) -> list[tuple[Element, ...]]:
    """Reads one phrase; a choice that is short for several words (`isnt|not`) makes it several rows of elements.

    Raises `PhraseError` for an unknown group, a short beginning, dots at an end, or no word that must be there.
    """
    rows: list[tuple[Element, ...]] = [()]
    for piece in phrase.split():
        ways = _ways(piece, spellings, groups, phrase)
        rows = [row + way for row in rows for way in ways]
    for row in rows:
        if not row or all(element.gap or element.optional for element in row):
            raise PhraseError(f"the phrase “{phrase}” has no word that must be there")
        if row[0].gap or row[-1].gap:
            raise PhraseError(f"the phrase “{phrase}” begins or ends with dots; dots only stand between words")
    return rows


def _plain(piece: str, spellings: Spellings) -> tuple[str, ...]:
    return tuple(word for token in _PIECE.findall(piece) for word in spell_out(fold(token), spellings))


def _ways(piece: str, spellings: Spellings, groups: Groups, phrase: str) -> list[tuple[Element, ...]]:
    """The rows of elements that one blank-separated piece may stand for."""
    if piece in GAPS:
        return [(Element(gap=GAPS[piece]),)]
    optional = piece.endswith("?")
    words: set[str] = set()
    prefixes: list[str] = []
    longer: list[tuple[str, ...]] = []
    for option in piece.removesuffix("?").split("|"):
        if option.startswith("@"):
            words |= _group(option, groups, phrase)
        elif option.endswith("*"):
            prefixes.append(_beginning(option, phrase))
        else:
            spelled = _plain(option, spellings)
            if len(spelled) == 1:
                words.add(spelled[0])
            elif spelled:
                longer.append(spelled)
    ways: list[tuple[Element, ...]] = [tuple(Element(frozenset([word])) for word in spelled) for spelled in longer]
    if words or prefixes:
        ways.append((Element(frozenset(words), tuple(prefixes), optional),))
    elif optional:
        ways.append(())
    return ways


def _group(option: str, groups: Groups, phrase: str) -> frozenset[str]:
    if option[1:] not in groups:
        raise PhraseError(f"the phrase “{phrase}” names the unknown group “{option}”")
    return groups[option[1:]]


def _beginning(option: str, phrase: str) -> str:
    prefix = fold(option[:-1])
    if len(prefix) < MIN_PREFIX and not prefix.isdigit():
        raise PhraseError(f"in the phrase “{phrase}”, “{option}” is too short a beginning (three letters at least)")
    return prefix


@dataclass(frozen=True, slots=True)
class _Anchored:
    """A phrase cut at its rarest place: what follows it, and what stands before it read backwards."""

    label: Label
    after: tuple[Element, ...]
    before: tuple[Element, ...]


class PhraseBook:
    """All phrases; `find` gives every hit in a message."""

    def __init__(self, phrases: Iterable[tuple[Label, tuple[Element, ...]]]) -> None:
        phrases = list(phrases)
        commonness = Counter(w for _, elements in phrases for e in elements for w in (*e.words, *e.prefixes))
        self._by_word: dict[str, list[_Anchored]] = defaultdict(list)
        self._by_prefix: dict[str, list[_Anchored]] = defaultdict(list)
        for label, elements in phrases:
            self._index(label, elements, commonness)
        self._prefix_lengths = sorted({len(prefix) for prefix in self._by_prefix})
        self.vocabulary = frozenset(w for _, elements in phrases for e in elements for w in e.words)
        self.prefixes = tuple({p for _, elements in phrases for e in elements for p in e.prefixes})

    def _index(self, label: Label, elements: tuple[Element, ...], commonness: Counter[str]) -> None:
        fixed = [i for i, element in enumerate(elements) if not element.gap and not element.optional]
        anchor = min(fixed, key=lambda i: sum(commonness[w] for w in (*elements[i].words, *elements[i].prefixes)))
        entry = _Anchored(label, elements[anchor + 1 :], elements[:anchor][::-1])
        for word in elements[anchor].words:
            self._by_word[word].append(entry)
        for prefix in elements[anchor].prefixes:
            self._by_prefix[prefix].append(entry)

    def find(self, message: Message) -> list[Hit]:
        """Every hit, in the order of the words. Time grows with the length of the message alone."""
        hits: list[Hit] = []
        words, sentences = message.words, message.sentences
        for at, word in enumerate(words):
            entries = self._entries(word)
            if not entries:
                continue
            low, high = _sentence_bounds(sentences, at)
            forwards, backwards = _Walk(words, 1, high), _Walk(words, -1, low)
            for entry in entries:
                last = forwards.fit(entry.after, at) if entry.after else at
                if last is None:
                    continue
                first = backwards.fit(entry.before, at) if entry.before else at
                if first is not None:
                    hits.append(Hit(entry.label, first, last))
        return hits

    def _entries(self, word: str) -> Sequence[_Anchored]:
        entries = self._by_word.get(word, [])
        for length in self._prefix_lengths:
            more = self._by_prefix.get(word[:length])
            if more and len(word) >= length:
                entries = entries + more
        return entries


_REACH = 40  # no phrase is longer than this many words, gaps included


def _sentence_bounds(sentences: list[int], at: int) -> tuple[int, int]:
    """First and last index, at most `_REACH` words away, that share the sentence of `at`."""
    low = high = at
    while low > 0 and at - low < _REACH and sentences[low - 1] == sentences[at]:
        low -= 1
    while high < len(sentences) - 1 and high - at < _REACH and sentences[high + 1] == sentences[at]:
        high += 1
    return low, high


@dataclass(frozen=True, slots=True)
class _Walk:
    """Fits elements to the words of one sentence, forwards (`step` 1) or backwards (-1), not beyond `bound`."""

    words: list[str]
    step: int
    bound: int

    def fit(self, elements: tuple[Element, ...], at: int, place: int = 0) -> int | None:
        """Index of the last word taken when `elements[place:]` fit next to `at`; None if they do not."""
        if place == len(elements):
            return at
        element = elements[place]
        if element.gap:
            return self._fit_after_gap(elements, at, place)
        following = at + self.step
        if (self.bound - following) * self.step >= 0 and element.takes(self.words[following]):
            end = self.fit(elements, following, place + 1)
            if end is not None:
                return end
        return self.fit(elements, at, place + 1) if element.optional else None

    def _fit_after_gap(self, elements: tuple[Element, ...], at: int, place: int) -> int | None:
        for skipped in range(elements[place].gap + 1):
            reached = at + skipped * self.step
            if (self.bound - reached) * self.step < 0:
                return None
            end = self.fit(elements, reached, place + 1)
            if end is not None:
                return end
        return None
