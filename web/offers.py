"""What people on the roster offer, and the clock they live by, in words: languages, skills, time zones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from routing.skills import CRISIS, FAMILY, SKILL_OF, YOUTH
from routing.words import plain_letters
from services.contact_answers import substance_names
from web.house import house
from web.words import LANGUAGES, Words, table

# Languages that are offered as choices besides those in which the line speaks by itself; a roster file may name others
OTHERS = (
    *("am", "ar", "bn", "bs", "my", "yue", "chr", "hr", "cs", "nl", "fa", "fr", "de", "el", "gu", "ht", "he", "hi"),
    *("hmn", "hu", "ilo", "it", "ja", "kar", "km", "ko", "lo", "zh", "mh", "nv", "ne", "om", "ps", "pl", "pt", "pa"),
    *("ro", "ru", "sm", "sr", "so", "sw", "tl", "ta", "te", "th", "ti", "tr", "uk", "ur", "vi", "yi", "yo"),
)
SKILLS = (CRISIS, FAMILY, YOUTH, *SKILL_OF.values(), "female", "male")  # docs/operating.md, "Roster and shifts"
# Those of the United States that people live by
ZONES = (
    *("America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles"),
    *("America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico", "Pacific/Guam", "Pacific/Pago_Pago"),
)
Choice = tuple[str, str]  # the code that is kept, and its words


@dataclass(frozen=True)
class Choices:
    """What a form offers: the usual ones with whatever the person has, and more, sorted by their words."""

    languages: tuple[Choice, ...]
    more_languages: tuple[Choice, ...]
    skills: tuple[Choice, ...]
    more_skills: tuple[Choice, ...]


def name(t: Words, code: str) -> str:
    """What a language or a skill of the roster is called; a word of the helpline's own stays as it is."""
    return table(t.language).get(f"offers.{code}") or substance_names(house(), t.language).get(code) or code


def is_own_word(code: str) -> bool:
    """Whether no rule knows this skill, so that it changes nothing in who is rung."""
    return code not in SKILLS and code not in substance_names(house(), "en")


def choices(t: Words, languages: Iterable[str], skills: Iterable[str]) -> Choices:
    """The choices for somebody who has these."""
    spoken, known = {*LANGUAGES, *languages}, tuple(dict.fromkeys((*SKILLS, *skills)))
    return Choices(
        languages=_sorted(t, spoken),
        more_languages=_sorted(t, {*OTHERS} - spoken),
        skills=tuple((code, name(t, code)) for code in known),
        more_skills=_sorted(t, {*substance_names(house(), t.language)} - {*known}),
    )


def zones(t: Words, chosen: str) -> tuple[Choice, ...]:
    """Time zones in words, with the one that is chosen whichever it is."""
    return tuple(
        (zone, t.of("zone", zone) if zone in ZONES else zone) for zone in dict.fromkeys((*ZONES, chosen)) if zone
    )


def codes() -> Mapping[str, str]:
    """Codes by every word that a roster file may say instead, in both languages: small letters without accents."""
    found: dict[str, str] = {}
    for code in (*LANGUAGES, *OTHERS, *SKILLS):
        found |= {plain_letters(table(language)[f"offers.{code}"]): code for language in LANGUAGES}
    for language in LANGUAGES:
        found |= {plain_letters(words): code for code, words in substance_names(house(), language).items()}
    return found


def _sorted(t: Words, wanted: Iterable[str]) -> tuple[Choice, ...]:
    return tuple(sorted(((code, name(t, code)) for code in wanted), key=lambda choice: plain_letters(choice[1])))
