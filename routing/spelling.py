"""Mends long misspelt words (`klonapin`, `siezure`) towards the words that the rules know."""

from collections.abc import Iterable

MIN_LETTERS = 6  # shorter words are too easily other words
TWO_EDITS_FROM = 9  # letters from which two edits are allowed
MAX_LETTERS = 30


class Speller:
    """Knows the words of the rules and mends others towards them; ordinary words are left alone."""

    def __init__(self, targets: Iterable[str], ordinary: Iterable[str], beginnings: tuple[str, ...] = ()) -> None:
        """`beginnings` are how known words may begin; such words are not mended."""
        self._targets = frozenset(
            word for word in targets if MIN_LETTERS <= len(word) <= MAX_LETTERS and word.isalpha()
        )
        self._known = self._targets | frozenset(ordinary)
        self._beginnings = beginnings
        self._by_deletion: dict[str, set[str]] = {}
        for word in self._targets:
            for shorter in _deletions(word, _edits(word)):
                self._by_deletion.setdefault(shorter, set()).add(word)

    def mend(self, word: str) -> str:
        """The known word that `word` was meant to be, or `word` itself."""
        if len(word) < MIN_LETTERS or len(word) > MAX_LETTERS or word in self._known or not word.isalpha():
            return word
        if word.startswith(self._beginnings):
            return word
        candidates = {
            known for shorter in _deletions(word, _edits(word)) for known in self._by_deletion.get(shorter, ())
        }
        near = []
        for known in candidates:
            allowed = min(_edits(known), _edits(word))
            steps = distance(word, known, allowed)
            if steps <= allowed:
                near.append((steps, known[0] != word[0], known))
        return min(near)[2] if near else word


def _edits(word: str) -> int:
    return 2 if len(word) >= TWO_EDITS_FROM else 1


def _deletions(word: str, edits: int) -> set[str]:
    """`word` and what is left of it after taking out up to `edits` letters."""
    left = {word}
    shortened = {word}
    for _ in range(edits):
        shortened = {less[:place] + less[place + 1 :] for less in shortened for place in range(len(less))}
        left |= shortened
    return left


def distance(a: str, b: str, limit: int) -> int:
    """Edits (insert, delete, replace, swap of neighbours) from `a` to `b`; more than `limit` is `limit + 1`."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    older: list[int] = []
    old = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        new = [i]
        for j, y in enumerate(b, 1):
            steps = min(old[j] + 1, new[j - 1] + 1, old[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                steps = min(steps, older[j - 2] + 1)
            new.append(steps)
        if min(new) > limit:
            return limit + 1
        older, old = old, new
    return min(old[-1], limit + 1)
