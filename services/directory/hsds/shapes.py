"""HSDS 3.0 as types: the objects and fields that we write, each with the constraints of the specification.

Fields are in the order of the tabular columns. A field that links to a parent (`service_id`, `link_id`, ...) stands
only in the tables; lists and nested objects stand only in JSON. `ServiceCapacity` and `Unit` are of HSDS 3.1, as an
extension.
"""

from datetime import date
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

_UUID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
Id = Annotated[str, Field(pattern=_UUID, json_schema_extra={"format": "uuid"})]
Text = Annotated[str, Field(min_length=1)]
WebAddress = Annotated[str, Field(pattern=r"^https?://[!-~]+$", json_schema_extra={"format": "uri"})]


class Shape(BaseModel):
    """Unknown fields are refused; what is not known is left out."""

    model_config = ConfigDict(extra="forbid")


class Metadata(Shape):
    """Where a fact comes from, or what was put right: old and new value, who says so, as of which day."""

    id: Id
    last_action_date: date
    last_action_type: Text
    field_name: Text
    previous_value: Text
    replacement_value: Text
    updated_by: Text


class Taxonomy(Shape):
    """A list of terms."""

    id: Id
    name: Text
    description: Text


class TaxonomyTerm(Shape):
    """One term: a service code of SAMHSA, or one of our own."""

    id: Id
    code: Text
    name: Text
    description: Text
    taxonomy: Text
    taxonomy_id: Id


class Attribute(Shape):
    """That a service has a term; `value` where the term needs one."""

    id: Id
    value: str | None = None
    taxonomy_term: TaxonomyTerm


class Phone(Shape):
    """A number; `extension` when it is a plain one."""

    id: Id
    number: Text
    extension: int | None = None
    type: Literal["voice"] = "voice"
    description: str | None = None


class Language(Shape):
    """A language that staff speak; `code` of ISO 639."""

    id: Id
    name: Text
    code: Text


class Schedule(Shape):
    """Opening hours as words."""

    id: Id
    description: Text


class Address(Shape):
    """Where a location stands."""

    id: Id
    address_1: Text
    address_2: str | None = None
    city: Text
    state_province: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    postal_code: Annotated[str, Field(pattern="^[0-9]{5}$")]
    country: Literal["US"] = "US"
    address_type: Literal["physical"] = "physical"


class Location(Shape):
    """A place; coordinates in degrees, of the street, when a source knows them."""

    id: Id
    location_type: Literal["physical"] = "physical"
    name: Text
    alternate_name: str | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    addresses: list[Address] = []


class Organization(Shape):
    """Who offers a service: the place itself, since no source names operators."""

    id: Id
    name: Text
    alternate_name: str | None = None
    description: Text
    website: WebAddress | None = None


class Unit(Shape):
    """What a capacity counts (HSDS 3.1)."""

    id: Id
    name: Text


class ServiceCapacity(Shape):
    """Open beds of one level of care, as of `updated` (HSDS 3.1)."""

    id: Id
    unit: Unit
    available: Annotated[int, Field(ge=0)]
    maximum: Annotated[int, Field(ge=0)] | None = None
    description: Text
    updated: AwareDatetime


class ServiceAtLocation(Shape):
    """That a service is offered at a location."""

    id: Id
    location: Location


class ListedService(Shape):
    """A service as it stands in lists: what is not plural."""

    id: Id
    organization_id: Id
    name: Text
    alternate_name: str | None = None
    description: Text
    url: WebAddress | None = None
    status: Literal["active"] = "active"
    assured_date: date | None = None
    licenses: str | None = None
    last_modified: AwareDatetime
    organization: Organization


class Service(ListedService):
    """A service with all that belongs to it."""

    phones: list[Phone] = []
    schedules: list[Schedule] = []
    languages: list[Language] = []
    service_at_locations: list[ServiceAtLocation] = []
    capacities: list[ServiceCapacity] = []
    attributes: list[Attribute] = []
    metadata: list[Metadata] = []


class OfferedService(Shape):
    """A service at a location with both of them: the service as in lists, or in full."""

    id: Id
    location: Location
    service: Service | ListedService


class FullOrganization(Organization):
    """An organization with its locations and services."""

    locations: list[Location]
    services: list[Service]


Content = TypeVar("Content", bound=Shape)


class Page(Shape, Generic[Content]):
    """A part of a list, as HSDS's API has it."""

    total_items: int
    total_pages: int
    page_number: int
    size: int
    first_page: bool
    last_page: bool
    empty: bool
    contents: list[Content]
