"""HSDS as tables: which columns each CSV has, and where the parts of a nested service go."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from services.directory.hsds import names, shapes

Row = dict[str, Any]
_TYPES = {
    "latitude": "number", "longitude": "number", "extension": "number", "available": "number", "maximum": "number",
    "assured_date": "date", "last_action_date": "date", "last_modified": "datetime", "updated": "datetime",
}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """One CSV: its columns are the links to other tables and the shape's plain fields."""

    name: str
    path: str
    shape: type[BaseModel]
    links: tuple[str, ...] = ()
    references: tuple[tuple[str, str], ...] = ()  # column, table

    @property
    def columns(self) -> tuple[str, ...]:
        """In the order of the file."""
        plain = [name for name in self.shape.model_fields if name not in NESTED and name not in self.links]
        return (plain[0], *self.links, *plain[1:])

    @property
    def nested(self) -> tuple[str, ...]:
        """The fields that go into other tables; those of a service stand in its full shape."""
        shape = shapes.Service if self.name == "service" else self.shape
        return tuple(name for name in shape.model_fields if name in NESTED)

    def describe(self) -> Row:
        """The table as a resource of a data package."""
        fields = [_field(name, required=self._required(name)) for name in self.columns]
        schema: Row = {"primaryKey": "id", "fields": fields}
        return {
            "name": self.name,
            "path": self.path,
            "profile": "tabular-data-resource",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": schema,
        }

    def _required(self, name: str) -> bool:
        field = self.shape.model_fields.get(name)
        return name in self.links if field is None else field.is_required() or name in self.links


# Where a nested value goes: its table, and the column there that names its parent
NESTED = {
    "organization": ("organization", ""),
    "phones": ("phone", "service_id"),
    "schedules": ("schedule", "service_id"),
    "languages": ("language", "service_id"),
    "service_at_locations": ("service_at_location", "service_id"),
    "location": ("location", ""),
    "addresses": ("address", "location_id"),
    "capacities": ("service_capacity", "service_id"),
    "unit": ("unit", ""),
    "attributes": ("attribute", "link_id"),
    "metadata": ("metadata", "resource_id"),
    "taxonomy_term": ("taxonomy_term", ""),
}
_SERVICE = (("service_id", "service"),)
TABLES = {
    table.name: table
    for table in (
        Table("organization", "organizations.csv", shapes.Organization),
        Table(
            "service", "services.csv", shapes.ListedService, ("organization_id",),
            (("organization_id", "organization"),),
        ),
        Table("location", "locations.csv", shapes.Location),
        Table(
            "service_at_location", "service_at_location.csv", shapes.ServiceAtLocation, ("service_id", "location_id"),
            (*_SERVICE, ("location_id", "location")),
        ),
        Table("address", "addresses.csv", shapes.Address, ("location_id",), (("location_id", "location"),)),
        Table("phone", "phones.csv", shapes.Phone, ("service_id",), _SERVICE),
        Table("schedule", "schedules.csv", shapes.Schedule, ("service_id",), _SERVICE),
        Table("language", "languages.csv", shapes.Language, ("service_id",), _SERVICE),
        Table("taxonomy", "taxonomies.csv", shapes.Taxonomy),
        Table("taxonomy_term", "taxonomy_terms.csv", shapes.TaxonomyTerm, (), (("taxonomy_id", "taxonomy"),)),
        Table(
            "attribute", "attributes.csv", shapes.Attribute, ("link_id", "taxonomy_term_id", "link_entity"),
            (("taxonomy_term_id", "taxonomy_term"),),
        ),
        Table("metadata", "metadata.csv", shapes.Metadata, ("resource_id", "resource_type")),
        Table("unit", "units.csv", shapes.Unit),
        Table(
            "service_capacity", "service_capacity.csv", shapes.ServiceCapacity, ("service_id", "unit_id"),
            (*_SERVICE, ("unit_id", "unit")),
        ),
    )
}  # fmt: skip


def data_package(sources: Iterable[str], created: str, as_of: str) -> Row:
    """The datapackage.json that describes all tables and says where the facts come from."""
    return {
        "name": names.PACKAGE_NAME,
        "title": "Treatment directory of a Harborline helpline, as Human Services Data Specification 3.0",
        "profile": "tabular-data-package",
        "hsds_version": names.VERSION,
        "hsds_profile": names.PROFILE,
        "created": created,
        "as_of": as_of,
        "sources": [{"title": source} for source in sources],
        "resources": [table.describe() for table in TABLES.values()],
    }


def _field(name: str, *, required: bool) -> Row:
    kind = _TYPES.get(name, "string")
    form = {"format": "uuid"} if name == "id" or name.endswith("_id") else {}
    form = {"format": "any"} if kind == "datetime" else form
    constraints: Row = {"required": required, **({"unique": True} if name == "id" else {})}
    return {"name": name, "type": kind, **form, "constraints": constraints}
