"""Turns what a person wrote or said into plain words, each with its place in the text."""

import re
import unicodedata
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from functools import lru_cache

MAX_CHARACTERS = 65_536  # a text longer than this is read up to here; keeps the time bounded
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:['’`´ʼ][^\W_]+)*")
_ZERO_WIDTH = (0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF)
_DIRECTIONS = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
_HALF_CHARACTERS = range(0xD800, 0xE000)  # cannot be written out again
_INVISIBLE = dict.fromkeys((*_ZERO_WIDTH, *_DIRECTIONS, *_HALF_CHARACTERS))
_APOSTROPHES = str.maketrans("’`´ʼ", "''''")
_LONG_RUN = re.compile(r"([^\W\d])\1{2,}")
_SENTENCE_END = re.compile(r"[!?;\n\r¿¡]|(?<!\.)\.(?!\.)")
_CLAUSE_END = re.compile(r"[,:()\[\]—–…]|\.\.| - ")
_DIGITS_SPELLED = frozenset(
    (
        *("zero", "oh", "o", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
        *("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"),
    )
)
_POSSESSIVE = re.compile(r"'s$")


@dataclass(frozen=True, slots=True)
class Message:
    """Plain words of one text. `words[i]` stands at `text[starts[i]:ends[i]]`.

    `sentences[i]` and `clauses[i]` number the sentence and the clause (comma, dash, brackets) a word stands in.
    """

    text: str
    words: list[str]
    starts: list[int]
    ends: list[int]
    sentences: list[int]
    clauses: list[int]

    def quote(self, first: int, last: int) -> str:
        """The writer's own characters for the words `first` to `last`."""
        return self.text[self.starts[first] : self.ends[last]]

    def without(self, places: Container[int]) -> "Message":
        """The same text without the words at `places`."""
        kept = [place for place in range(len(self.words)) if place not in places]
        return Message(
            self.text,
            [self.words[place] for place in kept],
            [self.starts[place] for place in kept],
            [self.ends[place] for place in kept],
            [self.sentences[place] for place in kept],
            [self.clauses[place] for place in kept],
        )


def plain_letters(words: str) -> str:
    """Small letters without accents, all else as it is: for what people look up or sort, as they type either."""
    return "".join(sign for sign in unicodedata.normalize("NFD", words.casefold()) if not unicodedata.combining(sign))


@lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """Lower case without accents, apostrophes made alike, digits of any script made 0 to 9,
    runs of three letters made one (`heeelp` -> `help`)."""
    plain = plain_letters(word).translate(_APOSTROPHES)
    if not plain.isascii():
        plain = "".join(str(unicodedata.decimal(sign, sign)) for sign in plain)
    return _LONG_RUN.sub(r"\1", plain).replace(".", "")


def spell_out(token: str, spellings: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The words that one folded token stands for: `isn't` -> `is not`, `u` -> `you`, `mom's` -> `mom`; may be none."""
    if token in spellings:
        return spellings[token]
    if "'" not in token:
        return (token,)
    bare = token.replace("'", "")
    if bare in spellings:
        return spellings[bare]
    return (_POSSESSIVE.sub("", token).replace("'", ""),)


def read(text: str, plain: Callable[[str], tuple[str, ...]]) -> Message:
    """Words of `text` (any Unicode, any length; read up to `MAX_CHARACTERS`). Never raises.

    `plain` gives the words that one word as written stands for.
    """
    text = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS].translate(_INVISIBLE))[:MAX_CHARACTERS]
    message = Message(text, [], [], [], [], [])
    sentence = clause = end = 0
    for found in _WORD.finditer(text):
        start = found.start()
        between = text[end:start]
        if between != " ":
            if _SENTENCE_END.search(between):
                sentence += 1
                clause += 1
            elif _CLAUSE_END.search(between):
                clause += 1
        end = found.end()
        for word in plain(found.group()):
            if _only_repeats(message, word, sentence):
                message.ends[-1] = end
                continue
            message.words.append(word)
            message.starts.append(start)
            message.ends.append(end)
            message.sentences.append(sentence)
            message.clauses.append(clause)
    return message


def _only_repeats(message: Message, word: str, sentence: int) -> bool:
    """Whether `word` only repeats the one before (`he he is`), as speech-to-text does; digits do not count."""
    if not message.words or message.words[-1] != word or word.isdigit() or word in _DIGITS_SPELLED:
        return False
    return message.sentences[-1] == sentence
