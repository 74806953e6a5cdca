"""What is known about the person for whom a place is looked for, read from JSON and validated in sentences."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Any

from routing.identity import zip5
from routing.match_catalog import Catalog
from routing.vocabulary import Need

MAX_AGE_YEARS = 120
MAX_LIST = 100
FEW = 20  # words that are all said when nothing is like the one given
_TRUTHS = (
    *("pregnant", "dual_diagnosis", "prescribed_as_directed", "veteran", "dui"),
    *("liver_disease", "respiratory_disease"),
)
GENDERS = ("female", "male")
KEPT_MEDICATIONS = ("methadone", "buprenorphine")
_CHOICES = {"gender": GENDERS, "language": ("es", "asl"), "on_moud": KEPT_MEDICATIONS}
_LISTS = ("substances", "risk_flags", "flags_addressed")
FIELDS = ("id", "zip", "need", "age", "payer", "need_override_reason", *_LISTS, *_CHOICES, *_TRUTHS)


@dataclass(frozen=True)
class Profile:
    """The input of a match (MATCHING.md, Input). `need` None: not said, derived from the substances."""

    zip: str
    substances: tuple[str, ...]
    need: Need | None = None
    age: int | None = None
    gender: str | None = None
    pregnant: bool = False
    payer: str | None = None
    dual_diagnosis: bool = False
    language: str | None = None
    on_moud: str | None = None
    prescribed_as_directed: bool = False
    risk_flags: tuple[str, ...] = ()
    flags_addressed: tuple[str, ...] = ()
    veteran: bool = False
    dui: bool = False
    liver_disease: bool = False
    respiratory_disease: bool = False
    need_override_reason: str | None = None
    id: str | int | None = None

    def as_json(self) -> dict[str, Any]:
        """The profile as plain JSON values, such that `read_profile` gives the same again."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}


def unknown_fields(data: Mapping[str, Any]) -> list[str]:
    """Names in the input that mean nothing here; worth a warning, because a typo would be left out in silence."""
    return sorted(name for name in data if name not in FIELDS)


def read_profile(data: object, catalog: Catalog) -> Profile | list[str]:
    """The profile in a decoded JSON object, or the sentences that say what to correct."""
    if not isinstance(data, Mapping):
        return ['A profile is a JSON object such as {"zip": "02150", "substances": ["clonazepam"]}.']
    problems = [*_plain_problems(data), *_list_problems(data, catalog)]
    if problems:
        return problems
    given = {name: data[name] for name in FIELDS if data.get(name) is not None}
    values: dict[str, Any] = {name: tuple(value) if name in _LISTS else value for name, value in given.items()}
    values["zip"] = zip5(str(values.get("zip", "")))
    if "need" in values:
        values["need"] = Need(values["need"])
    return Profile(**values)


def _plain_problems(data: Mapping[str, Any]) -> list[str]:
    found = []
    if not isinstance(data.get("zip", ""), str | None):
        found.append('zip: give it as text of five digits, such as "02150".')
    for name in _TRUTHS:
        if not isinstance(data.get(name, False), bool | None):
            found.append(f"{name}: say true or false.")
    for name, words in (("need", tuple(Need)), *_CHOICES.items()):
        if data.get(name) is not None and data[name] not in words:
            found.append(f"{name}: say one of {', '.join(words)}, or leave it out.")
    age = data.get("age")
    if age is not None and (isinstance(age, bool) or not isinstance(age, int) or not 0 <= age <= MAX_AGE_YEARS):
        found.append(f"age: give whole years from 0 to {MAX_AGE_YEARS}, or leave it out for an adult.")
    if not isinstance(data.get("need_override_reason", ""), str | None):
        found.append("need_override_reason: give the reason as text.")
    if isinstance(data.get("id"), bool) or not isinstance(data.get("id", ""), str | int | None):
        found.append("id: give text or a whole number.")
    return found


def _list_problems(data: Mapping[str, Any], catalog: Catalog) -> list[str]:
    found = []
    known: dict[str, Mapping[str, Any]] = {
        "substances": catalog.substances, "risk_flags": catalog.flag_actions, "flags_addressed": catalog.flag_actions
    }  # fmt: skip
    for name, words in known.items():
        value = data.get(name)
        items = [] if value is None else value
        if not isinstance(items, list | tuple) or len(items) > MAX_LIST:
            found.append(f"{name}: give a list of ids.")
        elif strange := [str(item) for item in items if not isinstance(item, str) or item not in words]:
            found.append(f"{name}: {', '.join(strange[:5])} is not known; {_instead(strange[0], words)}")
        elif name == "substances" and not items:
            found.append("substances: name at least one, such as clonazepam.")
    payer = data.get("payer")
    if payer is not None and (not isinstance(payer, str) or payer not in catalog.payers):
        found.append(f"payer: say one of {', '.join(sorted(catalog.payers))}, or leave it out.")
    return found


def _instead(strange: str, words: Mapping[str, Any]) -> str:
    """The ids that look like a strange one; all of them where they are few."""
    near = get_close_matches(strange, sorted(words)) or (sorted(words) if len(words) <= FEW else [])
    return f"known are {', '.join(near)}." if near else f"known ones look like {', '.join(sorted(words)[:3])}."
