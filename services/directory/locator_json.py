"""Reads the JSON of FindTreatment.gov's locator, in which services are labels and not codes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from services.directory.file_reasons import unreadable
from services.directory.files import SAMHSA, SourceFile
from services.directory.json_stream import BrokenJsonError, array_start, in_json, objects
from services.directory.row_reasons import because
from services.directory.rows import SourceRow
from services.directory.service_codes import ServiceCodes

ROWS = "rows"
EXCLUSIVE = "EXCL"  # category of programmes that serve nobody else
_SIGNS = ('"typeFacility"', '"name1"', '"street1"')
# Facilities only, never individual practitioners (DOMAIN.md section 3)
_KINDS = {"SA": "SU", "SU": "SU", "MH": "MH", "OTP": "OTP", "HRSA": "HRSA"}
_FIELDS = ("name1", "name2", "street1", "street2", "city", "state", "zip", "phone", "website", "latitude", "longitude")


def open_locator_json(path: Path, beginning: str, codes: ServiceCodes) -> SourceFile | None:
    """The file when it looks like an answer of the locator; None otherwise."""
    if array_start(beginning, ROWS) is None or not all(sign in beginning for sign in _SIGNS):
        return None
    return SourceFile(
        format="findtreatment_json",
        publisher=SAMHSA,
        source="SAMHSA FindTreatment.gov",
        kinds=tuple(dict.fromkeys(_KINDS.values())),
        scope="list",
        rows=lambda: _rows(path, codes),
    )


def _rows(path: Path, codes: ServiceCodes) -> Iterator[SourceRow]:
    try:
        for number, data in enumerate(objects(path, ROWS), start=1):
            yield _row(number, data, codes)
    except (BrokenJsonError, UnicodeDecodeError) as error:
        raise unreadable("json_download", name=path.name, why=in_json(error)) from error


def _row(number: int, data: dict[str, Any], codes: ServiceCodes) -> SourceRow:
    given = str(data.get("typeFacility") or "")
    kind = _KINDS.get(given.upper(), "")
    problems = [] if kind else [because("no_facility", given=given[:20] or "(blank)")]
    found, unknown, exclusive = _codes(data.get("services"), codes)
    problems += [because("unknown_exclusive", label=label) for label in exclusive]
    if kind == "OTP" and not found:
        found = ["OTP"]  # known to come without services; what it is called is all that is said
    texts: dict[str, Any] = {name: str(data.get(name) or "") for name in _FIELDS}
    return SourceRow(
        line=number,
        **texts,
        intake=tuple(str(data[name]) for name in ("intake1", "intake2", "hotline1") if data.get(name)),
        kind=kind or "SU",
        codes=tuple(found),
        problems=tuple(problems),
        remarks=(because("services_left_out", count=len(unknown), example=unknown[0]),) if unknown else (),
    )


def _codes(services: Any, codes: ServiceCodes) -> tuple[list[str], list[str], list[str]]:
    """Codes of the labels, the labels that nobody knows, and those of exclusive programmes that nobody knows.

    Without the last a place for some callers only would be offered to all.
    """
    found: list[str] = []
    unknown: list[str] = []
    exclusive: list[str] = []
    for service in services if isinstance(services, list) else []:
        category = str(service.get("f2") or "") if isinstance(service, dict) else ""
        for label in str(service.get("f3") or "").split(";") if isinstance(service, dict) else []:
            if label.strip():
                code = codes.find(category, label)
                named = found if code else exclusive if category.strip().upper() == EXCLUSIVE else unknown
                named.append(code or label.strip()[:60])
    return found, unknown, exclusive
