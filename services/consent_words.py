"""The exact words of a written consent (42 CFR 2.31), made from what the counselor prepared, in one language."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.disclosures import DisclosureConsent
from routing.disclosure import Fact, SharedFor, SignsAs
from routing.vocabulary import Language
from services.house import House

TITLE, BEFORE, AFTER = (
    "consent.title",
    ("consent.who", "consent.what"),
    ("consent.for", "consent.until", "consent.take_back", "consent.free", "consent.law", "consent.self"),
)
FOR_ANOTHER = {  # what a parent, guardian or representative signs instead
    "consent.who": "consent.who_for",
    "consent.what": "consent.what_for",
    "consent.law": "consent.law_for",
    "consent.self": "consent.self_for",
}
TEMPLATES = (
    TITLE,
    *BEFORE,
    *AFTER,
    *FOR_ANOTHER.values(),
)  # all that the wording depends on besides the names of facts and purposes


@dataclass(frozen=True)
class ConsentText:
    """What the person reads. `version` names the wording, `digest` these very words."""

    version: str
    title: str
    opening: tuple[str, ...]
    facts: tuple[str, ...]
    closing: tuple[str, ...]

    @property
    def whole(self) -> str:
        """All of it as one text, a line a paragraph."""
        return "\n".join([self.title, *self.opening, *(f"- {fact}" for fact in self.facts), *self.closing])

    @property
    def digest(self) -> bytes:
        """SHA-256 of the whole in UTF-8."""
        return hashlib.sha256(self.whole.encode()).digest()


def text_of(house: House, consent: DisclosureConsent, language: Language) -> ConsentText:
    """The words to agree to, the same for the same consent and wording."""
    values = {
        "organisation": house.rules.organisation_name,
        "recipient": consent.recipient,
        "purposes": "; ".join(purpose_words(house, purpose, language) for purpose in consent.purposes),
        "until": last_day(house, consent.expires_at, language),
        "relation": relation_words(house, consent.signs_as, language) if consent.signs_as else "",
    }

    def say(key: str) -> str:
        return house.phrases.text(FOR_ANOTHER.get(key, key) if consent.signs_as else key, language, **values)

    return ConsentText(
        version=version(house),
        title=say(TITLE),
        opening=tuple(map(say, BEFORE)),
        facts=tuple(fact_words(house, fact, language) for fact in Fact if fact.value in consent.facts),
        closing=tuple(map(say, AFTER)),
    )


def version(house: House) -> str:
    """Twelve letters that change whenever the wording does, in either language: nobody has to remember to count up."""
    words = [house.phrases.table[key][language.value] for key in TEMPLATES for language in Language]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:12]


def fact_words(house: House, fact: Fact | str, language: Language) -> str:
    """What one kind of fact is called."""
    return house.phrases.text(f"fact.{Fact(fact).value}", language)


def relation_words(house: House, signs_as: SignsAs, language: Language) -> str:
    """As what somebody signs for another."""
    return house.phrases.text(f"signs_as.{signs_as.value}", language)


def purpose_words(house: House, purpose: SharedFor | str, language: Language) -> str:
    """What a purpose is called."""
    return house.phrases.text(f"shared_for.{SharedFor(purpose).value}", language)


def last_day(house: House, expires_at: datetime, language: Language) -> str:
    """The last whole day before `expires_at` in the line's own zone, in words."""
    day = (expires_at - timedelta(seconds=1)).astimezone(ZoneInfo(house.rules.default_timezone))
    month = house.phrases.text("consent.months", language).split()[day.month - 1]
    return house.phrases.text("consent.day", language, day=day.day, month=month, year=day.year)


def end_of_day(house: House, now: datetime, days: int) -> datetime:
    """The end of the day that is `days` days from now, on the line's own clock."""
    local = now.astimezone(ZoneInfo(house.rules.default_timezone)) + timedelta(days=days + 1)
    return local.replace(hour=0, minute=0, second=0, microsecond=0)
