"""The age of the person spoken of."""

import re
from collections.abc import Mapping

from routing.words import Message

YOUNGEST, OLDEST = 5, 110
SHORT_ANSWER = 4  # words of a text that is nothing but an answer
_NUMBER = re.compile(r"(\d{1,3})(yo|yrs|[fm])?")
_AGE_WORDS = frozenset({"age", "aged", "edad"})
_IS = frozenset({"am", "is", "turned", "turning", "turns", "just", "only", "are"})
_HAS = frozenset({"tengo", "tiene", "tienen", "cumplio", "cumpli"})
_YEARS = frozenset({"year", "years", "y", "yo", "anos", "ano", "anitos"})


def age(
    message: Message, lists: Mapping[str, frozenset[str]], asked: str | None, *, others: bool = False
) -> int | None:
    """Years told in the message (`I'm 34`, `my son is 16`, `34 years old`, `tengo 34 años`), or None.

    `others`: it is for somebody else, so that `I'm 45` is not the age that is meant.
    """
    words = message.words
    for at, word in enumerate(words):
        found = _NUMBER.fullmatch(word) if word[0].isdigit() else None
        if found is None or not YOUNGEST <= int(found.group(1)) <= OLDEST:
            continue
        before, after = words[max(0, at - 3) : at], words[at + 1 : at + 3]
        if others and (before[-2:] == ["i", "am"] or before[-1:] == ["tengo"]):
            continue
        suffixed = found.group(2) is not None and (len(found.group(1)) == 2)
        answer = asked == "age" and len(words) <= SHORT_ANSWER
        if suffixed or answer or _is_age(before, after, lists["not_age_after"]):
            return int(found.group(1))
    return None


def _is_age(before: list[str], after: list[str], not_after: frozenset[str]) -> bool:
    if len(after) > 1 and after[0] in _YEARS and after[1] in {"old", "o", "olds"}:
        return True
    if after[:1] == ["yo"] or (before and before[-1] in _AGE_WORDS) or before[-2:-1] == ["age"]:
        return True
    if after[:1] and after[0] in _YEARS:
        return bool(_HAS & set(before)) or before[-1:] == ["de"]
    return bool(before) and before[-1] in _IS and not (after and after[0] in not_after)
