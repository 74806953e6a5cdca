"""Numbers as people say them, digit by digit or in pairs: `oh two one five oh`, `double zero`, `thirty three`."""

from collections.abc import Sequence

_DIGITS = {
    **{"zero": "0", "oh": "0", "o": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5"},
    **{"six": "6", "seven": "7", "eight": "8", "nine": "9", "cero": "0", "uno": "1", "dos": "2", "tres": "3"},
    **{"cuatro": "4", "cinco": "5", "seis": "6", "siete": "7", "ocho": "8", "nueve": "9"},
}
_TEENS = {
    **{"ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15"},
    **{"sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19"},
    **{"diez": "10", "once": "11", "doce": "12", "trece": "13", "catorce": "14", "quince": "15"},
    **{"dieciseis": "16", "diecisiete": "17", "dieciocho": "18", "diecinueve": "19", "veintiuno": "21"},
    **{"veintidos": "22", "veintitres": "23", "veinticuatro": "24", "veinticinco": "25", "veintiseis": "26"},
    **{"veintisiete": "27", "veintiocho": "28", "veintinueve": "29"},
}
_TENS = {
    **{"twenty": "2", "thirty": "3", "forty": "4", "fifty": "5", "sixty": "6", "seventy": "7", "eighty": "8"},
    **{"ninety": "9", "veinte": "2", "treinta": "3", "cuarenta": "4", "cincuenta": "5", "sesenta": "6"},
    **{"setenta": "7", "ochenta": "8", "noventa": "9"},
}
_TIMES = {"double": 2, "triple": 3, "doble": 2}
_HUNDRED, _THOUSAND, _AND = frozenset({"hundred"}), frozenset({"thousand", "mil"}), frozenset({"y"})
SPOKEN = frozenset({"ciento", *_DIGITS, *_TEENS, *_TENS, *_TIMES, *_HUNDRED, *_THOUSAND, *_AND})
PLAIN = frozenset(_DIGITS)  # said one at a time: a row of digits and nothing else
WRITTEN_WHOLE = 5  # digits of a ZIP in one piece, which is read by itself
LONGEST = 9  # words of a number that are read


def readings(words: Sequence[str]) -> frozenset[str]:
    """Every row of digits that `words` may stand for; none when one of them is no number or there are too many."""
    return frozenset(_read(tuple(words))) if 0 < len(words) <= LONGEST else frozenset()


def _read(words: tuple[str, ...]) -> set[str]:
    """All ways to read `words`: `sixty six oh one` is 6601 and 60601."""
    if not words:
        return {""}
    word, rest = words[0], words[1:]
    found: set[str] = set()
    if word in _TIMES:
        digit = _digit(rest[0]) if rest else None
        return {digit * _TIMES[word] + more for more in _read(rest[1:])} if digit else found
    if word == "ciento":
        return {"1" + more.zfill(2) for more in _read(rest) if 0 < len(more) <= 2}
    if word in _TENS:
        unit = rest[1:] if rest[:1] and rest[0] in _AND else rest
        digit = _digit(unit[0]) if unit else None
        if digit and digit != "0":
            found |= {_TENS[word] + digit + more for more in _continue(unit[1:])}
        if not rest or rest[0] not in _AND:
            found |= {_TENS[word] + "0" + more for more in _continue(rest)}
        return found
    said = (
        _digit(word) or _TEENS.get(word) or (word if word.isascii() and word.isdecimal() and len(word) <= 4 else None)
    )
    return {said + more for more in _continue(rest)} if said else found


def _continue(rest: tuple[str, ...]) -> set[str]:
    """What may follow a number: `hundred`, `thousand` and what is left of it, or the next number."""
    if rest and rest[0] in _HUNDRED:
        return {"00" + more for more in _read(rest[1:])}
    if rest and rest[0] in _THOUSAND:
        return {more.zfill(3) for more in _read(rest[1:]) if len(more) <= 3}
    return _read(rest)


def _digit(word: str) -> str | None:
    return word if len(word) == 1 and word.isdecimal() and word.isascii() else _DIGITS.get(word)
