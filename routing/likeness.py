"""How much a text sounds like those of people in danger, by the words and pairs of words it is made of.

The phrases of the red flags are what a clinician wrote down; nobody can write down everything. Each sign (a word, a
beginning, two words in a row or with one between) carries weights learnt from the corpus: how much it speaks for an
emergency and how much for despair. They find what no phrase covers, and doubt a phrase in a text that sounds like none.
A sign counts by its rarity (inverse document frequency, Sparck Jones 1972), or common words would drown what matters.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, inf, log1p, sqrt

from routing.understanding import DOUBTED, RaisedFlag, SetAside
from routing.vocabulary import DANGER
from routing.words import Message

WINDOW = 60  # words weighed at a time, so that a short cry in a long text is not drowned
LISTENED_FROM = 2  # words of a text; of a shorter one the phrases know more than its sound
BEGINNING = 5  # letters of the beginning that a longer word also counts as
EXPLAINED = 1.0  # log odds more to raise a flag when the phrases of danger in the text were explained away
QUOTED = 3  # quotes that tell what raised a flag
SUICIDAL = "suicidal"  # its flags, with means and without, are one kind of danger
EMERGENCY, DESPAIR = "sounds_like_emergency", "sounds_like_despair"
Weights = Mapping[str, tuple[float, float, float]]  # for emergency, for despair, rarity


@dataclass(frozen=True, slots=True)
class Sound:
    """What a stretch of text sounds like: log odds of danger against none, the flag, and the words that say so."""

    odds: float
    flag: str
    words: tuple[str, ...]


def signs(words: Sequence[str]) -> dict[str, None]:
    """Every sign in a row of words, once: `word`, `begin*`, `two words`, `one _ three`; `^` and `$` are its ends."""
    row = ["^", *("#" if word.isdigit() else word for word in words), "$"]
    found = dict.fromkeys(row[:-1])
    found.update(dict.fromkeys(word[:BEGINNING] + "*" for word in row if len(word) > BEGINNING))
    found.update(dict.fromkeys(f"{one} {two}" for one, two in pairwise(row)))
    found.update(dict.fromkeys(f"{one} _ {two}" for one, two in zip(row, row[2:], strict=False)))
    return found


class Likeness:
    """The learnt weights of one content. Reads only; may be used from any thread."""

    def __init__(self, weights: Weights, bias: tuple[float, float], *, raise_from: float, doubt_below: float) -> None:
        """Log odds: from `raise_from` a text is in danger though no phrase says so; below `doubt_below` it is not."""
        self._weights = weights
        self._bias = bias
        self._raise_from = raise_from
        self._doubt_below = doubt_below

    def sound(self, message: Message) -> Sound | None:
        """The most alarming stretch of `message`; None when it is too short or no sign of it is known."""
        if len(message.words) < LISTENED_FROM:
            return None
        starts = range(0, max(len(message.words) - WINDOW // 2, 1), WINDOW // 2)
        odds, kind, start = max(self._stretch(message, start) for start in starts)
        if odds == -inf:
            return None
        if odds < self._raise_from:
            return Sound(odds, (EMERGENCY, DESPAIR)[kind], ())
        heard = [sign for sign in signs(message.words[start : start + WINDOW]) if sign in self._weights]
        loudest = sorted(heard, key=self._loudness(kind), reverse=True)[:QUOTED]
        words = dict.fromkeys(_quote(message, start, sign) for sign in loudest)
        return Sound(odds, (EMERGENCY, DESPAIR)[kind], tuple(words))

    def second_look(
        self,
        message: Message,
        flags: tuple[RaisedFlag, ...],
        actions: Mapping[str, str],
        *,
        certain: frozenset[str],
        explained: bool,
    ) -> tuple[tuple[RaisedFlag, ...], tuple[SetAside, ...]]:
        """The flags after listening to the whole text, and those set aside because it sounds like no danger.

        `actions` of the content by flag. `certain`: flags that are not doubted. `explained`: a phrase of danger was
        found and set aside (denied, long ago). Dangers of two kinds stand, whatever it sounds like.
        """
        sound = self.sound(message)
        if sound is None:
            return flags, ()
        in_danger = [flag for flag in flags if flag.urgency in DANGER]
        raise_from = self._raise_from + (EXPLAINED if explained else 0)
        if not in_danger and sound.odds >= raise_from:
            return (*flags, RaisedFlag(sound.flag, actions[sound.flag], sound.words)), ()
        kinds = {SUICIDAL if flag.id.startswith(SUICIDAL) else flag.id for flag in in_danger}
        sure = len(kinds) > 1 or any(flag.id in certain for flag in in_danger)
        if in_danger and not sure and sound.odds < self._doubt_below:
            others = tuple(flag for flag in flags if flag not in in_danger)
            return others, tuple(SetAside(flag.id, flag.words[0], DOUBTED) for flag in in_danger)
        return flags, ()

    def _loudness(self, kind: int) -> Callable[[str], float]:
        return lambda sign: self._weights[sign][kind] * self._weights[sign][2]

    def _stretch(self, message: Message, start: int) -> tuple[float, int, int]:
        """Log odds of danger, its kind (0 emergency, 1 despair) and `start`; the least odds when no sign is known."""
        heard = signs(message.words[start : start + WINDOW])
        found = [self._weights[sign] for sign in heard if sign in self._weights]
        if not found:
            return -inf, 0, start
        share = 1 / sqrt(sum(rarity * rarity for _, _, rarity in found))
        emergency = self._bias[0] + share * sum(weight * rarity for weight, _, rarity in found)
        despair = self._bias[1] + share * sum(weight * rarity for _, weight, rarity in found)
        odds = max(emergency, despair) + log1p(exp(-abs(emergency - despair)))
        return odds, 0 if emergency >= despair else 1, start


def _quote(message: Message, start: int, sign: str) -> str:
    """The writer's words where `sign` stands first at or after the word `start`."""
    parts = [part for part in sign.split() if part not in {"^", "$"}]
    last = len(message.words) - 1
    for at in range(start, last + 1):
        if all(
            part in {"_", "#"} or _is(part, message.words[min(at + ahead, last)]) for ahead, part in enumerate(parts)
        ):
            return message.quote(at, min(at + max(len(parts) - 1, 0), last))
    return message.quote(start, start)


def _is(part: str, word: str) -> bool:
    return word.startswith(part[:-1]) if part.endswith("*") else word == part
