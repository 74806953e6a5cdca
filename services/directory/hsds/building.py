"""A place as HSDS: one organization, and for each of its listings a service at a location, with sources and dates."""

import re
from collections.abc import Iterator
from datetime import datetime

from models.live_facts import BedReport
from services.directory.hsds import names, shapes
from services.directory.hsds.gathering import Entry, Place
from services.directory.hsds.names import part_id, place_id
from services.directory.hsds.provenance import records
from services.directory.hsds.terms import KIND, PUBLISHER, WEBSITE, Terms

_EXTENSION = re.compile(r"(.*\d) x([1-9]\d*)")  # as SAMHSA writes it; any other form stays in the number
_WEB = re.compile(r"https?://[!-~]+")
_LANGUAGES = {"SP": ("Spanish", "es"), "AH": ("Sign language", "sgn")}


def organization(place: Place) -> shapes.Organization:
    """The place as an organization, named as in its first listing."""
    entry = place.entries[0]
    return shapes.Organization(
        id=place_id(place.public_id, "organization"),
        name=entry.sheet.name1,
        alternate_name=entry.sheet.name2 or None,
        description=_description(entry),
        website=_web(entry.sheet.website),
    )


def location(place: Place, entry: Entry) -> shapes.Location:
    """Where a listing says that the place is."""
    id_, sheet = place_id(place.public_id, f"location {entry.part}"), entry.sheet
    return shapes.Location(
        id=id_,
        name=sheet.name1,
        alternate_name=sheet.name2 or None,
        latitude=entry.listing.latitude,
        longitude=entry.listing.longitude,
        addresses=[
            shapes.Address(
                id=part_id(id_, "address"),
                address_1=sheet.street1 or names.NOT_GIVEN,
                address_2=sheet.street2 or None,
                city=sheet.city,
                state_province=sheet.state,
                postal_code=sheet.zip5,
            )
        ],
    )


def services(place: Place, terms: Terms) -> list[shapes.Service]:
    """Every listing of the place as a service; its beds belong to the first."""
    owner = organization(place)
    return [
        _service(place, entry, owner, terms, place.beds if entry is place.entries[0] else ()) for entry in place.entries
    ]


def listed(service: shapes.Service) -> shapes.ListedService:
    """The service as it stands in lists."""
    return shapes.ListedService.model_construct(
        **{name: getattr(service, name) for name in shapes.ListedService.model_fields}
    )


def _service(
    place: Place, entry: Entry, owner: shapes.Organization, terms: Terms, beds: tuple[BedReport, ...]
) -> shapes.Service:
    sheet, id_ = entry.sheet, place_id(place.public_id, f"service {entry.part}")
    where = location(place, entry)
    return shapes.Service(
        id=id_,
        organization_id=owner.id,
        name=sheet.name1,
        alternate_name=sheet.name2 or None,
        description=_description(entry),
        url=_web(sheet.website),
        assured_date=sheet.verified_at.date() if sheet.verified_at else None,
        licenses=_licence(entry),
        last_modified=_last_modified(place, entry),
        organization=owner,
        phones=list(_phones(entry, id_)),
        schedules=_schedules(entry, id_),
        languages=[
            shapes.Language(id=part_id(id_, f"language {code}"), name=name, code=language)
            for code, (name, language) in _LANGUAGES.items()
            if code in sheet.codes
        ],
        service_at_locations=[
            shapes.ServiceAtLocation(id=place_id(place.public_id, f"at {entry.part}"), location=where)
        ],
        capacities=[_capacity(id_, report) for report in beds],
        attributes=list(_attributes(entry, id_, terms)),
        metadata=records(place, entry, id_),
    )


def _description(entry: Entry) -> str:
    return str(entry.listing.facts.get("description") or f"As listed by {entry.sheet.source}.")


def _web(address: str) -> str | None:
    return address if _WEB.fullmatch(address) else None


def _licence(entry: Entry) -> str | None:
    licence = entry.sheet.licence
    if licence is None:
        return None
    until = f", until {licence.expires}" if licence.expires else ""
    return f"{licence.number}{until}"


def _last_modified(place: Place, entry: Entry) -> datetime:
    return max([entry.listing.seen.at, *(fix.at for fix in place.fixes.values())])


def _phones(entry: Entry, service_id: str) -> Iterator[shapes.Phone]:
    given = [(entry.sheet.phone, None), *((number, names.INTAKE) for number in entry.sheet.intake)]
    for place_in_list, (number, what) in enumerate([*given, (entry.sheet.admissions_phone, names.ADMISSIONS)]):
        if number:
            found = _EXTENSION.fullmatch(number)
            yield shapes.Phone(
                id=part_id(service_id, f"phone {place_in_list}"),
                number=found[1] if found else number,
                extension=int(found[2]) if found else None,
                description=what,
            )


def _schedules(entry: Entry, service_id: str) -> list[shapes.Schedule]:
    hours = entry.sheet.admissions_hours
    return [shapes.Schedule(id=part_id(service_id, "hours"), description=hours)] if hours else []


def _capacity(service_id: str, report: BedReport) -> shapes.ServiceCapacity:
    """Open beds as they were told. Reports of more than a day ago never get here (gathering.BEDS_LAST)."""
    unit = names.UNITS[report.level]
    return shapes.ServiceCapacity(
        id=part_id(service_id, unit),
        unit=shapes.Unit(id=part_id(names.NAMESPACE, unit), name=unit),
        available=report.open,
        maximum=report.total,
        description=f"{unit.capitalize()} when last told; call to confirm.",
        updated=report.at,
    )


def _attributes(entry: Entry, service_id: str, terms: Terms) -> Iterator[shapes.Attribute]:
    for code in entry.sheet.codes:
        yield terms.service(service_id, code)
    yield terms.own(service_id, PUBLISHER, entry.listing.publisher)
    yield terms.own(service_id, KIND, entry.listing.kind)
    if entry.sheet.website and not _web(entry.sheet.website):
        yield terms.own(service_id, WEBSITE, entry.sheet.website)
    for name, value in sorted(entry.listing.facts.items()):
        yield terms.own(service_id, names.FACT + name, str(value))
