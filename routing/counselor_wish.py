"""Whether somebody would rather speak with a woman or with a man: a wish about the counselor, read from their words."""

import re
from typing import Final

from routing.gender import FEMALE, MALE
from routing.words import plain_letters

_WOMAN, _MAN = r"woman|lady|female|girl|mujer|senora|consejera|dama", r"man|guy|male|hombre|senor|varon"
_OF_GENDER: Final = {FEMALE: rf"(?:{_WOMAN})\b", MALE: rf"(?:{_MAN})\b"}
_ASKS: Final = (
    r"(?:talk(?:ing)?|speak(?:ing)?|chat(?:ting)?|prefer) (?:to |with )?(?:an? |some )?{who}"
    r"(?! (?:i|who|that|he|she|has|have|had|is|was|in|at|from)\b)",
    r"{who} (?:counsell?or|person|volunteer|to talk to|to speak with)",
    r"(?:hablar|platicar|atienda|ayude|prefiero|prefiere|prefiera)(?: que sea| a)? ?(?:con )?(?:una? )?{who}",
)
_READ: Final = {
    gender: re.compile("|".join(rf"\b{ask.format(who=who)}" for ask in _ASKS)) for gender, who in _OF_GENDER.items()
}
_NOT: Final = re.compile(r"\b(?:not|dont|don't|never|no|sin|nunca)\b(?: \w+){0,3} ?$")
_MARKS: Final = re.compile(r"[^\w' ]+")
LONGEST_READ: Final = 2000  # characters; a wish is in the first words or in none


def counselor_wish(words: str) -> str | None:
    """`female`, `male`, or None when nothing, or both, is asked for. "Not a man" asks for a woman."""
    plain = plain_letters(words[:LONGEST_READ]).replace("’", "'")
    text = " ".join(_MARKS.sub(" , ", plain).split())
    asked = {
        _other(gender) if _NOT.search(text[: found.start()]) else gender
        for gender, pattern in _READ.items()
        for found in pattern.finditer(text)
    }
    return asked.pop() if len(asked) == 1 else None


def _other(gender: str) -> str:
    return MALE if gender == FEMALE else FEMALE
