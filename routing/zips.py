"""The ZIP code told in a message: written, in pieces or said digit by digit; not money, doses, streets or cases."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from routing.numbers import PLAIN, SPOKEN, WRITTEN_WHOLE, readings
from routing.words import Message

LOWEST_ZIP, HIGHEST_ZIP = 501, 99950  # Holtsville NY to Ketchikan AK
# First three digits that no ZIP code has (zipcodes 3.0.0, 2026); so has none that ends in three zeros.
_UNUSED_LIST = """
000 001 002 003 004 213 269 343 345 348 353 419 428 429 517 518 519 529 533 536 552 568 578 579 589 621 632 642 643
659 663 682 694 695 696 697 698 699 702 709 715 732 742 771 817 818 819 839 848 849 854 858 861 862 866 867 868 869
872 886 887 892 896 899 909 929 987
"""
_UNUSED = frozenset(_UNUSED_LIST.split())
STREET_REACH = 4  # words after a house number in which `street` stands
AFTER_REACH = 3  # words after a number in which "is my zip" stands
WHERE_REACH = 4  # words before a ZIP that tell whether one is there
CALLED, NOW = 4, 2  # how much being called a ZIP, and "now", count against "moving to" (1)
_WRITTEN = re.compile(r"(?:zip|zipcode|code)?([0-9o]{5})(?:ish)?")
_PLUS_FOUR = re.compile(r"\d{4}")
Lists = Mapping[str, frozenset[str]]
Found = tuple[str, int]  # five digits and the word they end with


def zip_code(message: Message, lists: Lists, asked: str | None = None) -> str | None:
    """The five digits of the ZIP told in `message`, or None. `asked`: `zip` when it is an answer to that question.

    Of several, the one called a ZIP or "now" wins, then one that nobody leaves or is only moving to, else the last.
    """
    best: tuple[int, int, str] | None = None
    last = -1
    for at, word in enumerate(message.words):
        if at <= last or (word.isalpha() and word not in SPOKEN):
            continue
        digits, last = _written(message, at) or _said(message, at, lists, asked)
        if not digits or not _exists(digits):
            continue
        rank = _rank(message, at, last, lists)
        if rank is not None and (best is None or (rank, at) >= best[:2]):
            best = (rank, at, digits)
    return best[2] if best else None


def _exists(digits: str) -> bool:
    in_range = LOWEST_ZIP <= int(digits) <= HIGHEST_ZIP
    return in_range and digits[:3] not in _UNUSED and not digits.endswith("000")


def _written(message: Message, at: int) -> Found | None:
    """Five digits in one piece, with an O for a zero at most twice; `-1234` after them belongs to them."""
    words = message.words
    found = _WRITTEN.fullmatch(words[at])
    if found is None or found.group(1).count("o") > 2:
        return None
    plus_four = at + 1 < len(words) and _PLUS_FOUR.fullmatch(words[at + 1])
    joined = plus_four and message.text[message.ends[at] : message.starts[at + 1]] in {"-", " "}
    return found.group(1).replace("o", "0"), at + 1 if joined else at


def _said(message: Message, at: int, lists: Lists, asked: str | None) -> Found:
    """Five digits in several words from `at`; no digits when the row of numbers there holds none."""
    words = message.words
    end = at
    while end < len(words) and (words[end] in SPOKEN or (words[end].isdecimal() and len(words[end]) < WRITTEN_WHOLE)):
        end += 1
    for first, last in _rows(message, at, end) if end > at else ():
        row = words[first:last]
        found = {digits for digits in readings(row) if len(digits) == WRITTEN_WHOLE}
        one_at_a_time = len(row) == WRITTEN_WHOLE and all(map(_is_single, row))
        called = lists["zip_before"] & (_before(message, first) | set(words[last : last + AFTER_REACH]))
        if len(found) == 1 and (one_at_a_time or called or asked == "zip" or len(row) == len(words)):
            return found.pop(), last - 1
    return "", max(at, end - 1)


def _rows(message: Message, at: int, end: int) -> Iterator[tuple[int, int]]:
    """Where five digits may stand from `at` to before `end`: all of it, one clause of it, single digits in a row."""
    words, clauses = message.words, message.clauses
    yield at, end
    for alike in (clauses, [_is_single(word) for word in words[at:end]]):
        start = at if alike is clauses else 0
        for _, places in groupby(range(start, start + end - at), alike.__getitem__):
            row = list(places)
            yield row[0] - start + at, row[-1] - start + at + 1
    if end - at > 1 and words[at] == "oh":  # Cleveland, OH
        yield at + 1, end


def _is_single(word: str) -> bool:
    return word in PLAIN or (len(word) == 1 and word.isdecimal())


def _rank(message: Message, at: int, last: int, lists: Lists) -> int | None:
    """How much the words around five digits speak for a ZIP; None when they speak against it."""
    words = message.words
    before, after = _before(message, at), set(words[last + 1 : last + 2])
    called = bool(lists["zip_before"] & before) or words[at].startswith("zip")
    signs = message.text[max(0, message.starts[at] - 4) : message.starts[at]].rstrip().endswith(("$", "#"))
    against = bool(lists["not_zip_before"] & before) or signs or _is_house_number(words[last + 1 :], lists)
    if lists["not_zip_after"] & after or (against and not called) or words[max(0, at - 1) : at] == ["not"]:
        return None
    around = words[max(0, at - WHERE_REACH) : at]
    now = bool({"now", "ahora", "ahorita"} & set(words[max(0, at - WHERE_REACH) : last + 4]))
    return CALLED * called + NOW * now - bool(lists["leaves_before"] & set(around) or "from" in around[-1:])


def _is_house_number(after: Sequence[str], lists: Lists) -> bool:
    """`12345 main street`: a street within a few words, all of them part of its name (`on the street` is none)."""
    for word in after[:STREET_REACH]:
        if word in lists["street_after"]:
            return True
        if word in lists["english"] or word in lists["spanish"] or word.isdecimal():
            return False
    return False


def _before(message: Message, at: int) -> set[str]:
    """Up to three words before `at`, of its clause or before a colon (`self pay, 94114`, but `member id: 94114`)."""
    before: set[str] = set()
    for place in range(at - 1, max(-1, at - 4), -1):
        between = message.text[message.ends[place] : message.starts[place + 1]]
        if message.clauses[place] != message.clauses[place + 1] and ":" not in between:
            break
        before.add(message.words[place])
    return before
