"""Who is on the line now: the live board, and what is on one's own phone."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import failures, reading
from models.people import Counselor
from routing.vocabulary import ContactStatus, LegStatus, Presence, Role
from services import late_work, rescue, schedules
from services.console import ContactRow, row_of
from services.house import House

UNDECIDED = (LegStatus.PLANNED, LegStatus.PLACING, LegStatus.RINGING, LegStatus.ANSWERED)  # 1 is not pressed yet


@dataclass(frozen=True)
class PersonRow:
    """Somebody of the line on the board: are they there, and with whom."""

    id: uuid.UUID
    name: str
    role: str
    presence: str
    on_shift: bool
    languages: tuple[str, ...]
    contact: ContactRow | None
    ringing: bool


@dataclass(frozen=True)
class Board:
    """The live board. `longest_wait_since` is None when nobody waits."""

    waiting: int
    talking: int
    longest_wait_since: datetime | None
    people: tuple[PersonRow, ...]
    dangers: tuple[ContactRow, ...] = ()  # danger that nobody has cleared, on the line or gone
    late: timedelta = timedelta()  # how late the line's own oldest work is
    failures: int = 0  # deliveries that were given up and wait for a decision

    @property
    def late_minutes(self) -> int:
        """The same in whole minutes."""
        return int(self.late / timedelta(minutes=1))

    @property
    def available(self) -> int:
        """How many could be rung now."""
        counselors = [p for p in self.people if p.role == Role.COUNSELOR and p.on_shift]
        return sum(p.contact is None and p.presence == Presence.AVAILABLE for p in counselors)


@dataclass(frozen=True)
class MyLine:
    """What is on my own phone now."""

    contact: ContactRow
    ringing: bool
    in_browser: bool  # it rings or talks there, not on the phone


def board(house: House, now: datetime) -> Board:
    """Who waits, for how long, and who is on what."""
    with house.db.begin() as session:
        live = {contact.id: row_of(contact) for contact in reading.live_contacts(session)}
        legs = {leg.counselor_id: leg for leg in reading.legs_going_on(session) if leg.counselor_id}
        people = []
        everybody = reading.people_of_the_line(session)
        here = schedules.on_shift(session, everybody, now)
        for person in everybody:
            leg = legs.get(person.id)
            row = live.get(leg.contact_id) if leg else None
            people.append(
                _person_row(person, row, leg is not None and leg.status in UNDECIDED, now, on_shift=person.id in here)
            )
        dangers = rescue.dangers_open(session, now)
        failed = failures.count_failures(session).total
        late = late_work.oldest(session, now)
    waiting = [row for row in live.values() if row.status == ContactStatus.WAITING]
    return Board(
        waiting=len(waiting),
        talking=len(live) - len(waiting),
        longest_wait_since=min((row.since for row in waiting), default=None),
        dangers=dangers,
        failures=failed,
        late=late,
        people=tuple(sorted(people, key=lambda p: (p.contact is None, not p.on_shift, p.name))),
    )


def _person_row(
    person: Counselor, contact: ContactRow | None, ringing: bool, now: datetime, *, on_shift: bool
) -> PersonRow:
    return PersonRow(
        id=person.id,
        name=person.name,
        role=person.role.value,
        presence=_presence(person, contact is not None and not ringing, now).value,
        on_shift=on_shift,
        languages=tuple(person.languages),
        contact=contact,
        ringing=ringing,
    )


def _presence(person: Counselor, talking: bool, now: datetime) -> Presence:
    if talking:
        return Presence.BUSY
    over = person.presence_until is not None and person.presence_until <= now
    return Presence.AVAILABLE if over else person.presence


def my_line(house: House, counselor_id: uuid.UUID) -> MyLine | None:
    """The contact that rings or talks on a counselor's phone now."""
    with house.db.begin() as session:
        leg = reading.leg_of(session, counselor_id)
        if leg is None or leg.contact.status not in reading.GOING_ON:
            return None
        return MyLine(row_of(leg.contact), ringing=leg.status in UNDECIDED, in_browser=leg.in_browser)
