"""Places for a contact: looked for while the caller waits, shown with reasons, and kept when they change."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from models import outbox
from models.contacts import Contact, lock_contact, record
from models.live_facts import reports_in
from models.matches import chosen_of
from routing import phone
from routing.geography import ZipTable
from routing.match_map import MatchMap, draw
from routing.match_phrases import PhraseTable, render
from routing.match_reasons import UNSURE_FIT
from routing.vocabulary import Channel
from services import place_lines, showings, suggestions
from services.directory.badges import Badge
from services.directory.sheets import Licence
from services.house import House
from services.matching import FoundPlace, Matches, desk_of, find_matches, freshen
from services.outlines import outlines

SHOWN = 12  # places on the page; three or more are always offered where there are so many (FIELD.md, EKRA)
SHOWN_MORE = 10  # how many come with each "more"
TICKED = 3  # places that are texted unless the counselor chooses others
IN_SIGHT = 6  # none further down is ticked by itself: what is sent stands before the counselor's eyes
LEAST_IN_SIGHT = 3  # the rest is folded away


@dataclass(frozen=True)
class PlaceRow:
    """One place with the reasons for it and what to ask by phone, in the reader's language."""

    listing: int
    name: str
    unit: str
    address: str
    number: str | None
    miles: int
    reasons: tuple[str, ...]
    open_points: tuple[str, ...]
    badge: Badge
    facility: int
    fixed: bool = False  # an admin put something right
    admissions_phone: str | None = None
    admissions_hours: str = ""
    tip: str = ""
    licence: Licence | None = None
    reported: frozenset[str] = frozenset()  # what was said of it in this contact
    chosen: bool = False
    ticked: bool = False  # one of those that are texted unless the counselor chooses others


@dataclass(frozen=True)
class MatchList:
    """The list for a contact. `missing` names the answers without which nothing can be looked for."""

    missing: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    places: tuple[PlaceRow, ...] = ()
    beside: tuple[tuple[str, tuple[PlaceRow, ...]], ...] = ()
    total: int = 0
    radius: int | None = None
    map: MatchMap | None = None  # the places around the middle of the person's ZIP code

    @property
    def in_sight(self) -> int:
        """How many places stand open: the first three, and all down to the last one that is ticked by itself."""
        ticked = [number for number, place in enumerate(self.places, 1) if place.ticked]
        return max([LEAST_IN_SIGHT, *ticked])

    @property
    def more(self) -> int:
        """How many places come with the next "more"."""
        return min(SHOWN_MORE, self.total - len(self.places))


def match_for_call(house: House, contact_id: uuid.UUID, now: datetime) -> bool:
    """Keep the match of a call whose place and substance are known, so that the counselor's page has it at once."""
    freshen(house)  # before the contact is locked: reading a directory takes a while, and the caller's next key waits
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        profile = suggestions.profile_of(house, contact) if contact else None
        if contact is None or profile is None or contact.channel is Channel.TEXT:
            return False
        matches = find_matches(desk_of(house), session, profile, now, limit=SHOWN)
        if showings.keep_unread(session, contact_id, matches, first=SHOWN):
            record(session, contact_id, "matched", now, outcome=str(matches.answer.outcome), total=matches.answer.total)
            outbox.touch(session, contact_id)
        return True


def match_list(
    house: House, contact_id: uuid.UUID, reader_id: uuid.UUID | None, language: str, now: datetime
) -> MatchList:
    """Places for what is known of the contact now, and kept as shown to `reader_id` when the list is new to them."""
    with house.db.begin() as session:
        contact = session.get(Contact, contact_id)
        if contact is None:
            return MatchList()
        profile = suggestions.profile_of(house, contact)
        if profile is None:
            known = contact.triage or {}
            return MatchList(missing=tuple(key for key in ("zip", "substances") if not known.get(key)))
        matches = find_matches(desk_of(house), session, profile, now, limit=list_length(session, contact_id, reader_id))
        if reader_id is not None:
            showings.note_shown(session, contact_id, reader_id, matches, len(matches.places))
        found = _as_list(matches, _said_in(session, contact_id), desk_of(house).phrases, language)
        zips = desk_of(house).current(session).sources.index.zips
        return replace(found, map=_map(zips, profile.zip, matches, language))


