"""Words that the line never says, in any phrase, sheet, title or page, in either language."""

import re
from collections.abc import Iterator

import pytest

from config.content import load_content
from config.phrases import load_phrases
from routing.information import Library
from web.words import LANGUAGES, table

# Why each is never said: it names a person by an illness, or it is a dose, an order, a promise or a diagnosis.
NEVER = {
    "names a person by an illness": r"\b(addicts?|abusers?|abuse|junk(y|ies|ie)|alcoholics?|drunks?|habits?)\b|"
    r"\b(adict[oa]s?|drogadict\w*|alcohólic[oa]s?|viciosos?|vicios?|abusador\w*|borrach[oa]s?)\b",
    "clean and dirty": r"\b(clean|dirty)\b|\b(limpi[oa]s?|suci[oa]s?)\b",
    "medication is treatment, not assistance": r"\bMAT\b|medication[- ]assisted|asistido con medicamentos",
    "a dose": r"\d[\d.,]* ?(mg|mcg|ml|milligrams?|miligramos?|pills|tablets|pastillas|tabletas)\b",
    "a taper": r"(reduc\w*|taper\w*|cut|lower|baj[ae]\w*|disminu\w*|less)\b[^.]{0,40}\d+ ?%",
    "just stop": r"\b(just|simply) (stop|quit|take less)\b|\b(solo|simplemente) (deje|pare|tome menos)\b",
    "an order to go": r"\b(must|have to) (go|enter|be admitted)\b|\b(debe|tiene que) (ir|internarse|ingresar)\b",
    "no 911 needed": r"\b(do not|don't|no) need (to call )?911|\bno necesita (llamar )?(al )?911",
    "a promise": r"\bguarantee\w*|\bgarant\w+|\bsuccess rates?\b|\btasas? de éxito\b|\bwe promise\b|\bprometemos\b",
    "a cure": r"\bcures?d?\b|\bcura[rn]?\b",
    "a diagnosis": r"\byou (are|have|suffer from) (an? )?(addict\w*|disorder|depress\w*|dependen\w*|bipolar)|"
    r"\busted (es|tiene|sufre) (de )?(una? )?(adict\w*|adicción|trastorno|depresi\w*|dependen\w*)",
    "who we are not": r"\bwe are (the government|samhsa|a (treatment )?(center|facility|clinic))|"
    r"\bsomos (el gobierno|samhsa|un centro|una clínica)",
    "against the doctor": r"\b(ignore|do not listen to|instead of) your doctor\b|\b(ignore|en vez de) a? ?su médico\b",
    "privacy without its limits": r"\b(completely|totally|always|strictly) (private|confidential)|"
    r"\b(totalmente|siempre|estrictamente) (privad|confidencial)",
}
PRIVATE = re.compile(
    r"\b(private(?! insurance)|confidential|stays with us|(?<!seguro )privad[oa]|confidencial|queda con nosotros)\b",
    re.IGNORECASE,
)
LIMITS = re.compile(r"unless|judge|court|salvo|juez|limits|límites", re.IGNORECASE)


@pytest.fixture(scope="module")
def said(library: Library) -> list[tuple[str, str]]:
    """Everything that callers hear or read: where it stands, and the words."""
    return list(_said(library))


def _said(library: Library) -> Iterator[tuple[str, str]]:
    for key, sentences in load_phrases().items():
        yield from ((f"{key} ({language})", words) for language, words in sentences.items())
    near = [sheet for by_state in library.near.values() for sheet in by_state.values()]
    for sheet in [*library.sheets.values(), *near]:
        for section in sheet.sections:
            for language, lines in section.lines.items():
                yield from ((f"{sheet.id}.{section.heading} ({language})", line) for line in lines)
        yield from ((f"{sheet.id}.name ({language})", name) for language, name in sheet.names.items())
    content = load_content()
    titled = [(flag.id, flag.title) for flag in content.red_flags] + list(content.tier_says.items())
    for name, words in titled:
        yield from ((f"{name} (en)", words.en), (f"{name} (es)", words.es))


@pytest.mark.parametrize("why", NEVER)
def test_never_said_to_anybody(said: list[tuple[str, str]], why: str) -> None:
    never = re.compile(NEVER[why], re.IGNORECASE if why != "medication is treatment, not assistance" else 0)
    assert [(where, words) for where, words in said if never.search(words)] == []


def test_privacy_is_never_told_without_its_limits(said: list[tuple[str, str]]) -> None:
    assert [(where, words) for where, words in said if PRIVATE.search(words) and not LIMITS.search(words)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_keep_to_the_same_words(language: str) -> None:
    for why in ("names a person by an illness", "clean and dirty", "a cure", "a dose", "just stop"):
        never = re.compile(NEVER[why], re.IGNORECASE)
        assert [key for key, words in table(language).items() if never.search(words)] == [], why


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("names a person by an illness", "Help for addicts"),
        ("names a person by an illness", "ayuda para drogadictos"),
        ("a dose", "Take 0.5 mg at night"),
        ("a taper", "Cut it down by 25% each week"),
        ("just stop", "You can just stop."),
        ("a promise", "A bed is guaranteed"),
        ("a diagnosis", "You have an addiction"),
        ("privacy without its limits", "Calls are completely confidential"),
    ],
)
def test_the_patterns_see_what_they_are_for(why: str, words: str) -> None:
    assert re.search(NEVER[why], words, re.IGNORECASE)
