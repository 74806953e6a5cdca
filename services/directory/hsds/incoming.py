"""An HSDS service at a location as a row of the directory: our own export as it was, others' as far as they go."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from models.directory import LICENCE
from routing.identity import fold
from routing.sentence import Sentence
from services.directory.hsds import names
from services.directory.hsds.hours import hours_in_words
from services.directory.hsds.nested import part, parts, text
from services.directory.hsds.terms import KIND, PUBLISHER, WEBSITE
from services.directory.row_reasons import because
from services.directory.rows import HSDS, SourceRow, clean
from services.directory.service_codes import ServiceCodes

Record = dict[str, Any]
FACTS = ("service", "description", "admissions_hours")
MAX_FACT = 2_000  # characters
MAX_INTAKE = 5
_NOT_SPOKEN = frozenset({"fax", "sms", "text", "pager"})
_PUBLISHER, _KIND = re.compile(r"[a-z_]{1,32}"), re.compile(r"[A-Z]{1,16}")
_OUR_NAMES = {name: field for field, name in names.FIELD_NAMES.items()}
_TAG = re.compile(r"<[^>]{0,200}>")


@dataclass(frozen=True)
class Offer:
    """A service at one of its locations; `line` is its number among all of the file."""

    line: int
    service: Record
    at: Record

    @property
    def location(self) -> Record:
        """Where it is."""
        return part(self.at, "location")

    @property
    def organization(self) -> Record:
        """Who offers it."""
        return part(self.service, "organization")

    @property
    def address(self) -> Record:
        """The street's address if there is one, else any."""
        found = parts(self.location, "addresses")
        physical = [address for address in found if address.get("address_type") == "physical"]
        return next(iter([*physical, *found]), {})


def offers(services: Iterator[Record]) -> Iterator[Offer]:
    """Each service at each of its locations; one without a location once, to be refused with a sentence."""
    number = 0
    for service in services:
        for at in parts(service, "service_at_locations") or [{}]:
            number += 1
            yield Offer(number, service, at)


def foreign_row(offer: Offer, codes: ServiceCodes) -> SourceRow:
    """What anybody's HSDS tells; what it cannot tell is said in a remark."""
    owner, where, service = offer.organization, offer.location, offer.service
    name = text(owner, "name") or text(service, "name") or text(where, "name")
    name2 = text(where, "name")
    sources = (offer.at, service, where, owner)
    phones = list(dict.fromkeys(number for source in sources for number in _phones(source)))
    hours = next((words for source in sources if (words := hours_in_words(parts(source, "schedules")))), "")
    told = {"service": text(service, "name"), "description": text(service, "description"), "admissions_hours": hours}
    found = _samhsa_codes((service, offer.at, where), codes)
    return SourceRow(
        line=offer.line,
        name1=name,
        name2="" if fold(name2) == fold(name) else name2,
        **_address(offer.address),
        phone=phones[0] if phones else "",
        intake=tuple(phones[1 : 1 + MAX_INTAKE]),
        website=text(service, "url") or text(owner, "website"),
        kind=HSDS,
        codes=tuple(found),
        latitude=text(where, "latitude"),
        longitude=text(where, "longitude"),
        facts={fact: clean(_TAG.sub(" ", value))[:MAX_FACT] for fact, value in told.items()},
        problems=tuple(_problems(offer)),
        remarks=_unknown(bool(found), bool(phones), bool(hours), bool(text(where, "latitude"))),
    )


