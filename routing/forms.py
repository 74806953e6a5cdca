"""The contact form that a helpline defines: fields as plain data, what is an answer, and how answers are counted."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

MOST_FIELDS, MOST_OPTIONS = 40, 60
LONGEST_LABEL, LONGEST_TEXT = 120, 500
_NUMBER = re.compile(r"[0-9]{1,9}([.,][0-9]{1,2})?")
_NOT_A_KEY = re.compile(r"[^a-z0-9]+")
YES_NO = ("yes", "no")


class FieldKind(StrEnum):
    """What a field asks for. Call types and a funder's categories are choices."""

    CHOICE = "choice"
    YES_NO = "yes_no"
    NUMBER = "number"
    COUNTY = "county"
    TEXT = "text"


@dataclass(frozen=True)
class Option:
    """One of several answers. `key` stays when the words change, so that counts go on."""

    key: str
    en: str
    es: str


@dataclass(frozen=True)
class FormField:
    """One field; `options` for a choice. `key` as for options."""

    key: str
    kind: FieldKind
    en: str
    es: str
    options: tuple[Option, ...] = ()

    @property
    def values(self) -> tuple[str, ...]:
        """The words that an answer may be; empty when it may be anything."""
        return YES_NO if self.kind is FieldKind.YES_NO else tuple(option.key for option in self.options)


Form = tuple[FormField, ...]


def form_data(form: Form) -> list[dict[str, Any]]:
    """As it is stored."""
    return [asdict(field) for field in form]


def form_from(data: Iterable[Mapping[str, Any]]) -> Form:
    """From what is stored."""
    return tuple(
        FormField(
            key=entry["key"],
            kind=FieldKind(entry["kind"]),
            en=entry["en"],
            es=entry["es"],
            options=tuple(Option(**option) for option in entry["options"]),
        )
        for entry in data
    )


def key_of(words: str, taken: Iterable[str]) -> str:
    """A key made from a label: small letters and digits, not one of those taken."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    start = _NOT_A_KEY.sub("_", plain).strip("_")[:30] or "field"
    known = set(taken)
    return next(key for n in range(1, len(known) + 2) if (key := start if n == 1 else f"{start}_{n}") not in known)


class FormWrong(NamedTuple):
    """The id of a sentence, the field it is about (counted from 0) and which part of it: `en`, `es`, `options`.

    None: the form as a whole.
    """

    rule: str
    field: int | None = None
    part: str = ""


def problems(form: Form) -> tuple[FormWrong, ...]:
    """What keeps a form from being saved, at most one thing of each part; nothing when it is whole."""
    found = []
    if not form:
        found.append(FormWrong("empty"))
    if len(form) > MOST_FIELDS:
        found.append(FormWrong("too_many"))
    taken: set[str] = set()
    for place, asked in enumerate(form):
        parts = {"en": _label(asked.en, twice=asked.key in taken), "es": _label(asked.es), "options": _options(asked)}
        found += [FormWrong(rule, place, part) for part, rule in parts.items() if rule]
        taken.add(asked.key)
    return tuple(found)


def _label(words: str, *, twice: bool = False) -> str:
    if not words.strip():
        return "label"
    if len(words) > LONGEST_LABEL:
        return "too_long"
    return "twice" if twice else ""


def _options(asked: FormField) -> str:
    words = [said for option in asked.options for said in (option.en, option.es)]
    if asked.kind is FieldKind.CHOICE and len(asked.options) < 2:
        return "options"
    if len(asked.options) > MOST_OPTIONS:
        return "too_many"
    if not all(said.strip() for said in words):
        return "option_words"
    if any(len(said) > LONGEST_LABEL for said in words):
        return "too_long"
    return "twice" if len(set(asked.values)) < len(asked.values) else ""


def read_answer(field: FormField, words: str) -> str | None:
    """The answer that these words give, as it is stored; None when they give none. A county is looked up elsewhere."""
    plain = " ".join(words.split())
    match field.kind:
        case FieldKind.NUMBER:
            return plain.replace(",", ".") if _NUMBER.fullmatch(plain) else None
        case FieldKind.CHOICE | FieldKind.YES_NO:
            return plain if plain in field.values else None
        case _:
            return words.strip() if 0 < len(words.strip()) <= LONGEST_TEXT else None


@dataclass
class FieldCount:
    """How one field was answered: by value, or for numbers their sum; texts are only counted as filled."""

    asked: FormField
    filled: int = 0
    values: Counter[str] = field(default_factory=Counter)
    total: float = 0.0
    months: Counter[str] = field(default_factory=Counter)  # how often it was filled, by month (2026-11)
    by_month: Counter[tuple[str, str]] = field(default_factory=Counter)  # how often each value came, by month

    @property
    def mean(self) -> float | None:
        """Mean of a number; None without any."""
        return self.total / self.filled if self.filled and self.asked.kind is FieldKind.NUMBER else None


def count(filled: Iterable[tuple[Form, Mapping[str, str], str]]) -> Sequence[FieldCount]:
    """Counts for each field of any version, the newest version's words for each; fields in the order first met.

    `filled` comes oldest version first, each with the month of its contact. An option that a newer version dropped is
    still counted.
    """
    found: dict[tuple[str, FieldKind], FieldCount] = {}
    for form, answers, month in filled:
        for asked in form:
            row = found.setdefault((asked.key, asked.kind), FieldCount(asked))
            row.asked = _with_older_options(asked, row.asked)
            answer = answers.get(asked.key)
            if answer is None:
                continue
            row.filled += 1
            row.months[month] += 1
            if asked.kind is FieldKind.NUMBER:
                row.total += float(answer)
            elif asked.kind is not FieldKind.TEXT:
                row.values[answer] += 1
                row.by_month[answer, month] += 1
    return list(found.values())


def _with_older_options(newer: FormField, older: FormField) -> FormField:
    dropped = tuple(option for option in older.options if option.key not in newer.values)
    return FormField(newer.key, newer.kind, newer.en, newer.es, newer.options + dropped)
