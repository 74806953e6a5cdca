"""One row of a source file: cleaned, checked, and either ready for the directory or refused with reasons."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.directory import LICENCE
from routing.codes import bits_of
from routing.geography import ZipTable, haversine_miles
from routing.identity import identity_key, operator_digits, zip5
from routing.sentence import Sentence
from services.directory.row_reasons import because

HSDS = "HSDS"  # kind of listings from other people's HSDS data, which has no service codes
MAX_TEXT = 500
MAX_CODES_TEXT = 6_000
STRANGE_CODES = 5  # that are named of one row
FILLER_DIGITS = 10  # so many, all the same
FAR_FROM_ZIP_MILES = 60.0  # DOMAIN.md section 3: coordinates farther than this from the ZIP are not believed
_CONTROL = re.compile(r"[\x00-\x1f\x7f\s]+")
_MARKUP = re.compile(r"<\s*[a-zA-Z/!]|&(?:[a-z]+|#\d+);")
# What a spreadsheet would compute when our export is opened in it; "- - -" stands for a street that is kept secret
_FORMULA = re.compile(r"[=@]|[+-].*[(|!]")
_CODE = re.compile(r"[A-Z0-9]{1,8}")
_NOT_A_WEBSITE = frozenset({"http://", "https://"})


@dataclass(frozen=True)
class SourceRow:
    """A row as a reader found it; `line` is its number in the file as people count, the header being 1."""

    line: int
    name1: str = ""
    name2: str = ""
    street1: str = ""
    street2: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    phone: str = ""
    intake: tuple[str, ...] = ()
    website: str = ""
    kind: str = "SU"
    publisher: str = ""  # whose list this row stands on, when the file holds several
    codes: tuple[str, ...] = ()
    latitude: str = ""
    longitude: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)  # what only some sources tell: licence, hours, ...
    problems: tuple[Sentence, ...] = ()  # what the reader itself could not accept
    remarks: tuple[Sentence, ...] = ()  # what the reader mended or left out


@dataclass
class Examined:
    """The outcome for one row: `values` for the directory, or `refused` reasons; `notes` say what was mended."""

    line: int
    codes: tuple[str, ...] = ()  # well-formed service codes, of a refused row too
    values: dict[str, Any] | None = None
    refused: list[Sentence] = field(default_factory=list)
    notes: list[Sentence] = field(default_factory=list)


def examine(row: SourceRow, zips: ZipTable) -> Examined:
    """Clean and check one row against the ZIP table."""
    done = Examined(row.line, refused=list(row.problems), notes=list(row.remarks))
    texts = {name: clean(getattr(row, name)) for name in ("name1", "name2", "street1", "street2", "city", "website")}
    if texts["website"] in _NOT_A_WEBSITE:
        texts["website"] = ""
    state, zip_code = clean(row.state).upper(), zip5(row.zip)
    codes = " ".join(dict.fromkeys(" ".join(row.codes).upper().split()))
    done.codes = tuple(code for code in codes.split() if _CODE.fullmatch(code))
    done.refused += _text_problems(texts)
    done.refused += _place_problems(state, row.zip, zip_code, zips)
    done.refused += _code_problems(codes, needed=row.kind not in {LICENCE, HSDS})
    if done.refused:
        return done
    phones = [_phone(number, done) for number in (row.phone, *row.intake)]
    lat, lon = _point(row, zip_code, zips, done)
    content = {
        **texts,
        "state": state,
        "zip5": zip_code,
        "phone": phones[0],
        "operator": operator_digits(phones[0]),
        "intake": json.dumps([number for number in phones[1:] if number]),
        "latitude": lat,
        "longitude": lon,
        "codes": codes,
        "word": bits_of(codes.split()),
        "facts": json.dumps({name: clean(value) for name, value in row.facts.items() if value}, sort_keys=True),
    }
    key = identity_key(texts["name1"], texts["name2"], texts["street1"], zip_code)
    digest = content_digest(content)
    done.values = {**content, "line": row.line, "key": key, "kind": row.kind, "digest": digest}
    return done


def content_digest(content: Mapping[str, Any]) -> str:
    """32 hexadecimal characters that change when anything in the listing changes."""
    plain = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.blake2b(plain.encode(), digest_size=16).hexdigest()


def clean(value: str) -> str:
    """Text that the database can hold: control characters and runs of blanks as one blank, no half characters."""
    whole = value if value.isascii() else value.encode(errors="replace").decode()
    return _CONTROL.sub(" ", whole).strip()


def is_unsafe(value: str) -> bool:
    """Whether a page would read it as HTML, or a spreadsheet would compute it."""
    return _MARKUP.search(value) is not None or _FORMULA.match(value) is not None


def _text_problems(texts: Mapping[str, str]) -> list[Sentence]:
    found = [] if texts["name1"] else [because("no_name")]
    if not texts["city"]:
        found.append(because("no_city"))
    found += [because("too_long", field=name, most=MAX_TEXT) for name, text in texts.items() if len(text) > MAX_TEXT]
    found += [because("html", field=name) for name, text in texts.items() if _MARKUP.search(text)]
    found += [because("formula", field=name) for name, text in texts.items() if _FORMULA.match(text)]
    return found


def _place_problems(state: str, given: str, zip_code: str, zips: ZipTable) -> list[Sentence]:
    found = [] if state in zips.state_words else [because("no_state", given=state)]
    if not zip_code:
        return [*found, because("no_zip", given=clean(given)[:20])]
    if not zips.knows(zip_code):
        found.append(because("unknown_zip", zip=zip_code))
    return found


def _code_problems(codes: str, *, needed: bool) -> list[Sentence]:
    if not codes:
        return [because("no_service")] if needed else []
    if len(codes) > MAX_CODES_TEXT:
        return [because("codes_too_long", most=MAX_CODES_TEXT)]
    strange = [code for code in codes.split() if not _CODE.fullmatch(code)]
    return [because("no_code", given=code[:20]) for code in strange[:STRANGE_CODES]]


def _phone(given: str, done: Examined) -> str:
    """The number as the source writes it, extension kept; blank when nobody can answer it."""
    number = clean(given)
    digits = re.sub(r"\D", "", number)
    if len(set(digits)) == 1 and len(digits) >= FILLER_DIGITS:
        done.notes.append(because("filler_phone", number=number))
        return ""
    return number[:40]


def _point(row: SourceRow, zip_code: str, zips: ZipTable, done: Examined) -> tuple[float | None, float | None]:
    """The street's point when it is believable; swapped latitude and longitude are put right (DOMAIN.md section 3)."""
    if not row.latitude and not row.longitude:
        return None, None
    place = zips.find(zip_code)
    try:
        lat, lon = float(row.latitude), float(row.longitude)
    except ValueError:
        return None, None
    if place is None:
        return None, None
    for name, point in (("", (lat, lon)), ("swapped", (lon, lat))):
        possible = abs(point[0]) <= 90 and abs(point[1]) <= 180
        if possible and haversine_miles(*point, place.lat, place.lon) <= FAR_FROM_ZIP_MILES:
            if name:
                done.notes.append(because("point_swapped"))
            return point
    done.notes.append(because("point_far", miles=round(FAR_FROM_ZIP_MILES), zip=zip_code))
    return None, None
