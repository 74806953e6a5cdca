"""Who is on the line now: the live board, and what is on one's own phone."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import failures, reading
from models.contacts import Contact, Leg
from models.listed import Listed
from models.people import Counselor
from models.text_contacts import waiting_for_an_answer
from routing.vocabulary import ContactStatus, LegKind, LegStatus, Presence, Role
from services import late_work, owed_endings, rescue, schedules
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
    contact: ContactRow | None  # the call on their phone
    ringing: bool
    texts: tuple[ContactRow, ...]  # conversations that they have


@dataclass(frozen=True)
class WaitingRow:
    """Somebody who waits for a person, and what rings for them: kinds of legs, with a name where it is one of us."""

    contact: ContactRow
    ringing: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Board:
    """The live board. `waiting`: danger first, then whoever waits longest."""

    waiting: tuple[WaitingRow, ...]
    waiting_total: int  # also those for whom the list is too short
    talking: int
    people: tuple[PersonRow, ...]
    dangers: Listed[ContactRow]  # danger that nobody has cleared, on the line or gone
    lines: tuple[ContactRow, ...] = ()  # conversations on a phone of nobody here, such as the on-call one
    late: timedelta = timedelta()  # how late the line's own oldest work is
    failures: int = 0  # deliveries that were given up and wait for a decision

    @property
    def longest_wait_since(self) -> datetime | None:
        """Since when the one waits who waits longest; None when nobody does."""
        return min((row.contact.since for row in self.waiting), default=None)

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
    supervises: bool  # rung at their own wish, to take part in somebody else's call


@dataclass(frozen=True)
class Owed:
    """How many contacts of mine are over without a disposition, and the one that is so for longest."""

    count: int
    first: uuid.UUID | None


def board(house: House, now: datetime) -> Board:
    """Who waits, for how long, and who is on what."""
    with house.db.begin() as session:
        going_on = reading.live_contacts(session)
        live = going_on.rows
        legs = reading.legs_going_on(session)
        everybody = reading.people_of_the_line(session)
        here = schedules.on_shift(session, everybody, now)
        people = [_person_row(person, live, legs, now, on_shift=person.id in here) for person in everybody]
        names = {person.id: person.name for person in everybody}
        waiting = tuple(
            WaitingRow(row_of(one), rings_for([leg for leg in legs if leg.contact_id == one.id], names))
            for one in live
            if reading.waits(one)
        )
        waits = reading.count_waiting(session, going_on)
        dangers = rescue.dangers_open(session, now)
        failed = failures.count_failures(session).total
        late = late_work.oldest(session, now)
    return Board(
        waiting=waiting,
        waiting_total=waits,
        talking=going_on.total - waits,
        lines=tuple(row for row in map(row_of, live) if row.line),
        dangers=dangers,
        failures=failed,
        late=late,
        people=tuple(sorted(people, key=lambda p: (p.contact is None and not p.texts, not p.on_shift, p.name))),
    )


def rings_for(legs: Sequence[Leg], names: Mapping[uuid.UUID, str]) -> tuple[tuple[str, str | None], ...]:
    """What rings for somebody who waits, of the legs of their contact: kinds, with a name where it is one of us."""
    return tuple(
        (leg.kind.value, names.get(leg.counselor_id) if leg.counselor_id else None)
        for leg in legs
        if leg.kind is not LegKind.CALLER and leg.status in UNDECIDED
    )


def _person_row(
    person: Counselor, live: Sequence[Contact], legs: Sequence[Leg], now: datetime, *, on_shift: bool
) -> PersonRow:
    leg = next((leg for leg in legs if leg.counselor_id == person.id), None)
    contact = next((row_of(one) for one in live if leg is not None and one.id == leg.contact_id), None)
    ringing = leg is not None and leg.status in UNDECIDED
    mine = [one for one in live if one.claimed_by == person.id and one.status is ContactStatus.CONVERSING]
    return PersonRow(
        id=person.id,
        name=person.name,
        role=person.role.value,
        presence=_presence(person, contact is not None and not ringing, now).value,
        on_shift=on_shift,
        languages=tuple(person.languages),
        contact=contact,
        ringing=ringing,
        texts=tuple(row_of(one) for one in mine),
    )


def _presence(person: Counselor, talking: bool, now: datetime) -> Presence:
    if talking:
        return Presence.BUSY
    over = person.presence_until is not None and person.presence_until <= now
    return Presence.AVAILABLE if over else person.presence


def texters_waiting(house: House) -> Sequence[uuid.UUID]:
    """The text conversations that wait for a counselor, most urgent first; one statement, for many pages ask."""
    with house.db.begin() as session:
        return waiting_for_an_answer(session)


def my_line(house: House, counselor_id: uuid.UUID, now: datetime) -> tuple[MyLine | None, Owed, Presence]:
    """The contact that rings or talks on a counselor's phone now, what they owe, and whether their phone may ring."""
    with house.db.begin() as session:
        leg = reading.leg_of(session, counselor_id)
        owed = Owed(*owed_endings.owed_by(session, counselor_id))
        line = None
        if leg is not None and leg.contact.status in reading.GOING_ON:
            line = MyLine(
                row_of(leg.contact),
                ringing=leg.status in UNDECIDED,
                in_browser=leg.in_browser,
                supervises=leg.kind is LegKind.SUPERVISOR,
            )
        talking = line is not None and not line.ringing
        return line, owed, _presence(session.get_one(Counselor, counselor_id), talking, now)
