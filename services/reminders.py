"""A text before a shift, once, to whoever asked for it."""

import uuid
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from models.people import Counselor, staff_with_phones
from models.schedules import forget_told, remind_once
from routing.schedule import shifts_between, working
from routing.spans import Span
from services import audit, counselor_notices, schedules, shift_times
from services.each import each, row_broke
from services.house import House

CHOICES: Final = (15, 30, 60, 120, 720)  # minutes before a shift
USUAL: Final = 60
KEPT: Final = timedelta(days=30)


def set_reminder(house: House, counselor_id: uuid.UUID, minutes: int | None, now: datetime) -> bool:
    """Be texted so many minutes before each shift, or not at all (None). False: not one of the choices."""
    if minutes not in (None, *CHOICES):
        return False
    with house.db.begin() as session:
        session.get_one(Counselor, counselor_id).reminder_minutes = minutes
        audit.write(session, "reminder_set", counselor_id, now, minutes=minutes)
    return True


def remind_due(house: House, now: datetime) -> int:
    """Text those whose shift begins within the time they chose; how many people. Shifts in a row are one."""
    with house.db.begin() as session:
        forget_told(session, now - KEPT)
        asked = [person.id for person in staff_with_phones(session) if person.reminder_minutes is not None]
    return each(asked, lambda counselor_id: _remind_of_next(house, counselor_id, now), row_broke(house, now))


def _remind_of_next(house: House, counselor_id: uuid.UUID, now: datetime) -> bool:
    """Whether this person was texted now."""
    told = False
    with house.db.begin() as session:
        person = session.get_one(Counselor, counselor_id)
        until = now + timedelta(minutes=person.reminder_minutes or 0)
        around = (now - shift_times.AROUND, until + shift_times.AROUND)
        known = schedules.schedules(session, [person], *around)[person.id]
        begins = {span.start for span in working(known, now - shift_times.AROUND, until)}
        for shift in shifts_between(known, now, until):
            if now < shift.start and shift.start in begins and remind_once(session, person.id, shift.start, now):
                _remind(session, house, person, shift, now)
                told = True
    return told


def _remind(session: Session, house: House, person: Counselor, shift: Span, now: datetime) -> None:
    words = shift_times.in_words(house.phrases, counselor_notices.language_of(person), shift, person.timezone)
    line = house.rules.helpline_numbers[0]
    counselor_notices.tell(session, house, person, "coverage.reminder", helpline_number=line, now=now, shift=words)
