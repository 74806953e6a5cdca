"""The facts of a person in plain words, one kind at a time: only services.disclosure, which asks the consent, reads."""

from collections.abc import Iterable, Mapping

from models.contacts import Contact
from routing import phone
from routing.disclosure import Fact
from routing.vocabulary import Language
from services import knowing
from services.house import House
from services.matching import desk_of

HEALTH = ("liver", "respiratory", "seizure_disorder")  # conditions that change where a person is looked after
WRITTEN_HEALTH = {"liver_disease": "liver", "respiratory_disease": "respiratory"}  # the counselor's form has these


def facts(
    house: House, contact: Contact, wanted: Iterable[Fact], name: str | None, language: Language
) -> dict[Fact, str]:
    """What is known of the wanted kinds, in words of `language`; what is not known is left out."""
    words = _Words(house, contact, language)
    said = {fact: name or "" if fact is Fact.NAME else words.of(fact) for fact in Fact if fact in set(wanted)}
    return {fact: value for fact, value in said.items() if value}


class _Words:
    def __init__(self, house: House, contact: Contact, language: Language) -> None:
        self._phrases: Mapping[str, Mapping[str, str]] = {**desk_of(house).phrases, **house.phrases.table}
        self._contact, self._language = contact, language

    def of(self, fact: Fact) -> str:
        """One kind of fact, or nothing."""
        known = self._contact
        match fact:
            case Fact.PHONE:
                return phone.spoken(known.caller.number) if known.caller.number else ""
            case Fact.LANGUAGE:
                return self._say(f"fact.language.{known.language.value}")
            case Fact.NEED | Fact.GENDER:
                return self._one(fact.value, f"fact.{fact.value}.")
            case Fact.SUBSTANCES:
                return ", ".join(self._say(f"match.substance.{id_}") for id_ in knowing.substances_of(known))
            case Fact.MEDICATION:
                return self._one("on_moud", "match.medication.")
            case Fact.PAYER:
                return self._one("payer", "match.payer.")
            case Fact.HEALTH:
                return ", ".join(self._say(f"fact.health.{one}") for one in HEALTH if one in self._conditions())
            case Fact.MENTAL_HEALTH:
                told = knowing.value_of(known, "dual_diagnosis") is True or "mental_health" in self._conditions()
                return self._say("fact.yes") if told else ""
            case Fact.PREGNANT:
                return self._truth("pregnant")
            case Fact.AGE:
                return str(knowing.value_of(known, "age") or "")
            case Fact.PLACE:
                return ", ".join(str(v) for key in ("city", "state", "zip") if (v := knowing.value_of(known, key)))
            case Fact.NAME | Fact.DANGER:
                return ""  # the name is the signed one; danger is told in an emergency, by people

    def _say(self, key: str) -> str:
        return self._phrases[key][self._language.value] if key in self._phrases else ""

    def _one(self, answer: str, family: str) -> str:
        value = knowing.value_of(self._contact, answer)
        return self._say(f"{family}{value}") if value else ""

    def _truth(self, answer: str) -> str:
        value = knowing.value_of(self._contact, answer)
        return "" if value is None else self._say("fact.yes" if value else "fact.no")

    def _conditions(self) -> set[str]:
        triage = self._contact.triage or {}
        heard = {entry["value"] for entry in triage.get("conditions", ())}
        return heard | {one for key, one in WRITTEN_HEALTH.items() if knowing.value_of(self._contact, key) is True}
