"""The directory for readers of the API: pages and single objects of HSDS, of what is published now."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from models.publishing import facilities_of, facility_by_public_id, page_of_facilities, page_of_listings
from services.directory.hsds import building, names, shapes
from services.directory.hsds.gathering import Entry, Place, places
from services.directory.hsds.terms import Terms
from services.house import House

Identified = TypeVar("Identified", shapes.Service, shapes.OfferedService, shapes.Location)
Content = TypeVar("Content", bound=shapes.Shape)


@dataclass(frozen=True)
class Asked:
    """A page of a list: pages count from 1; `search` are words that name, street, town or ZIP hold."""

    page: int = 1
    per_page: int = 25
    search: str = ""
    organization_id: uuid.UUID | None = None
    full: bool = False

    @property
    def offset(self) -> int:
        """How many come before."""
        return (self.page - 1) * self.per_page


@dataclass(frozen=True)
class Found:
    """One listing of a page as its service."""

    place: Place
    entry: Entry
    service: shapes.Service


def organizations(house: House, asked: Asked, now: datetime) -> shapes.Page[shapes.Organization]:
    """A page of organizations; with `full` also their locations and services."""
    with house.db.begin() as session:
        ids, total = page_of_facilities(session, asked.search, limit=asked.per_page, offset=asked.offset)
        found = places(session, ids, now)
    make = (lambda place: _full_organization(house, place)) if asked.full else building.organization
    return _page(asked, total, [make(place) for place in found])


def services(house: House, asked: Asked, now: datetime) -> shapes.Page[shapes.ListedService]:
    """A page of services; with `full` also all that belongs to them."""
    total, found = _listed(house, asked, now)
    return _page(asked, total, [each.service if asked.full else building.listed(each.service) for each in found])


def services_at_locations(house: House, asked: Asked, now: datetime) -> shapes.Page[shapes.OfferedService]:
    """A page of services at locations; with `full` the services in full."""
    total, found = _listed(house, asked, now)
    return _page(asked, total, [_offered(each, full=asked.full) for each in found])


def locations(house: House, asked: Asked, now: datetime) -> shapes.Page[shapes.Location]:
    """A page of locations."""
    total, found = _listed(house, asked, now)
    return _page(asked, total, [building.location(each.place, each.entry) for each in found])


def organization(house: House, id_: uuid.UUID, now: datetime) -> shapes.FullOrganization | None:
    """One organization with its locations and services; None when nothing is published under this id."""
    place = _place(house, id_, now)
    found = _full_organization(house, place) if place is not None else None
    return found if found is not None and found.id == str(id_) else None


def service(house: House, id_: uuid.UUID, now: datetime) -> shapes.Service | None:
    """One service in full."""
    return _one(house, id_, now, lambda found: found.service)


def service_at_location(house: House, id_: uuid.UUID, now: datetime) -> shapes.OfferedService | None:
    """One service at a location, both in full."""
    return _one(house, id_, now, lambda found: _offered(found, full=True))


def location(house: House, id_: uuid.UUID, now: datetime) -> shapes.Location | None:
    """One location."""
    return _one(house, id_, now, lambda found: building.location(found.place, found.entry))


def _one(house: House, id_: uuid.UUID, now: datetime, make: Callable[[Found], Identified]) -> Identified | None:
    place = _place(house, id_, now)
    made = [make(found) for found in _found(house, place)] if place is not None else []
    return next((each for each in made if each.id == str(id_)), None)


def _place(house: House, id_: uuid.UUID, now: datetime) -> Place | None:
    with house.db.begin() as session:
        facility = facility_by_public_id(session, names.public_id_of(id_))
        found = places(session, [facility], now) if facility is not None else []
    return found[0] if found else None


def _listed(house: House, asked: Asked, now: datetime) -> tuple[int, list[Found]]:
    public_id = names.public_id_of(asked.organization_id) if asked.organization_id is not None else None
    with house.db.begin() as session:
        ids, total = page_of_listings(session, asked.search, public_id, limit=asked.per_page, offset=asked.offset)
        found = _of_listings(house, session, ids, now)
    return total, found


def _of_listings(house: House, session: Session, ids: Sequence[int], now: datetime) -> list[Found]:
    together = places(session, facilities_of(session, ids), now)
    by_id = {found.entry.listing.id: found for place in together for found in _found(house, place)}
    return [by_id[id_] for id_ in ids if id_ in by_id]


def _found(house: House, place: Place) -> list[Found]:
    made = building.services(place, Terms(house.service_codes))
    return [Found(place, entry, service) for entry, service in zip(place.entries, made, strict=True)]


def _offered(found: Found, *, full: bool) -> shapes.OfferedService:
    return shapes.OfferedService(
        id=found.service.service_at_locations[0].id,
        location=building.location(found.place, found.entry),
        service=found.service if full else building.listed(found.service),
    )


def _full_organization(house: House, place: Place) -> shapes.FullOrganization:
    return shapes.FullOrganization(
        **building.organization(place).model_dump(),
        locations=[building.location(place, entry) for entry in place.entries],
        services=[found.service for found in _found(house, place)],
    )


def _page(asked: Asked, total: int, contents: Sequence[Content]) -> shapes.Page[Content]:
    pages = max(1, -(-total // asked.per_page))
    return shapes.Page(
        total_items=total, total_pages=pages, page_number=asked.page, size=len(contents),
        first_page=asked.page == 1, last_page=asked.page >= pages, empty=not contents, contents=list(contents),
    )  # fmt: skip
