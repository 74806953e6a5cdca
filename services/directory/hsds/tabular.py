"""HSDS as tables, CSV or flat JSON: brought together into services with their organization and locations inside."""

from collections.abc import Iterator, Mapping
from contextlib import closing

from models.hsds_join import Join
from services.directory.file_reasons import unreadable
from services.directory.files import FilePath
from services.directory.hsds.nested import Record, parts, text
from services.directory.hsds.tables import TABLES
from services.directory.json_stream import BrokenJsonError, in_json, objects
from services.directory.plain_csv import csv_rows, record

# What is read of each table, and the columns by which its records are found
READ = {
    "organization": (("id",), ("name", "alternate_name", "website")),
    "service": (("id",), ("id", "organization_id", "name", "description", "url", "status", "alternate_name")),
    "service_at_location": (("service_id",), ("id", "location_id", "description")),
    "location": (("id",), ("id", "location_type", "name", "alternate_name", "latitude", "longitude")),
    "address": (("location_id",), ("address_1", "address_2", "city", "state_province", "postal_code", "address_type")),
    "phone": (
        ("service_at_location_id", "service_id", "location_id", "organization_id"),
        ("number", "extension", "type", "description"),
    ),
    "schedule": (
        ("service_at_location_id", "service_id", "location_id"),
        ("description", "byday", "opens_at", "closes_at", "freq", "notes"),
    ),
    "attribute": (("link_id",), ("taxonomy_term_id", "value")),
    "taxonomy_term": (("id",), ("code", "name", "taxonomy")),
    "metadata": (("resource_id",), ("last_action_type", "field_name", "previous_value")),
}
MAX_FIELD = 100_000  # characters; descriptions may be long
NEEDED = ("organization", "service", "service_at_location", "location", "address")


def package_tables(folder: FilePath, package: Record) -> dict[str, FilePath]:
    """The CSV files that a datapackage.json names; raises UnreadableFileError when a needed one is missing."""
    found: dict[str, FilePath] = {}
    for resource in parts(package, "resources"):
        name, path = text(resource, "name"), text(resource, "path")
        if name in READ and "/" not in path and "\\" not in path and (folder / path).is_file():
            found[name] = folder / path
    return _complete(folder, found)


def json_tables(folder: FilePath) -> dict[str, FilePath] | None:
    """The flat JSON files of a folder by table, such as services.json; None when it holds no such set."""
    found: dict[str, FilePath] = {}
    for name in READ:
        for stem in (name, TABLES[name].path.removesuffix(".csv")):
            if (folder / f"{stem}.json").is_file():
                found[name] = folder / f"{stem}.json"
    return _complete(folder, found) if {"service", "service_at_location"} <= set(found) else None


def joined_services(tables: Mapping[str, FilePath]) -> Iterator[Record]:
    """The services of all tables together, nested as in JSON, in the order of their table."""
    with closing(Join()) as join:
        for name, file in tables.items():
            join.add(name, _keyed(name, _csv(file) if file.name.endswith(".csv") else _json(file)))
        join.ready()
        terms = {text(term, "id"): term for term in join.each("taxonomy_term")}
        for service in join.each("service"):
            yield _nested(join, service, terms)


def _complete(folder: FilePath, found: dict[str, FilePath]) -> dict[str, FilePath]:
    missing = [TABLES[name].path for name in NEEDED if name not in found]
    if missing:
        raise unreadable("tables_missing", name=folder.name, tables=", ".join(missing))
    return found


def _csv(file: FilePath) -> Iterator[Record]:
    rows = csv_rows(file, MAX_FIELD)
    _, header = next(rows, (1, []))
    for line, cells in rows:
        if any(cells):
            yield record(file, line, cells, header)


def _json(file: FilePath) -> Iterator[Record]:
    try:
        yield from objects(file, "")
    except (BrokenJsonError, UnicodeDecodeError) as error:
        raise unreadable("json_export", name=file.name, why=in_json(error)) from error


def _keyed(name: str, rows: Iterator[Record]) -> Iterator[tuple[str, Record]]:
    links, wanted = READ[name]
    for row in rows:
        kept = {column: row[column] for column in ("id", *wanted) if row.get(column) not in (None, "")}
        for link in links:
            if row.get(link):
                yield str(row[link]), kept


def _nested(join: Join, service: Record, terms: Mapping[str, Record]) -> Record:
    id_ = str(service.get("id", ""))
    owner = str(service.get("organization_id", ""))
    return {
        **service,
        "organization": {**_first(join, "organization", owner), "phones": join.find("phone", owner)},
        "phones": join.find("phone", id_),
        "schedules": join.find("schedule", id_),
        "attributes": _attributes(join, id_, terms),
        "metadata": join.find("metadata", id_),
        "service_at_locations": [_place(join, at, terms) for at in join.find("service_at_location", id_)],
    }


def _place(join: Join, at: Record, terms: Mapping[str, Record]) -> Record:
    id_, where = str(at.get("id", "")), str(at.get("location_id", ""))
    location = {
        **_first(join, "location", where),
        "addresses": join.find("address", where),
        "phones": join.find("phone", where),
        "schedules": join.find("schedule", where),
    }
    return {
        **at,
        "location": location,
        "phones": join.find("phone", id_),
        "schedules": join.find("schedule", id_),
        "attributes": _attributes(join, id_, terms),
    }


def _attributes(join: Join, id_: str, terms: Mapping[str, Record]) -> list[Record]:
    return [
        {"value": found.get("value"), "taxonomy_term": terms.get(str(found.get("taxonomy_term_id")), {})}
        for found in join.find("attribute", id_)
    ]


def _first(join: Join, name: str, key: str) -> Record:
    return next(iter(join.find(name, key)), {})
