"""The information line: which sheet is meant, its parts by text, and its lines by voice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import directory
from models.contacts import Contact, record
from routing.call_flow import Reading
from routing.information import Sheet, pages, spoken
from routing.vocabulary import DANGER, Language
from services import knowing
from services.house import House

SHEET, LINE, ASKED = "info", "info_line", "info_asked"  # in the flow of a call


def texted(session: Session, house: House, contact: Contact, sheet_id: str, page: int, now: datetime) -> list[str]:
    """One part of a sheet as the paragraph of an answer; after the last part a word that there is no more."""
    sheet = _sheet(session, house, contact, sheet_id)
    if sheet is None:
        return [house.phrases.text("text.information_unknown", contact.language)]
    more = house.phrases.text("text.information_more", contact.language)
    last = house.phrases.text("text.information_last", contact.language)
    parts = pages(sheet.lines(contact.language), more, last)
    record(session, contact.id, "information_given", now, sheet=sheet.id, part=page + 1)
    return [parts[page] if page < len(parts) else last]


def begin_reading(contact: Contact) -> None:
    """Key 3: the caller (locked) wants to listen; a second time, to something else."""
    again = SHEET in contact.flow
    known = knowing.substances_of(contact)
    sheet = "" if again or not known else known[0]
    contact.flow = {**contact.flow, SHEET: sheet, LINE: 0, ASKED: 0}


def stop_reading(contact: Contact) -> None:
    """The caller (locked) wants something else."""
    contact.flow = {key: value for key, value in contact.flow.items() if key not in (SHEET, LINE, ASKED)}


def choose(session: Session, house: House, contact: Contact, words: str, heard: Any, now: datetime) -> None:
    """What the caller (locked) said they want to hear about; not understood is the sheet for everybody."""
    topic = house.information.topic_of(f"info {words}")
    sheet = topic or (heard.substances[0].id if heard.substances else house.information.first)
    contact.flow = {**contact.flow, SHEET: sheet, LINE: 0, ASKED: 1}
    record(session, contact.id, "information_given", now, sheet=sheet, part=1)


def reading(session: Session, house: House, contact: Contact) -> Reading | None:
    """What a caller who listens hears next; None when nobody listens or all was said."""
    if SHEET not in contact.flow or contact.urgency in DANGER:
        return None
    wanted, at = contact.flow[SHEET], int(contact.flow.get(LINE, 0))
    if not wanted and not contact.flow.get(ASKED):
        return Reading(ask=True)
    sheet = _sheet(session, house, contact, wanted)
    lines = sheet.lines(contact.language) if sheet else ()
    return Reading(line=spoken(lines[at]), last=at + 1 == len(lines)) if at < len(lines) else None


def _sheet(session: Session, house: House, contact: Contact, sheet_id: str) -> Sheet | None:
    return house.information.sheet(sheet_id or house.information.first, state_of(session, contact))


def state_of(session: Session, contact: Contact) -> str | None:
    """The state where the person is, as told or by the ZIP code."""
    told = knowing.value_of(contact, "state")
    zip5 = knowing.value_of(contact, "zip")
    found = directory.zip_code(session, zip5) if zip5 else None
    return found.state if found else told


@dataclass(frozen=True)
class SheetPage:
    """A sheet for a page: the name, sections of (heading, lines) in the reader's language, sources and date."""

    id: str
    name: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]
    sources: tuple[str, ...]
    as_of: str
    tier: str | None


def sheet_page(house: House, sheet_id: str, language: str, state: str | None = None) -> SheetPage | None:
    """The sheet that callers get, whole; None when there is no such sheet."""
    sheet = house.information.sheet(sheet_id, state)
    if sheet is None:
        return None
    substance = house.match_desk.catalog.substances.get(sheet_id) if house.match_desk else None
    sections = tuple((section.heading, tuple(section.lines[language])) for section in sheet.sections)
    return SheetPage(
        id=sheet.id,
        name=sheet.names[language],
        sections=sections,
        sources=sheet.sources,
        as_of=sheet.as_of.isoformat(),
        tier=substance.tier if substance else None,
    )


def sheet_names(house: House, language: str) -> Mapping[str, Mapping[str, str]]:
    """All sheets as kind (`substances`, `topics`) -> id -> name, sorted by name."""
    known = house.match_desk.catalog.substances if house.match_desk else {}
    names = {sheet.id: sheet.names[Language(language).value] for sheet in house.information.sheets.values()}
    in_order = dict(sorted(names.items(), key=lambda entry: entry[1].casefold()))
    return {
        "substances": {id_: name for id_, name in in_order.items() if id_ in known},
        "topics": {id_: name for id_, name in in_order.items() if id_ not in known},
    }


def states(house: House) -> tuple[str, ...]:
    """The states for which help near the person is listed."""
    return tuple(sorted({state for by_state in house.information.near.values() for state in by_state}))
