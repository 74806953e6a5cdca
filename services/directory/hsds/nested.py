"""HSDS as JSON: whatever stands at the root, services with their organization and locations inside."""

import json
from collections.abc import Iterator
from typing import Any

from services.directory.file_reasons import unreadable, why
from services.directory.files import FilePath
from services.directory.json_stream import MAX_OBJECT, BrokenJsonError, array_start, head, in_json, objects

Record = dict[str, Any]
CONTENTS = "contents"  # the list in a page of an HSDS API, and in our export


def services_of(file: FilePath) -> Iterator[Record]:
    """The services of one JSON file: a list, a page with `contents`, or one object; raises UnreadableFileError."""
    try:
        beginning = head(file)
        name = next((name for name in (CONTENTS, "") if array_start(beginning, name) is not None), None)
        for found in objects(file, name) if name is not None else [_single(file)]:
            yield from _rooted(found)
    except (BrokenJsonError, UnicodeDecodeError) as error:
        raise unreadable("json_export", name=file.name, why=in_json(error)) from error


def parts(record: Record, name: str) -> list[Record]:
    """The objects in a list of a record; anything else is left out."""
    value = record.get(name)
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def part(record: Record, name: str) -> Record:
    """The object that a record holds, or an empty one."""
    value = record.get(name)
    return value if isinstance(value, dict) else {}


def text(record: Record, name: str) -> str:
    """A field as text; blank when it is missing or no plain value."""
    value = record.get(name)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _single(file: FilePath) -> Record:
    with file.open(encoding="utf-8-sig") as opened:
        written = opened.read(MAX_OBJECT)
    try:
        found = json.loads(written)
    except RecursionError:
        raise BrokenJsonError(why("json_deep")) from None
    except ValueError:
        raise BrokenJsonError(why("json_cut")) from None
    if not isinstance(found, dict):
        raise BrokenJsonError(why("json_no_object"))
    return found


def _rooted(found: Record) -> Iterator[Record]:
    """Services below an organization, a service at a location, or a service itself."""
    if "services" in found or ("locations" in found and "service_at_locations" not in found):
        owner = {name: value for name, value in found.items() if name != "services"}
        everywhere = [{"location": location} for location in parts(found, "locations")]
        for service in parts(found, "services") or [{}]:
            places = parts(service, "service_at_locations") or everywhere
            yield {**service, "organization": owner, "service_at_locations": places}
    elif "service" in found and "location" in found:
        yield {**part(found, "service"), "service_at_locations": [found]}
    else:
        yield found
