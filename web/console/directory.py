"""The directory of facilities, to search: places with their care, payment and where each fact comes from."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from routing.phone import dialled, spoken
from services.directory import searching
from services.directory.badges import Badge
from web.console.place_words import badge_in_words
from web.console.speech import words
from web.guards import EVERYBODY, allow
from web.house import house

LONGEST_SEARCH = 80  # characters
# Service codes worth a word to somebody who looks for a place, in this order; web/i18n says them under `code.`.
FAMILIES = {
    "care": ("DT", "HID", "RD", "OD", "RES", "OP", "OTP", "MU", "BU", "MM", "SUMH", "CO"),
    "people": ("PW", "CHLD", "YAD", "SNR", "FEM", "MALE", "VET", "SP", "AH"),
    "payment": ("MD", "MC", "PI", "MI", "SF", "SS", "PA", "NP"),
}
STATES = (
    *("AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "GU", "HI", "ID", "IL", "IN", "IA", "KS"),
    *("KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND"),
    *("OH", "OK", "OR", "PA", "PR", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "VI", "WA", "WV", "WI", "WY"),
)

blueprint = Blueprint("directory", __name__)


@dataclass(frozen=True)
class Place:
    """One listing as a page shows it; `features` are words by family, `badge` says where it comes from."""

    name: str
    unit: str
    street: str
    town: str
    phone: str
    number: str
    website: str
    features: dict[str, list[str]]
    badge: Badge
    facility_id: int


@blueprint.get("/directory")
@allow(EVERYBODY)
def search() -> ResponseReturnValue:
    """Facilities whose name, street, town or ZIP hold all the words."""
    asked = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    state = request.args.get("state", "").upper()
    state = state if state in STATES else ""
    page = request.args.get("page", 1, type=int)
    found = searching.search_facilities(house(), asked, state, page) if asked or state else None
    template = "_directory.html" if request.headers.get("HX-Target") == "found" else "directory.html"
    return render_template(
        template,
        asked=asked,
        state=state,
        states=STATES,
        found=found,
        outline=searching.outline(house()) if found is None else None,
        badge_in_words=badge_in_words,
        places=[_place(listing) for listing in found.listings] if found else [],
    )


def _place(listing: searching.Sheet) -> Place:
    number = dialled(listing.phone) if listing.phone else None
    return Place(
        name=listing.name1,
        unit=listing.name2,
        street=listing.street,
        town=f"{listing.city}, {listing.state} {listing.zip5}",
        phone=spoken(number) if number else listing.phone,
        number=number or "",
        website=_website(listing.website),
        features=_features(set(listing.codes)),
        badge=listing.badge,
        facility_id=listing.facility_id,
    )


def _features(codes: set[str]) -> dict[str, list[str]]:
    t = words()
    return {family: [t(f"code.{code}") for code in known if code in codes] for family, known in FAMILIES.items()}


def _website(address: str) -> str:
    """The address as a link, or nothing when it is not one of the web: a directory is not to be trusted."""
    address = address.strip()
    if address and "://" not in address:
        address = f"http://{address}"
    return address if address.startswith(("http://", "https://")) else ""
