"""Names that speech-to-text or a keyboard took apart: `lora zepam`, `sub oxone`, `fent a nil`."""

from collections.abc import Callable, Iterator, Mapping

from routing.hits import Hit, Label
from routing.spelling import distance
from routing.words import Message, fold

MOST_PARTS = 3
SHORTEST = 5  # letters of a name that is put together again
BEGINNING = 2  # letters of it that are right
MISSPELT = 1  # wrong letters of it that are mended
MENDED_FROM = 8  # letters of it from which it may also be misspelt


class Rejoining:
    """Finds names in pieces. Reads only; may be used from any thread."""

    def __init__(self, names: Mapping[str, str], known: frozenset[str], mend: Callable[[str], str]) -> None:
        """`names`: one-word names, folded, and the substance of each; `known`: words that are no pieces of others."""
        self._labels = {name: Label("substance", id_) for name, id_ in names.items() if len(name) >= SHORTEST}
        self._shapes = {(name[:BEGINNING], len(name) + more) for name in self._labels for more in (-1, 0, 1)}
        self._known = known
        self._mend = mend

    def find(self, message: Message) -> Iterator[Hit]:
        """Two or three words in a row that are one name together, at least one of which is no word by itself."""
        words = [fold(message.quote(place, place)) for place in range(len(message.words))]  # as written, not mended
        odd = [place for place, word in enumerate(words) if word not in self._known and word.isalpha()]
        spans = {
            (first, first + many - 1)
            for place in odd
            for many in range(2, MOST_PARTS + 1)
            for first in range(max(0, place - many + 1), place + 1)
            if first + many <= len(words)
        }
        for first, last in sorted(spans):
            together = "".join(words[first : last + 1])
            if (together[:BEGINNING], len(together)) not in self._shapes or (
                message.clauses[first] != message.clauses[last]
            ):
                continue
            name = together if len(together) < MENDED_FROM else self._mend(together)
            label = self._labels.get(name)
            if label is not None and distance(together, name, MISSPELT) <= MISSPELT:
                yield Hit(label, first, last)
