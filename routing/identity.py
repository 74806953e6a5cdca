"""When two directory rows are one facility, and when two facilities share an operator (MATCHING.md R11, R15)."""

import re
import unicodedata

_OTHER = re.compile(r"[^a-z0-9 ]")
_BLANKS = re.compile(r" {2,}")
_EXTENSION = re.compile(r"(?:x|ext\.?|extension|#)\s*\d+\s*$", re.IGNORECASE)

_STREET_WORDS = {
    **{"street": "st", "str": "st", "avenue": "ave", "av": "ave", "road": "rd", "drive": "dr", "lane": "ln"},
    **{"boulevard": "blvd", "court": "ct", "place": "pl", "square": "sq", "terrace": "ter", "circle": "cir"},
    **{"highway": "hwy", "parkway": "pkwy", "turnpike": "tpke", "route": "rt", "rte": "rt", "trail": "trl"},
    **{"north": "n", "south": "s", "east": "e", "west": "w", "northeast": "ne", "northwest": "nw"},
    **{"southeast": "se", "southwest": "sw", "suite": "ste", "floor": "fl", "building": "bldg", "mount": "mt"},
    **{"first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th", "saint": "st"},
}
_NAME_WORDS = {
    **{"ctr": "center", "cntr": "center", "trt": "treatment", "tx": "treatment", "prog": "program", "progs": "program"},
    **{
        "assoc": "association",
        "assn": "association",
        "hlth": "health",
        "mh": "mental health",
        "bh": "behavioral health",
    },
    **{"beh": "behavioral", "behav": "behavioral", "serv": "service", "servs": "service", "svcs": "service"},
    **{
        "resid": "residential",
        "rehab": "rehabilitation",
        "hosp": "hospital",
        "comm": "community",
        "couns": "counseling",
    },
}
_SMALL_WORDS = frozenset(
    ("inc", "llc", "pllc", "pc", "corp", "ltd", "co", "dba", "as", "the", "of", "and", "a", "at", "for", "in")
)
_SINGULAR = 3  # letters of a word up to which a last "s" is no plural


def fold(text: str) -> str:
    """Lower case, accents folded, everything but a-z, 0-9 and blanks a blank, runs of blanks collapsed (R11)."""
    plain = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return _BLANKS.sub(" ", _OTHER.sub(" ", plain)).strip()


def zip5(text: str) -> str:
    """The first five digits of a ZIP code, or `""` when there are no five."""
    digits = text.strip()[:5]
    return digits if len(digits) == 5 and digits.isascii() and digits.isdigit() else ""


def identity_key(name1: str, name2: str, street1: str, zip_code: str) -> str:
    """The key of a facility (R11): rows with the same key are one."""
    return "|".join((fold(name1), fold(name2), fold(street1), zip5(zip_code)))


def operator_digits(phone: str) -> int:
    """The ten digits of a phone number as an integer, extension dropped; 0 when it has none (R15.2)."""
    digits = re.sub(r"\D", "", _EXTENSION.sub("", phone))
    if len(digits) == 11 and digits.startswith("1"):
        digits = digits[1:]
    return int(digits) if len(digits) == 10 else 0


def street_key(street: str) -> str:
    """A street as compared between editions: folded, with the usual words and points of the compass abbreviated.

    `""` when it names no house number: streets kept secret ("- - -") and P.O. boxes tell nothing. Words: USPS
    Publication 28, appendix C, the common ones.
    """
    words = [_STREET_WORDS.get(word, word) for word in fold(street).split()]
    if not words or not words[0][0].isdigit():
        return ""
    return " ".join(words)


def name_words(name: str, city: str) -> frozenset[str]:
    """A name as compared between editions: its words, abbreviations written out, in the singular, without the town.

    SAMHSA's lists cut names at 40 characters and abbreviate anew each year; legal forms and small words come and go.
    """
    without = {*_SMALL_WORDS, *fold(city).split()}
    words = [part for word in fold(name).split() for part in _NAME_WORDS.get(word, word).split()]
    kept = (word for word in words if word not in without)
    return frozenset(word.removesuffix("s") if len(word) > _SINGULAR else word for word in kept)


def names_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two names may be one and the same at one address: the shorter, of two words at least, is in the longer.

    Two programs of one house ("Harbor Detox", "Harbor Outpatient") each have a word that the other lacks.
    """
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) > 1 and shorter <= longer
