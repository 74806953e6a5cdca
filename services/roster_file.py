"""The roster as a file: CSV rows into people and shifts, or a sentence for every row that is wrong."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import available_timezones

from routing.phone import e164
from routing.shift_words import ShiftWordsError, parse_shifts
from routing.shifts import ShiftPattern
from routing.vocabulary import Role

COLUMNS = ("name", "phone", "email", "role", "languages", "skills", "timezone", "shifts")
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_SKILL = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
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


def read_roster(text: str) -> tuple[list[RosterRow], list[str]]:
    """The people in a CSV text, and every error as a sentence that names its row. Use rows only without errors."""
    table = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    header = [cell.strip().lower() for cell in next(table, [])]
    wrong = _header_errors(header)
    if wrong:
        return [], wrong
    rows, errors = [], []
    for number, cells in enumerate(table, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        said = list(_row_errors(dict(zip(header, cells, strict=False)), len(cells) == len(header)))
        errors += [f"Row {number}: {sentence}" for sentence in said]
        if not said:
            rows.append(_row(number, {key: cell.strip() for key, cell in zip(header, cells, strict=True)}))
    if not rows and not errors:
        errors.append("The file has no people in it. Write one row for each, below the column names.")
    return rows, errors + _doubled(rows)


def _header_errors(header: list[str]) -> list[str]:
    missing = [column for column in COLUMNS if column not in header]
    unknown = [column for column in header if column not in COLUMNS]
    if missing:
        return [f"The first row must name the columns {','.join(COLUMNS)}; missing: {', '.join(missing)}."]
    if unknown:
        return [f"Unknown column: {', '.join(word or '(empty)' for word in unknown)}. Take it out of the file."]
    if len(header) != len(set(header)):
        return ["The first row names a column twice."]
    return []


def _row_errors(cells: dict[str, str], complete: bool) -> Iterator[str]:
    if not complete:
        yield f"it does not have {len(COLUMNS)} cells. Put quotes around cells with commas in them."
        return
    value = {key: cell.strip() for key, cell in cells.items()}
    if not value["name"]:
        yield "the name is missing."
    if not ADDRESS.fullmatch(value["email"]):
        yield f'"{value["email"]}" is not an e-mail address.'
    if value["role"].lower() not in {role.value for role in Role}:
        yield f'"{value["role"]}" is not a role. Write {", ".join(role.value for role in Role)}.'
    yield from _phone_errors(value["phone"], value["role"].lower())
    if value["timezone"] not in available_timezones():
        yield f'"{value["timezone"]}" is not a time zone. Write one like America/New_York.'
    yield from _word_errors(value)
    try:
        parse_shifts(value["shifts"])
    except ShiftWordsError as error:
        yield str(error)


def _phone_errors(phone: str, role: str) -> Iterator[str]:
    if phone and e164(phone) is None:
        yield f'"{phone}" is not a phone number. Write it like +16175550123.'
    if not phone and role == Role.COUNSELOR:
        yield "the phone is missing: a counselor needs one to be rung."


def _word_errors(value: dict[str, str]) -> Iterator[str]:
    languages = _words(value["languages"])
    if not languages:
        yield 'the languages are missing. Write codes like "en es".'
    for word in languages:
        if not _LANGUAGE.fullmatch(word):
            yield f'"{word}" is not a language code. Write codes like "en es".'
    for word in _words(value["skills"]):
        if not _SKILL.fullmatch(word):
            yield f'"{word}" is not a skill. Use letters, digits, _ and -.'


def _words(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in _BETWEEN.split(cell.strip().lower()) if word))


def _row(number: int, value: dict[str, str]) -> RosterRow:
    return RosterRow(
        row=number,
        name=value["name"],
        phone=e164(value["phone"]),
        email=value["email"].lower(),
        role=Role(value["role"].lower()),
        languages=_words(value["languages"]),
        skills=_words(value["skills"]),
        timezone=value["timezone"],
        shifts=parse_shifts(value["shifts"]),
    )


def _doubled(rows: list[RosterRow]) -> list[str]:
    errors = []
    addresses: dict[str, int] = {}
    phones: dict[str, int] = {}
    for row in rows:
        if addresses.setdefault(row.email, row.row) != row.row:
            errors.append(f"Row {row.row}: the e-mail address is also in row {addresses[row.email]}.")
        if row.phone and phones.setdefault(row.phone, row.row) != row.row:
            errors.append(f"Row {row.row}: the phone is also in row {phones[row.phone]}.")
    return errors
