"""Finds thousands of phrases in a message in one pass, each looked for only where its rarest word stands."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from routing.hits import REACH, Hit, Label
from routing.phrase_language import Element, Row
from routing.words import Message

_NEVER_SKIPPED = frozenset({"not", "never", "nunca"})  # what they deny must not be read as said
LONG_BEGINNING = 5  # letters from which a known beginning makes a word known
_NO_WORDS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Anchored:
    """A phrase cut at its rarest place: what follows it, and what stands before it read backwards.

    `needs`: one of these words must stand near, or looking further is no use.
    """

    label: Label
    after: Row
    before: Row
    needs: frozenset[str]


class PhraseBook:
    """All phrases; `find` gives every hit in a message."""

    def __init__(self, phrases: Iterable[tuple[Label, Row]], fillers: frozenset[str] = _NO_WORDS) -> None:
        """`fillers` are words that may stand between any two places of a phrase ("really", "like")."""
        phrases = list(phrases)
        self._fillers = fillers
        commonness = Counter(w for _, row in phrases for e in row for w in (*e.words, *e.prefixes))
        self._by_word: dict[str, list[_Anchored]] = defaultdict(list)
        self._by_prefix: dict[str, list[_Anchored]] = defaultdict(list)
        for label, row in phrases:
            self._index(label, row, commonness)
        self._prefix_lengths = sorted({len(prefix) for prefix in self._by_prefix})
        self.vocabulary = frozenset(w for _, row in phrases for e in row for w in e.words)
        self.beginnings = tuple({p for _, row in phrases for e in row for p in e.prefixes if len(p) >= LONG_BEGINNING})

    def _index(self, label: Label, row: Row, commonness: Counter[str]) -> None:
        def common(place: int) -> int:
            return sum(commonness[word] for word in (*row[place].words, *row[place].prefixes))

        fixed = sorted((place for place, element in enumerate(row) if element.fixed), key=common)
        anchor = fixed[0]
        others = [row[place].words for place in fixed[1:] if not row[place].prefixes]
        entry = _Anchored(label, row[anchor + 1 :], row[:anchor][::-1], others[0] if others else _NO_WORDS)
        for word in row[anchor].words:
            self._by_word[word].append(entry)
        for prefix in row[anchor].prefixes:
            self._by_prefix[prefix].append(entry)

    def find(self, message: Message) -> list[Hit]:
        """Every hit. Time grows with the length of the message alone."""
        hits: list[Hit] = []
        words = message.words
        firsts, lasts = _sentence_ends(message.sentences)
        blocks = [set(words[max(0, at - REACH) : at + 2 * REACH]) for at in range(0, len(words), REACH)]
        for at, word in enumerate(words):
            entries = self._entries(word)
            if not entries:
                continue
            near = blocks[at // REACH]
            low, high = max(firsts[at], at - REACH), min(lasts[at], at + REACH)
            for entry in entries:
                if entry.needs and near.isdisjoint(entry.needs):
                    continue
                fillers = self._fillers if entry.label.loose else _NO_WORDS
                last = _Walk(words, 1, high, fillers).fit(entry.after, at) if entry.after else at
                if last is None:
                    continue
                first = _Walk(words, -1, low, fillers).fit(entry.before, at) if entry.before else at
                if first is not None:
                    hits.append(Hit(entry.label, first, last))
        return hits

    def _entries(self, word: str) -> Sequence[_Anchored]:
        entries = self._by_word.get(word, [])
        for length in self._prefix_lengths:
            if length > len(word):
                break
            more = self._by_prefix.get(word[:length])
            if more:
                entries = entries + more
        return entries


def _sentence_ends(sentences: list[int]) -> tuple[list[int], list[int]]:
    """For each word, the first and the last word of its sentence."""
    firsts: list[int] = []
    for at, sentence in enumerate(sentences):
        firsts.append(firsts[at - 1] if at and sentences[at - 1] == sentence else at)
    lasts = [0] * len(sentences)
    for at in range(len(sentences) - 1, -1, -1):
        same = at + 1 < len(sentences) and sentences[at + 1] == sentences[at]
        lasts[at] = lasts[at + 1] if same else at
    return firsts, lasts


@dataclass(frozen=True, slots=True)
class _Walk:
    """Fits elements to the words of one sentence, forwards (`step` 1) or backwards (-1), not beyond `bound`."""

    words: list[str]
    step: int
    bound: int
    fillers: frozenset[str]

    def fit(self, row: Row, at: int, place: int = 0) -> int | None:
        """Index of the last word taken when `row[place:]` fits next to `at`; None if it does not."""
        if place == len(row):
            return at
        element = row[place]
        if element.gap:
            return self._fit_after_gap(row, at, place)
        following = at + self.step
        if (self.bound - following) * self.step >= 0:
            end = self._fit_here(row, following, place, element)
            if end is not None:
                return end
        return self.fit(row, at, place + 1) if element.optional else None

    def _fit_here(self, row: Row, at: int, place: int, element: Element) -> int | None:
        word = self.words[at]
        if element.takes(word):
            end = self.fit(row, at, place + 1)
            if end is not None:
                return end
        return self.fit(row, at, place) if word in self.fillers else None

    def _fit_after_gap(self, row: Row, at: int, place: int) -> int | None:
        for skipped in range(row[place].gap + 1):
            reached = at + skipped * self.step
            if (self.bound - reached) * self.step < 0 or (skipped and self.words[reached] in _NEVER_SKIPPED):
                return None
            end = self.fit(row, reached, place + 1)
            if end is not None:
                return end
        return None