def list_length(session: Session, contact_id: uuid.UUID, reader_id: uuid.UUID | None) -> int:
    """How many places this reader's page has; it stays as long as they made it."""
    return max(SHOWN, showings.count_shown(session, contact_id, reader_id) if reader_id is not None else 0)


def show_more(house: House, contact_id: uuid.UUID, reader_id: uuid.UUID) -> bool:
    """Make this reader's list longer (R15.1: all of it can be had); False when it is whole."""
    with house.db.begin() as session:
        return showings.show_more(session, contact_id, reader_id, SHOWN_MORE)


@dataclass(frozen=True)
class _Said:
    """What was said of places in this contact: reports by facility, and the listings that were chosen."""

    reported: Mapping[int, frozenset[str]]
    chosen: frozenset[int]


def _said_in(session: Session, contact_id: uuid.UUID) -> _Said:
    reported: dict[int, frozenset[str]] = {}
    for report in reports_in(session, contact_id):
        reported[report.facility_id] = reported.get(report.facility_id, frozenset()) | {report.kind.value}
    return _Said(reported, chosen_of(session, contact_id))


def _as_list(matches: Matches, said: _Said, phrases: PhraseTable, language: str) -> MatchList:
    in_sight = matches.places[:IN_SIGHT]
    sure = [p.entry.listing for p in in_sight if UNSURE_FIT.isdisjoint(p.entry.open_points)]
    ticked = sure[:TICKED]
    return MatchList(
        advice=tuple(render(advice, phrases, language) for advice in matches.answer.advice),
        places=tuple(
            replace(_row(place, said, phrases, language), ticked=place.entry.listing in ticked)
            for place in matches.places
        ),
        beside=tuple(
            (render(heading, phrases, language), tuple(_row(place, said, phrases, language) for place in places))
            for heading, places in matches.beside
        ),
        total=matches.answer.total,
        radius=matches.answer.radius,
    )


def _map(zips: ZipTable, zip5: str | None, matches: Matches, language: str) -> MatchMap | None:
    """The places of the list, numbered as there, by the middles of their ZIP codes, from which their miles are told."""
    person = zips.find(zip5 or "")
    found = [(number, zips.find(place.listing.zip5)) for number, place in enumerate(matches.places, 1)]
    known = [(number, (place.lat, place.lon)) for number, place in found if place is not None]
    return draw((person.lat, person.lon), known, outlines(language)) if person is not None and known else None


def _row(place: FoundPlace, said: _Said, phrases: PhraseTable, language: str) -> PlaceRow:
    listing, entry = place.listing, place.entry
    street = ", ".join(part for part in (listing.street1, listing.street2) if part)
    return PlaceRow(
        listing=entry.listing,
        name=listing.name1,
        unit=listing.name2,
        address=f"{street}, {listing.city}, {listing.state} {listing.zip5}".removeprefix(", "),
        number=phone.dialled(listing.phone) if listing.phone else None,
        miles=max(place_lines.LEAST_MILES, round(entry.miles)),
        reasons=tuple(render(reason, phrases, language) for reason in entry.reasons),
        open_points=tuple(render(point, phrases, language) for point in entry.open_points),
        badge=listing.badge,
        facility=entry.facility,
        fixed=bool(listing.fixed),
        admissions_phone=phone.dialled(listing.admissions_phone) if listing.admissions_phone else None,
        admissions_hours=listing.admissions_hours,
        tip=listing.tip,
        licence=listing.licence,
        reported=said.reported.get(entry.facility, frozenset()),
        chosen=entry.listing in said.chosen,
    )
