"""The roster as a file: CSV rows into people and shifts, or a sentence for every row that is wrong."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import available_timezones

from routing.phone import e164
from routing.sentence import Sentence
from routing.shift_words import ShiftWordsError, parse_shifts
from routing.shifts import ShiftPattern
from routing.vocabulary import Role
from routing.words import plain_letters
from services.roster_reasons import in_row, wrong

COLUMNS = ("name", "phone", "email", "role", "languages", "skills", "timezone", "shifts")
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
LANGUAGE = re.compile(r"[a-z]{2,3}")
SKILL = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
LONGEST_NAME = 4  # words of a language or a skill
NO_WORDS: Mapping[str, str] = {}
_BETWEEN = re.compile(r"[\s,;|]+")


@dataclass(frozen=True)
class RosterRow:
    """One person as the roster gives them; `row` is the row of the spreadsheet, the header being row 1."""

    row: int
    name: str
    phone: str | None
    email: str
    role: Role
    languages: tuple[str, ...]
    skills: tuple[str, ...]
    timezone: str
    shifts: tuple[ShiftPattern, ...]


def read_roster(text: str, said: Mapping[str, str] = NO_WORDS) -> tuple[list[RosterRow], list[Sentence]]:
    """The people in a CSV text, and every error as a sentence that names its row. Use rows only without errors.

    `said`: words that may stand for codes of languages and skills ("haitian creole" -> "ht").
    """
    table = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    header = [cell.strip().lower() for cell in next(table, [])]
    unfit = _header_errors(header)
    if unfit:
        return [], unfit
    rows: list[RosterRow] = []
    errors: list[Sentence] = []
    for number, cells in enumerate(table, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        wrongs = list(_row_errors(dict(zip(header, cells, strict=False)), len(cells) == len(header), said))
        errors += [in_row(number, what) for what in wrongs]
        if not wrongs:
            rows.append(_row(number, {key: cell.strip() for key, cell in zip(header, cells, strict=True)}, said))
    if not rows and not errors:
        errors.append(wrong("nobody"))
    return rows, errors + _doubled(rows)


def _header_errors(header: list[str]) -> list[Sentence]:
    missing = [column for column in COLUMNS if column not in header]
    unknown = [column for column in header if column not in COLUMNS]
    if missing:
        return [wrong("columns", columns=",".join(COLUMNS), missing=", ".join(missing))]
    if unknown:
        return [wrong("unknown_column", columns=", ".join(word or "(empty)" for word in unknown))]
    if len(header) != len(set(header)):
        return [wrong("column_twice")]
    return []


def _row_errors(cells: dict[str, str], complete: bool, said: Mapping[str, str]) -> Iterator[Sentence]:
    if not complete:
        yield wrong("cells", cells=len(COLUMNS))
        return
    value = {key: cell.strip() for key, cell in cells.items()}
    if not value["name"]:
        yield wrong("no_name")
    if not ADDRESS.fullmatch(value["email"]):
        yield wrong("no_address", given=value["email"])
    if value["role"].lower() not in {role.value for role in Role}:
        yield wrong("no_role", given=value["role"], roles=", ".join(role.value for role in Role))
    yield from _phone_errors(value["phone"], value["role"].lower())
    if value["timezone"] not in available_timezones():
        yield wrong("no_zone", given=value["timezone"])
    yield from _word_errors(value, said)
    try:
        parse_shifts(value["shifts"])
    except ShiftWordsError as error:
        yield error.why


def _phone_errors(phone: str, role: str) -> Iterator[Sentence]:
    if phone and e164(phone) is None:
        yield wrong("no_phone", given=phone)
    if not phone and role == Role.COUNSELOR:
        yield wrong("phone_missing")


def _word_errors(value: dict[str, str], said: Mapping[str, str]) -> Iterator[Sentence]:
    languages = split_words(value["languages"], said)
    if not languages:
        yield wrong("no_languages")
    for word in languages:
        if not LANGUAGE.fullmatch(word):
            yield wrong("no_language", given=word)
    for word in split_words(value["skills"], said):
        if not SKILL.fullmatch(word):
            yield wrong("no_skill", given=word)


def split_words(cell: str, said: Mapping[str, str] = NO_WORDS) -> tuple[str, ...]:
    """The words of a cell, in small letters, each once; as many together as `said` knows become one code."""
    words = [word for word in _BETWEEN.split(cell.strip().lower()) if word]
    found: list[str] = []
    while words:
        names = {size: plain_letters(" ".join(words[:size])) for size in range(min(LONGEST_NAME, len(words)), 0, -1)}
        size = next((size for size, name in names.items() if name in said), 1)
        found.append(said.get(names[size], words[0]))
        del words[:size]
    return tuple(dict.fromkeys(found))


def checked_offers(languages: tuple[str, ...], skills: tuple[str, ...]) -> dict[str, bool]:
    """Whether each of the two can be kept."""
    return {
        "languages": bool(languages) and all(LANGUAGE.fullmatch(word) for word in languages),
        "skills": all(SKILL.fullmatch(word) for word in skills),
    }


def _row(number: int, value: dict[str, str], said: Mapping[str, str]) -> RosterRow:
    return RosterRow(
        row=number,
        name=value["name"],
        phone=e164(value["phone"]),
        email=value["email"].lower(),
        role=Role(value["role"].lower()),
        languages=split_words(value["languages"], said),
        skills=split_words(value["skills"], said),
        timezone=value["timezone"],
        shifts=parse_shifts(value["shifts"]),
    )


def _doubled(rows: list[RosterRow]) -> list[Sentence]:
    errors = []
    addresses: dict[str, int] = {}
    phones: dict[str, int] = {}
    for row in rows:
        if addresses.setdefault(row.email, row.row) != row.row:
            errors.append(in_row(row.row, wrong("address_twice", other=addresses[row.email])))
        if row.phone and phones.setdefault(row.phone, row.row) != row.row:
            errors.append(in_row(row.row, wrong("phone_twice", other=phones[row.phone])))
    return errors
