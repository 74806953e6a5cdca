"""Finds thousands of phrases in a message in one pass, each looked for only where its rarest word stands."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from routing.hits import REACH, Hit, Label
from routing.phrase_language import Element, Row
from routing.words import Message

# What is denied must not be read as said, nor what stands on the other side of a "but" as one with this side.
_NEVER_SKIPPED = frozenset({"not", "never", "nunca", "but", "pero", "sino", "contrario"})
LONG_BEGINNING = 5  # letters from which a known beginning makes a word known
NEAR = 4  # words between a "not" and what it denies up to which a comma does not matter
MAX_REMEMBERED = 20_000  # words whose phrases are kept at hand
_NO_WORDS: frozenset[str] = frozenset()
# up to so many words between; then one of the words, or what the element takes besides them; it may be missing
Step = tuple[int, frozenset[str], Element | None, bool]
Steps = tuple[Step, ...]


class _Anchored(NamedTuple):
    """A phrase cut at its rarest place: what follows it, and what stands before it read backwards.

    `needs` and `also`: one word of each must stand near, or looking further is no use. `in_one_clause`: it must not go
    on after a comma; so it is with a "not" and what it denies some words later.
    """

    label: Label
    after: Steps
    before: Steps
    needs: frozenset[str]
    also: frozenset[str]
    fillers: frozenset[str]
    in_one_clause: bool


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
        self._remembered: dict[str, Sequence[_Anchored]] = {}
        self.vocabulary = frozenset(w for _, row in phrases for e in row for w in e.words)
        self.beginnings = tuple({p for _, row in phrases for e in row for p in e.prefixes if len(p) >= LONG_BEGINNING})

    def _index(self, label: Label, row: Row, commonness: Counter[str]) -> None:
        def common(place: int) -> int:
            return sum(commonness[word] for word in (*row[place].words, *row[place].prefixes))

        fixed = sorted((place for place, element in enumerate(row) if element.fixed), key=common)
        anchor = fixed[0]
        others = [row[place].words for place in fixed[1:] if not row[place].prefixes]
        needs, also = (*others[:2], _NO_WORDS, _NO_WORDS)[:2]
        fillers = self._fillers if label.loose else _NO_WORDS
        in_one_clause = bool(row[0].words & _NEVER_SKIPPED) and max(element.gap for element in row) > NEAR
        after, before = _steps(row[anchor + 1 :]), _steps(row[:anchor][::-1])
        entry = _Anchored(label, after, before, needs, also, fillers, in_one_clause)
        for word in row[anchor].words:
            self._by_word[word].append(entry)
        for prefix in row[anchor].prefixes:
            self._by_prefix[prefix].append(entry)

    def find(self, message: Message) -> list[Hit]:
        """Every hit. Time grows with the length of the message alone."""
        hits: dict[tuple[int, int, int], Hit] = {}  # several phrases of one label may fit the same words
        words, clauses = message.words, message.clauses
        for first, last in _sentences(message.sentences):
            for start in range(first, last + 1, REACH):
                end = min(start + REACH, last + 1)
                near = set(words[max(first, start - REACH) : end + REACH])
                for at in range(start, end):
                    entries = self._remembered.get(words[at])
                    if entries is None:
                        entries = self._entries(words[at])
                    if not entries:
                        continue
                    low, high = max(first, at - REACH), min(last, at + REACH)
                    for label, after, before, needs, also, fillers, in_one_clause in entries:
                        if needs and near.isdisjoint(needs):
                            continue
                        if also and near.isdisjoint(also):
                            continue
                        to = _fit(words, after, at, 1, low, high, fillers) if after else at
                        if to is None:
                            continue
                        begin = _fit(words, before, at, -1, low, high, fillers) if before else at
                        if label.whole and (begin, to) != (first, last):
                            continue
                        if begin is not None and not (in_one_clause and clauses[begin] != clauses[to]):
                            place = (id(label), begin, to)
                            if place not in hits:
                                hits[place] = Hit(label, begin, to)
        return list(hits.values())

    def _entries(self, word: str) -> Sequence[_Anchored]:
        entries = list(self._by_word.get(word, ()))
        for length in self._prefix_lengths:
            if length > len(word):
                break
            entries += self._by_prefix.get(word[:length], ())
        if len(self._remembered) < MAX_REMEMBERED:
            self._remembered[word] = entries
        return entries


def _steps(row: Row) -> Steps:
    """Each element with the number of words that the dots before it let pass."""
    steps: list[Step] = []
    gap = 0
    for element in row:
        gap += element.gap
        if not element.gap:
            more = element if element.prefixes or element.at_least else None
            steps.append((gap, element.words, more, element.optional))
            gap = 0
    return tuple(steps)


def _sentences(sentences: list[int]) -> Iterator[tuple[int, int]]:
    """The first and the last word of each sentence."""
    first = 0
    for at in range(1, len(sentences) + 1):
        if at == len(sentences) or sentences[at] != sentences[first]:
            yield first, at - 1
            first = at


def _fit(
    words: list[str], steps: Steps, at: int, step: int, low: int, high: int, fillers: frozenset[str], place: int = 0
) -> int | None:
    """Index of the last word taken when `steps[place:]` fit next to `at`, going by `step` (1 or -1) and not beyond
    `low` and `high`; None if they do not."""
    gap, taken, more, optional = steps[place]
    is_last = place + 1 == len(steps)
    for skipped in range(gap + 1):
        if skipped:
            at += step
            if not low <= at <= high or words[at] in _NEVER_SKIPPED:
                return None
        here = at + step
        while low <= here <= high:
            word = words[here]
            if word in taken or (more and more.takes(word)):
                end = here if is_last else _fit(words, steps, here, step, low, high, fillers, place + 1)
                if end is not None:
                    return end
            if word not in fillers:
                break
            here += step
        if optional:
            end = at if is_last else _fit(words, steps, at, step, low, high, fillers, place + 1)
            if end is not None:
                return end
    return None
