"""Phrases found in a message: what they mean, where they stand, which stand near each other."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

REACH = 40  # words before and after its rarest word in which a phrase is looked for


@dataclass(frozen=True, slots=True)
class Label:
    """What a phrase means: `kind` (flag, substance, payer, cue, ...), `id` and `detail`.

    A `loose` one may have filler words ("really", "the") anywhere between its places. A `whole` one counts only
    where it is a whole sentence.
    """

    kind: str
    id: str
    detail: str = ""
    loose: bool = True
    whole: bool = False


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


class Spans:
    """Hits in the order of their first word, asked for those near a place without looking at all of them."""

    def __init__(self, hits: Iterable[Hit]) -> None:
        self._hits = sorted(hits, key=lambda hit: (hit.first, hit.last))
        self._firsts = [hit.first for hit in self._hits]
        self._longest = max((hit.last - hit.first for hit in self._hits), default=0)

    def __bool__(self) -> bool:
        return bool(self._hits)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self._hits)

    def near(self, hit: Hit, reach: int = 0) -> Iterable[Hit]:
        """Those with at most `reach` words between them and `hit`, before or after; overlapping ones too."""
        if not self._hits:
            return ()
        low = bisect_left(self._firsts, hit.first - reach - 1 - self._longest)
        high = bisect_right(self._firsts, hit.last + reach + 1)
        return [other for other in self._hits[low:high] if other.last >= hit.first - reach - 1]

    def overlap(self, hit: Hit) -> bool:
        """Whether one of them shares a word with `hit`."""
        return any(other.first <= hit.last and hit.first <= other.last for other in self.near(hit))

    def cover(self, hit: Hit) -> bool:
        """Whether `hit` is a shorter part of one of them."""
        return any(hit.is_inside(other) for other in self.near(hit))


NOWHERE = Spans(())
Hits = dict[str, dict[str, list[Hit]]]  # kind -> id -> hits


def by_kind(hits: Iterable[Hit]) -> Hits:
    """Hits by kind and id; every kind may be asked for, also one that was not found."""
    sorted_hits: Hits = defaultdict(dict)
    for hit in hits:
        sorted_hits[hit.label.kind].setdefault(hit.label.id, []).append(hit)
    return sorted_hits


def flat(by_id: dict[str, list[Hit]]) -> list[Hit]:
    """All hits of one kind."""
    return [hit for hits in by_id.values() for hit in hits]
