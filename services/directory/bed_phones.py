"""Phones of facility staff that answer for beds: registered and taken off by an admin, stopped by their owner."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.bed_contacts import BedContact, bed_contact_with, lock_bed_contact
from models.bed_rounds import close_rounds
from models.crypto import lookup_hash, unreadable_shown
from models.directory import Facility, listings_of, zip_code
from models.people import counselor_with_phone
from routing import phone
from routing.clock import is_zone
from routing.vocabulary import BedLevel, Language
from services import audit
from services.directory.fixes import fixes_by_facility
from services.directory.refused import Refused
from services.house import House, Rules

MOST_HOURS = 4  # questions a day to one phone


@dataclass(frozen=True)
class BedPhone:
    """What an admin registers: a number as people write it, what it answers for, and the local hours of asking."""

    facility_id: int
    number: str
    levels: tuple[str, ...]
    ask_hours: tuple[int, ...]
    language: Language = Language.ENGLISH
    voice_only: bool = False


def register_phone(house: House, wanted: BedPhone, now: datetime, actor_id: uuid.UUID | None) -> Refused | None:
    """Register a phone, or change what it answers for. A phone that said STOP stays stopped until it says START."""
    number = phone.e164(wanted.number)
    problem = _problem(house.rules, number, wanted)
    if problem is not None or number is None:
        return problem
    with house.db.begin() as session:
        if session.get(Facility, wanted.facility_id) is None:
            return Refused.UNKNOWN_FACILITY
        if counselor_with_phone(session, number) is not None:
            return Refused.NUMBER_OF_OURS
        found = bed_contact_with(session, number)
        if found is not None and found.active and found.facility_id != wanted.facility_id:
            return Refused.NUMBER_TAKEN
        contact = found or BedContact(id=uuid.uuid4(), number=number, number_hash=lookup_hash(number), active=False)
        if not contact.active:
            contact.registered_at, contact.asked_at = now, now  # the first question comes at the next hour of asking
        contact.facility_id, contact.active = wanted.facility_id, True
        contact.levels = list(dict.fromkeys(wanted.levels))
        contact.ask_hours = sorted(set(wanted.ask_hours))
        contact.language, contact.voice_only = wanted.language, wanted.voice_only
        contact.timezone = _zone_of(session, wanted.facility_id) or house.rules.default_timezone
        session.add(contact)
        audit.write(session, "bed_phone_registered", actor_id, now, facility_id=wanted.facility_id)
    return None


def remove_phone(
    house: House, facility_id: int, contact_id: uuid.UUID, now: datetime, actor_id: uuid.UUID | None
) -> Refused | None:
    """Ask this phone no more, also one that cannot be read, and take no answer from it; what it said before stays."""
    with unreadable_shown(), house.db.begin() as session:
        contact = lock_bed_contact(session, contact_id)
        if contact is None or not contact.active or contact.facility_id != facility_id:
            return Refused.UNKNOWN_PHONE
        contact.active = False
        close_rounds(session, contact.id, now)
        audit.write(session, "bed_phone_removed", actor_id, now, facility_id=facility_id)
    return None


def facility_name(session: Session, facility_id: int) -> str:
    """What people call it: the admin's word, else the newest listing's; empty when no source lists it any more."""
    fixed = fixes_by_facility(session, [facility_id]).get(facility_id, {})
    listed = listings_of(session, [facility_id])
    return fixed.get("name1") or (listed[0].name1 if listed else "")


def _problem(rules: Rules, number: str | None, wanted: BedPhone) -> Refused | None:
    if number is None:
        return Refused.NUMBER
    if number in (*rules.helpline_numbers, *rules.on_call_numbers, rules.backup_number):
        return Refused.NUMBER_OF_OURS
    if not wanted.levels or not set(wanted.levels) <= set(BedLevel):
        return Refused.LEVELS
    return None if _hours_fit(rules, wanted.ask_hours) else Refused.HOURS


def _hours_fit(rules: Rules, hours: Sequence[int]) -> bool:
    allowed = range(rules.text_window_start_hour, rules.text_window_end_hour)
    return len(set(hours)) <= MOST_HOURS and all(hour in allowed for hour in hours)


def _zone_of(session: Session, facility_id: int) -> str | None:
    fixed = fixes_by_facility(session, [facility_id]).get(facility_id, {})
    listed = listings_of(session, [facility_id])
    zip5 = fixed.get("zip5") or (listed[0].zip5 if listed else "")
    place = zip_code(session, zip5)
    return place.timezone if place is not None and is_zone(place.timezone) else None
