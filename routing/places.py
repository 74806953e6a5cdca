"""Where somebody is: ZIP, town and state told in a message."""

import re
from collections.abc import Mapping

from routing.words import Message

LOWEST_ZIP, HIGHEST_ZIP = 501, 99950  # Holtsville NY to Ketchikan AK
READ_CHARACTERS = 4_000  # a town further on in a text is not looked for
_FIVE = re.compile(r"\d{5}")
Lists = Mapping[str, frozenset[str]]
_STATE_LIST = """
AL alabama, AK alaska, AZ arizona, AR arkansas, CA california, CO colorado, CT connecticut, DE delaware, FL florida,
GA georgia, HI hawaii, ID idaho, IL illinois, IN indiana, IA iowa, KS kansas, KY kentucky, LA louisiana, ME maine,
MD maryland, MA massachusetts, MI michigan, MN minnesota, MS mississippi, MO missouri, MT montana, NE nebraska,
NV nevada, NH new hampshire, NJ new jersey, NM new mexico, NY new york, NC north carolina, ND north dakota, OH ohio,
OK oklahoma, OR oregon, PA pennsylvania, RI rhode island, SC south carolina, SD south dakota, TN tennessee, TX texas,
UT utah, VT vermont, VA virginia, WA washington, WV west virginia, WI wisconsin, WY wyoming, DC district of columbia
"""
STATES = {name: code for code, name in (entry.strip().split(" ", 1) for entry in _STATE_LIST.split(","))}
_CODES = frozenset(STATES.values())
_STATE_NAMES = re.compile(rf"\b(?:{'|'.join(sorted(STATES, key=len, reverse=True))})\b")
_PLACE = r"[A-ZÁÉÍÓÚÑ][\w'’]+(?:[ -](?:(?:de|del|la|las|los|of|on)[ ])?[A-ZÁÉÍÓÚÑ][\w'’]+){0,2}"
_TOWN = re.compile(
    rf"\b(?:in|near|around|from|outside of|close to|by|en|cerca de|desde|de) ({_PLACE})(?:,? ([A-Z]{{2}})\b)?"
)
_TOWN_AND_CODE = re.compile(rf"\b({_PLACE}),? ([A-Z]{{2}})\b")


def zip_code(message: Message, lists: Lists) -> str | None:
    """A five-digit ZIP, written, spaced or spelled out; not money, doses or case numbers.

    Of several, the one called a ZIP or "now" wins, else the last.
    """
    words = message.words
    best: tuple[int, int, str] | None = None
    for at, word in enumerate(words):
        if not (word[0].isdigit() or word in lists["digit_words"]):
            continue
        digits, last = _digits_at(message, at, lists)
        if digits is None or not LOWEST_ZIP <= int(digits) <= HIGHEST_ZIP:
            continue
        rank = _rank(message, at, last, lists)
        if rank is not None and (best is None or (rank, at) >= best[:2]):
            best = (rank, at, digits)
    return best[2] if best else None


def _rank(message: Message, at: int, last: int, lists: Lists) -> int | None:
    """How much the words around five digits speak for a ZIP; None when they speak against it."""
    words = message.words
    before, after = _before(message, at), set(words[last + 1 : last + 2])
    called = bool(lists["zip_before"] & before)
    against = lists["not_zip_before"] & before or message.text[
        max(0, message.starts[at] - 4) : message.starts[at]
    ].rstrip().endswith(("$", "#"))
    if lists["not_zip_after"] & after or (against and not called):
        return None
    now = bool({"now", "ahora"} & set(words[max(0, at - 4) : last + 4]))
    return 2 * called + now


def _before(message: Message, at: int) -> set[str]:
    """Up to three words before `at`, of its clause or before a colon (`self pay, 94114`, but `member id: 94114`)."""
    before: set[str] = set()
    for place in range(at - 1, max(-1, at - 4), -1):
        between = message.text[message.ends[place] : message.starts[place + 1]]
        if message.clauses[place] != message.clauses[place + 1] and ":" not in between:
            break
        before.add(message.words[place])
    return before


def _digits_at(message: Message, at: int, lists: Lists) -> tuple[str | None, int]:
    """Five digits that begin at word `at`, and the word they end with."""
    words = message.words
    if _FIVE.fullmatch(words[at]):
        plus_four = at + 1 < len(words) and re.fullmatch(r"\d{4}", words[at + 1])
        joined = plus_four and message.text[message.ends[at] : message.starts[at + 1]] in {"-", " "}
        return words[at], at + 1 if joined else at
    if at and _digit(words[at - 1], lists):
        return None, at
    row = [digit for digit in (_digit(word, lists) for word in words[at : at + 5]) if digit]
    alone = at + 5 >= len(words) or not _digit(words[at + 5], lists)
    return ("".join(row), at + 4) if len(row) == 5 and alone else (None, at)


def _digit(word: str, lists: Lists) -> str | None:
    if len(word) == 1 and word in "0123456789":
        return word
    return _DIGITS.get(word) if word in lists["digit_words"] else None


_DIGITS = {
    **{"zero": "0", "oh": "0", "o": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5"},
    **{"six": "6", "seven": "7", "eight": "8", "nine": "9", "cero": "0", "uno": "1", "dos": "2", "tres": "3"},
    **{"cuatro": "4", "cinco": "5", "seis": "6", "siete": "7", "ocho": "8", "nueve": "9"},
}


def town(message: Message) -> tuple[str | None, str | None]:
    """Town as written (`in Quincy, MA`) and two-letter state; the directory decides whether there is such a town."""
    text = message.text[:READ_CHARACTERS]
    state = _state_in(text)
    found = _TOWN_AND_CODE.search(text)
    if found and found.group(2) in _CODES:
        return found.group(1).removeprefix("In ").removeprefix("Near "), found.group(2)
    for found in _TOWN.finditer(text):
        if found.group(1).lower() not in STATES:
            return found.group(1), found.group(2) if found.group(2) in _CODES else state
    return None, state


def _state_in(text: str) -> str | None:
    found = _STATE_NAMES.search(text.lower())
    return STATES[found.group()] if found else None
