"""Where somebody is: town and state told in a message."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from routing.spelling import MIN_LETTERS, Speller
from routing.words import fold

READ_CHARACTERS = 4_000  # a town further on in a text is not looked for
LONGEST_NAME = 4  # words of a town's name
SHORT_ANSWER = 5  # words of a text that may be nothing but an answer
WHERE_REACH = 5  # words before a town that tell whether one is there
_STATE_LIST = """
AL alabama, AK alaska, AZ arizona, AR arkansas, CA california, CO colorado, CT connecticut, DE delaware, FL florida,
GA georgia, HI hawaii, ID idaho, IL illinois, IN indiana, IA iowa, KS kansas, KY kentucky, LA louisiana, ME maine,
MD maryland, MA massachusetts, MI michigan, MN minnesota, MS mississippi, MO missouri, MT montana, NE nebraska,
NV nevada, NH new hampshire, NJ new jersey, NM new mexico, NY new york, NC north carolina, ND north dakota, OH ohio,
OK oklahoma, OR oregon, PA pennsylvania, RI rhode island, SC south carolina, SD south dakota, TN tennessee, TX texas,
UT utah, VT vermont, VA virginia, WA washington, WV west virginia, WI wisconsin, WY wyoming, DC district of columbia
"""
STATES = {name: code for code, name in (entry.strip().split(" ", 1) for entry in _STATE_LIST.split(","))}
_CODES = frozenset(STATES.values()) | {"PR", "GU", "VI", "AS"}
_ALSO_WORDS = frozenset({"in", "or", "me", "hi", "ok", "la", "de", "al", "id", "oh", "as", "va"})  # codes and words
_SHORT = {"st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount"}
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:['’][^\W_]+)*\.?")
_WITHIN_A_NAME = re.compile(r"[ .'’-]{1,2}")
_BEFORE_A_STATE = re.compile(r"[ ,.]{0,3}")
Lists = Mapping[str, frozenset[str]]
Place = tuple[str | None, str | None]


class TownContent(Protocol):
    """Names of towns, folded and parted by commas, and other names of towns and states."""

    @property
    def large_towns(self) -> str: ...
    @property
    def small_towns(self) -> str: ...
    @property
    def called(self) -> Mapping[str, str]: ...
    @property
    def states_called(self) -> Mapping[str, str]: ...
    @property
    def states_short(self) -> Mapping[str, str]: ...


class _Word(NamedTuple):
    """A word of the text, folded, where it stands, and whether it is written with a capital."""

    plain: str
    start: int
    end: int
    capital: bool


class _Found(NamedTuple):
    """A town or state at the words `first` to `last`."""

    name: str
    last: int


class Towns:
    """Every town by name. `find` may be called from any thread."""

    def __init__(self, content: TownContent, other_words: Iterable[str], lists: Lists) -> None:
        """`other_words` mean something else: a town called so is understood with a state or a capital only."""
        large, small = (frozenset(_names(text)) for text in (content.large_towns, content.small_towns))
        self._towns = {name: name for name in large | small} | dict(content.called)
        self._states = {**STATES, **content.states_called}
        self._short_states = {**self._states, **content.states_short}
        self._other_words = (frozenset(other_words) | lists["english"] | lists["spanish"]) - content.called.keys()
        self._lists = lists
        self._begin = {name.split()[0] for name in self._towns} | set(_SHORT)  # no other word begins a town
        self._begin_states = {name.split()[0] for name in self._short_states} | {code.lower() for code in _CODES}
        known = {word for name in large | small for word in name.split()} | self._other_words | set(self._short_states)
        self._speller = Speller((name for name in large if " " not in name), known)

    def find(self, text: str, asked: str | None = None) -> Place:
        """Town (as written, else its usual name) and two-letter state of `text`; either may be None.

        A town with a state is taken anywhere, one alone only after `in`, `near`, `cerca de` ..., or as the answer when
        `asked` is `zip`. Of several, the one where somebody is now wins, then one with a state, else the first.
        """
        text = text[:READ_CHARACTERS]
        words = [_Word(fold(m[0]), m.start(), m.end(), m[0][:1].isupper()) for m in _WORD.finditer(text)]
        found = max(self._places(text, words, asked), default=None, key=lambda place: place[0])
        if found is not None:
            return found[1]
        may_be = (at for at, word in enumerate(words) if word.plain in self._begin_states)
        return None, next((state.name for at in may_be if (state := _state(words, at, self._states))), None)

    def _places(self, text: str, words: Sequence[_Word], asked: str | None) -> Iterator[tuple[tuple[int, int], Place]]:
        shouted = text.isupper()
        last = -1
        for at in range(len(words)):
            if at <= last:
                continue
            led = self._is_led(words, at)
            if not led and words[at].plain not in self._begin and not self._state_after(text, words, at):
                continue
            town = self._town(text, words, at, led=led)
            if town is None:
                continue
            state = self._state_after(text, words, town.last)
            alone = asked == "zip" and at == 0 and town.last == len(words) - 1 and len(words) <= SHORT_ANSWER
            is_word = town.last == at and words[at].plain in self._other_words
            if state and is_word and _is_word_too(text, words[state.last]):
                state = None
            named = led and not (is_word and (shouted or not words[at].capital))
            if state is None and not (named or alone):
                continue
            last = state.last if state else town.last
            yield (self._here(words, at, last), int(state is not None)), (town.name, state.name if state else None)

    def _is_led(self, words: Sequence[_Word], at: int) -> bool:
        leading = self._lists["town_before"]
        return at > 0 and (
            words[at - 1].plain in leading or (at > 1 and f"{words[at - 2].plain} {words[at - 1].plain}" in leading)
        )

    def _here(self, words: Sequence[_Word], first: int, last: int) -> int:
        """More when one lives there now, less when one comes from there or goes there."""
        around = [word.plain for word in words[max(0, first - WHERE_REACH) : last + 2]]
        before = around[: min(first, WHERE_REACH)]
        leaves = bool(self._lists["leaves_before"].intersection(before)) or before[-1:] == ["from"]
        return 2 * bool({"now", "ahora", "ahorita"}.intersection(around)) - leaves

    def _town(self, text: str, words: Sequence[_Word], at: int, *, led: bool) -> _Found | None:
        """The longest name of a town that begins at `at`; a misspelt one after `in` or before a state."""
        first = words[at].plain
        for many in range(min(LONGEST_NAME, len(words) - at), 0, -1):
            plain = [word.plain.replace("'", " ") for word in words[at : at + many]]
            in_full = [_SHORT.get(word, word) for word in plain]
            name = self._towns.get(" ".join(plain)) or self._towns.get(" ".join(in_full))
            if name is not None and _joined(text, words, at, at + many - 1):
                return _Found(_as_written(text, words[at], words[at + many - 1], name), at + many - 1)
        if len(first) < MIN_LETTERS or not (led or self._state_after(text, words, at)):
            return None
        mended = self._speller.mend(first)
        return _Found(mended.title(), at) if mended != first else None

    def _state_after(self, text: str, words: Sequence[_Word], last: int) -> _Found | None:
        """The state right after a town's last word; a code that is a word too, in capitals or at the end of all."""
        after = last + 1
        if after >= len(words) or words[after].plain not in self._begin_states:
            return None
        if not _BEFORE_A_STATE.fullmatch(text[words[last].end : words[after].start]):
            return None
        named = _state(words, after, self._short_states)
        if named is not None:
            return named
        code = words[after].plain.upper()
        if code not in _CODES:
            return None
        written = text[words[after].start : words[after].end].rstrip(".")
        ends = after + 1 == len(words) or words[after + 1].plain.isdecimal()
        sure = (written.isupper() and not text.isupper()) or code.lower() not in _ALSO_WORDS or ends
        return _Found(code, after) if sure else None


def _state(words: Sequence[_Word], at: int, names: Mapping[str, str]) -> _Found | None:
    """A state called by its name at `at`."""
    for many in (3, 2, 1):
        name = " ".join(word.plain for word in words[at : at + many])
        if at + many <= len(words) and name in names:
            return _Found(names[name], at + many - 1)
    return None


def _is_word_too(text: str, state: _Word) -> bool:
    """Whether what looks like a state may be a word of the sentence (`call me`)."""
    return state.plain in _ALSO_WORDS and "," not in text[max(0, state.start - 2) : state.start]


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.replace("\n", " ").split(",") if name.strip()]


def _joined(text: str, words: Sequence[_Word], first: int, last: int) -> bool:
    """Whether nothing but blanks, points and hyphens stands between the words `first` to `last`."""
    pairs = zip(words[first:last], words[first + 1 : last + 1], strict=True)
    return all(_WITHIN_A_NAME.fullmatch(text[one.end : two.start]) for one, two in pairs)


def _as_written(text: str, first: _Word, last: _Word, name: str) -> str:
    """The town's name as the writer has it when it is written with a capital and in full, else its usual form."""
    written = text[first.start : last.end]
    return written if first.capital and not written.isupper() and fold(written) == name else name.title()
