"""Places as lines for a telephone: name, distance, number, reasons, what must be asked, and who lists the payer."""

from models.contacts import Contact
from routing import phone
from routing.match_phrases import render, say
from routing.match_reasons import PAYER_LISTED, UNSURE_FIT
from services.house import House
from services.matching import FoundPlace, desk_of
from services.text_contacts import LONGEST_TEXT

REASONS_A_PLACE = 2
LEAST_MILES = 1
ROOM_AROUND = 200  # characters that a list's heading takes


def lines(house: House, contact: Contact, places: tuple[FoundPlace, ...], *, first: int) -> list[str]:
    """Places as numbered lines for a telephone, in the caller's language.

    Each with its first two reasons, and what has to be asked first where it may be for others only. The units' names
    stand there while all lines fit into one text.
    """
    full = [_line(house, contact, place, number, unit=True) for number, place in enumerate(places, first)]
    if len("\n".join(full)) + ROOM_AROUND <= LONGEST_TEXT:
        return full
    return [_line(house, contact, place, number, unit=False) for number, place in enumerate(places, first)]


def _line(house: House, contact: Contact, place: FoundPlace, number: int, *, unit: bool) -> str:
    phrases, language = desk_of(house).phrases, contact.language.value
    entry, listing = place.entry, place.listing
    said = (*entry.reasons[:REASONS_A_PLACE], *(point for point in entry.open_points if point in UNSURE_FIT))
    return house.phrases.text(
        "text.place",
        contact.language,
        number=number,
        name=f"{listing.name1}, {listing.name2}" if unit and listing.name2 else listing.name1,
        city=listing.city,
        miles=max(LEAST_MILES, round(entry.miles)),
        phone=phone.spoken(listing.phone) if listing.phone else "",
        reasons=" ".join(render(phrase, phrases, language) for phrase in said),
    )


def payer_line(house: House, contact: Contact, places: tuple[FoundPlace, ...], payer: str) -> str:
    """One line about who lists the way to pay: all of the places, some by their numbers, or none."""
    listed = [str(n) for n, place in enumerate(places, 1) if any(r.key == PAYER_LISTED for r in place.entry.reasons)]
    many = "all" if len(listed) == len(places) else "some" if listed else "none"
    name = render(say(f"payer.{payer}"), desk_of(house).phrases, contact.language.value)
    return house.phrases.text(f"text.payer_{many}", contact.language, payer=name, numbers=", ".join(listed))