def own_row(offer: Offer) -> SourceRow:
    """Our own export as it was before our admins put it right: their corrections belong to the house that made them."""
    own: dict[str, str] = {}
    codes = []
    for attribute in parts(offer.service, "attributes"):
        term = part(attribute, "taxonomy_term")
        if text(term, "taxonomy") == names.SAMHSA_TAXONOMY:
            codes.append(text(term, "code"))
        elif text(term, "taxonomy") == names.LISTING_TAXONOMY:
            own[text(term, "code")] = text(attribute, "value")
    fields = {
        "name1": text(offer.service, "name"),
        "name2": text(offer.service, "alternate_name"),
        **_address(offer.address),
        "phone": next(iter(_phones(offer.service, None)), ""),
        "website": own.get(WEBSITE) or text(offer.service, "url"),
    }
    corrected = _corrected(offer.service)
    fields |= {_ROW_NAMES.get(field, field): before for field, before in corrected.items() if field != names.CODES}
    publisher, kind = own.get(PUBLISHER, ""), own.get(KIND, "")
    whole = _PUBLISHER.fullmatch(publisher) and _KIND.fullmatch(kind) and kind != LICENCE
    return SourceRow(
        line=offer.line,
        **{field: "" if value == names.NOT_GIVEN else value for field, value in fields.items()},
        publisher=publisher,
        kind=kind,
        intake=tuple(_phones(offer.service, names.INTAKE)),
        codes=tuple(corrected[names.CODES].split() if names.CODES in corrected else codes),
        latitude=text(offer.location, "latitude"),
        longitude=text(offer.location, "longitude"),
        facts={fact: clean(own.get(names.FACT + fact, ""))[:MAX_FACT] for fact in FACTS},
        problems=() if whole else (because("no_list"),),
        remarks=_left_out(corrected),
    )


_ROW_NAMES = {"zip5": "zip"}


def _corrected(service: Record) -> dict[str, str]:
    """By our field (or CODES), what the source had said before an admin put it right."""
    found = {}
    for entry in parts(service, "metadata"):
        name = text(entry, "field_name")
        if text(entry, "last_action_type") == names.CORRECTED and (name in _OUR_NAMES or name == names.CODES):
            before = text(entry, "previous_value")
            found[_OUR_NAMES.get(name, name)] = "" if before == names.NOT_GIVEN else before
    return found


def _left_out(corrected: Mapping[str, str]) -> tuple[Sentence, ...]:
    if not corrected:
        return ()
    return (because("put_right_elsewhere", fields=", ".join(sorted(corrected))),)


def _address(address: Record) -> dict[str, str]:
    return {
        "street1": text(address, "address_1"),
        "street2": text(address, "address_2"),
        "city": text(address, "city"),
        "state": text(address, "state_province"),
        "zip": text(address, "postal_code"),
    }


def _phones(holder: Record, description: str | None = "") -> list[str]:
    """Numbers that a person answers, extensions behind them; with a description (None: without any) only those."""
    found = []
    for phone in parts(holder, "phones"):
        number, extension = text(phone, "number"), text(phone, "extension")
        wanted = description == "" or (text(phone, "description") or None) == description
        if number and wanted and text(phone, "type").lower() not in _NOT_SPOKEN:
            found.append(f"{number} x{extension.removesuffix('.0')}" if extension else number)
    return found


def _samhsa_codes(holders: tuple[Record, ...], codes: ServiceCodes) -> list[str]:
    """Codes only of terms that say to be SAMHSA's: labels of other taxonomies mean other things."""
    terms = [part(attribute, "taxonomy_term") for holder in holders for attribute in parts(holder, "attributes")]
    return [
        text(term, "code")
        for term in terms
        if "samhsa" in text(term, "taxonomy").lower() and text(term, "code") in codes.by_code
    ]


def _problems(offer: Offer) -> Iterator[Sentence]:
    status, kind = text(offer.service, "status"), text(offer.location, "location_type")
    if status and status != "active":
        yield because("not_active", status=status[:20])
    if not offer.location:
        yield because("no_location")
    elif kind and kind != "physical":
        yield because("no_place", given=kind[:20])


@cache  # a million rows share a few sentences
def _unknown(codes: bool, phone: bool, hours: bool, coordinates: bool) -> tuple[Sentence, ...]:
    given = {"codes": codes, "phone": phone, "hours": hours, "coordinates": coordinates}
    unknown = [because(f"fact_{name}") for name, known in given.items() if not known]
    return (because("unknown", facts=unknown),) if unknown else ()
