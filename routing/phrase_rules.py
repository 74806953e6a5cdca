"""What holds for every phrase, whoever writes it: its gaps, numbers and answer words stay, and what is never said."""

import re
from collections.abc import Iterator, Mapping
from string import Formatter
from typing import NamedTuple

from routing import never_said

LONGEST = 1_000  # letters; a text of the provider's takes 1,600 with its gaps filled
# Families that leave as texts; the others are said on the phone, mailed, or stand on a page
TEXTED = frozenset({"text", "follow_up", "bed", "counselor", "coverage", "consent", "referral"})
GIVEN = "notice."  # the words of 42 CFR 2.32, which nobody here may choose
LISTS = frozenset({"coverage.weekdays", "consent.months"})  # read by their place in the list
# Capitals that are no answer to us, so that other words may stand for them
_NO_ANSWERS = frozenset({"ZIP", "URGENT", "URGENTE", "CFR", "HIPAA"})
_CAPITALS = re.compile(r"\b[A-ZÁÉÍÓÚÑ]{2,}(?: [A-ZÁÉÍÓÚÑ]{2,})*\b")
_NUMBER = re.compile(r"\d(?:[ -]?\d)*")  # also spelt for a voice: 9 1 1
_UNSPELT = re.compile(r"(?<!\d)(?:911|988)(?!\d)")
_GAP = re.compile(r"\{[^{}]*\}")
# A whole message of one of these ends all texts to a person (routing.consent): no question may be answered with it.
# "para" is left out: in Spanish it is the commonest of prepositions.
_ENDS_TEXTS = re.compile(
    r"\b(stop|stopall|quit|end|revoke|opt ?out|cancel|unsubscribe|"
    r"alto|parar|pare|detener|detente|cancelar|darme de baja|salir|terminar|finalizar)\b",
    re.IGNORECASE,
)
_SAYS_SO = re.compile(
    r"\bSTOP (?:ends|to (?:end|cancel|opt out|unsubscribe)|para)\b|\bREMIND OFF (?:ends|termina)\b"
)  # how to end texts, as such
_INVITES = re.compile(
    r"\b(?:reply|write|text|send|answer|responda|escriba|envíe|conteste)\W+(\w+(?: \w+)?)", re.IGNORECASE
)
_QUESTION = re.compile(r"[^.!?¿]*\?")
_NO_CHOICE = re.compile(
    r"\W*(?:how|why|when|where|who|cómo|por qué|cuándo|dónde|quién)\b", re.IGNORECASE
)  # no bare word answers
# A text that arrives unasked may be read by somebody else, so it does not say what the line is for (safe contact).
_TELLS_ON = re.compile(
    r"\b(treatment|detox|drugs?|rehab|recovery|addiction|tratamiento|desintoxicación|drogas?|rehabilitación|"
    r"recuperación|adicción)\b",
    re.IGNORECASE,
)

Table = Mapping[str, str]  # words by language


class Wrong(NamedTuple):
    """One rule that a wording breaks: which, in which language, and the words it is about."""

    rule: str
    language: str
    words: str = ""


def tidy(words: str) -> str:
    """Words as they are kept: single spaces, and no sign that cannot be seen, which would break the XML of a call."""
    return " ".join("".join(sign for sign in words if sign.isprintable() or sign.isspace()).split())


def is_texted(key: str) -> bool:
    """Whether a phrase leaves as a text."""
    return key.partition(".")[0] in TEXTED


def problems(key: str, shipped: Table, written: Table, *, unasked: bool = False) -> tuple[Wrong, ...]:
    """What keeps these words from being said in the place of the shipped ones. `unasked`: a text that nobody awaits."""
    return tuple(wrong for language in shipped for wrong in _wrong(key, shipped[language], written, language, unasked))


def _wrong(key: str, shipped: str, written: Table, language: str, unasked: bool) -> Iterator[Wrong]:
    words = written.get(language, "")
    if key.startswith(GIVEN):
        if words != shipped:
            yield Wrong("given", language)
        return
    if not words.strip():
        yield Wrong("empty", language)
        return
    if len(words) > LONGEST:
        yield Wrong("long", language, str(LONGEST))
    gaps = _gaps(words)
    if gaps is None:
        yield Wrong("brace", language)
        return
    known = _gaps(shipped) or frozenset()
    yield from (Wrong("missing", language, f"{{{name}}}") for name in sorted(known - gaps))
    yield from (Wrong("unknown", language, f"{{{name}}}") for name in sorted(gaps - known))
    if key in LISTS and len(words.split()) != len(shipped.split()):
        yield Wrong("list", language, str(len(shipped.split())))
    yield from _kept(key, _GAP.sub(" ", shipped), _GAP.sub(" ", words), language)
    yield from _never(words, language)
    if is_texted(key):
        yield from (Wrong("invites", language, hit) for hit in invited(words))
    if unasked and (told := _TELLS_ON.search(words)):
        yield Wrong("tells_on", language, told.group())


def _gaps(words: str) -> frozenset[str] | None:
    """The names in braces; None when a brace does not close or holds more than a name."""
    try:
        parts = list(Formatter().parse(words))
    except ValueError:
        return None
    if any(name is not None and (not name.isidentifier() or how or into) for _, name, how, into in parts):
        return None
    return frozenset(name for _, name, _, _ in parts if name is not None)


def _kept(key: str, shipped: str, words: str, language: str) -> Iterator[Wrong]:
    """Emergency numbers, keys to press and words to answer with: people and code rely on each of them."""
    had, has = _numbers(shipped), set(_numbers(words).values())
    yield from (Wrong("number", language, said) for said, digits in had.items() if digits not in has)
    if key.startswith("voice.") and (unspelt := _UNSPELT.search(words)):
        yield Wrong("spelt", language, unspelt.group())
    if is_texted(key):
        answers = [said for said in _CAPITALS.findall(shipped) if said not in _NO_ANSWERS]
        yield from (Wrong("answer", language, said) for said in dict.fromkeys(answers) if said not in words)


def _numbers(words: str) -> dict[str, str]:
    """Each number as it is written, and its digits."""
    return {said: re.sub(r"\D", "", said) for said in _NUMBER.findall(words)}


def _never(words: str, language: str) -> Iterator[Wrong]:
    if said := never_said.found(words):
        yield Wrong("never", language, said[1])
    if never_said.private_without_limits(words):
        yield Wrong("private", language)


def invited(words: str) -> list[str]:
    """Words that would end all texts to a person if they were the answer that these words ask for."""
    left = _SAYS_SO.sub(" ", words)
    questions = [question for question in _QUESTION.findall(left) if not _NO_CHOICE.match(question)]
    asked = [hit.group() for question in questions for hit in _ENDS_TEXTS.finditer(question)]
    told = [said for said in _INVITES.findall(left) if _ENDS_TEXTS.match(said)]
    loud = [hit.group() for hit in _ENDS_TEXTS.finditer(left) if hit.group().isupper()]
    return list(dict.fromkeys([*asked, *told, *loud]))
