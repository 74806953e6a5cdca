"""A small stage for calls: counselors on shift, callers who dial, and the moves of both."""

import re
import uuid
from datetime import UTC, datetime, timedelta

from models.contacts import Contact, Leg, leg_by_sid
from models.crypto import lookup_hash
from models.people import Counselor, Shift
from routing.documents import Document, JoinConference, Say
from routing.vocabulary import Language, LegKind, Presence, Role
from services import answering, bridging, escalation, intake, releasing, ringing, waiting
from services.house import House
from tests.fixtures.paper import PaperTelephony

NOON = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)  # a Wednesday
LINE = "+18335550100"


class Stage:
    """One test's helpline. Numbers of counselors are +161755501NN."""

    def __init__(self, house: House, network: PaperTelephony) -> None:
        self.house, self.network, self.now = house, network, NOON
        self._calls = 0

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def counselor(
        self,
        number: int,
        *,
        languages: tuple[str, ...] = ("en",),
        role: Role = Role.COUNSELOR,
        on_shift: bool = True,
        presence: Presence = Presence.AVAILABLE,
    ) -> uuid.UUID:
        phone = f"+1617555{number:04d}"
        with self.house.db.begin() as session:
            who = Counselor(
                name=f"Counselor {number}",
                email=f"c{number}@example.org",
                email_hash=lookup_hash(f"c{number}@example.org"),
                phone=phone,
                phone_hash=lookup_hash(phone),
                role=role,
                languages=list(languages),
                timezone="America/New_York",
                presence=presence,
                created_at=self.now,
                last_contact_ended_at=self.now - timedelta(hours=number),
            )
            if on_shift:
                who.shifts = [Shift(weekday=day, start_minute=0, end_minute=0) for day in range(7)]
            session.add(who)
            session.flush()
            return who.id

    def dials(self, number: str | None = "+12125550142") -> uuid.UUID:
        """A caller dials; the new contact's id."""
        self._calls += 1
        call = intake.InboundCall(f"CAcaller{self._calls}", number, LINE)
        intake.open_call(self.house, call, self.now)
        with self.house.db.begin() as session:
            leg = leg_by_sid(session, call.sid)
            assert leg is not None
            return leg.contact_id

    def caller_sid(self) -> str:
        return f"CAcaller{self._calls}"

    def rings(self, contact: uuid.UUID) -> list[str]:
        """A worker rings; the numbers that ring now."""
        ringing.ring(self.house, self.network, contact, self.now)
        return self.network.ringing()

    def leg(self, number: int) -> uuid.UUID:
        """The newest leg that rang this counselor."""
        to = f"+1617555{number:04d}"
        url = [call["url"] for call in self.network.placed.values() if call["to"] == to][-1]
        return uuid.UUID(url.rsplit("/", 1)[1])

    def sid(self, number: int) -> str:
        to = f"+1617555{number:04d}"
        return [sid for sid, call in self.network.placed.items() if call["to"] == to][-1]

    def picks_up(self, number: int) -> Document:
        return answering.answered(self.house, self.leg(number), self.sid(number), self.now)

    def presses(self, number: int, key: str) -> Document:
        return answering.pressed(self.house, self.leg(number), key, self.now)

    def takes(self, number: int) -> Document:
        self.picks_up(number)
        return self.presses(number, "1")

    def taken_by(self, number: int) -> uuid.UUID:
        """A caller dials, and this counselor presses 1; the new contact's id."""
        contact = self.dials()
        self.rings(contact)
        self.takes(number)
        return contact

    def talks_with(self, number: int) -> uuid.UUID:
        """A caller and this counselor hear each other; the new contact's id."""
        contact = self.taken_by(number)
        self.counselor_enters(number)
        self.caller_enters(contact)
        return contact

    def counselor_enters(self, number: int) -> None:
        bridging.joined(self.house, self.leg(number).hex, self.sid(number), self.now)

    def caller_enters(self, contact_id: uuid.UUID) -> Document:
        return escalation.join(self.house, contact_id, self.now)

    def hangs_up(self, number: int, word: str = "completed") -> None:
        releasing.leg_ended(self.house, self.leg(number), self.sid(number), word, self.now)

    def caller_hangs_up(self) -> None:
        releasing.leg_ended(self.house, None, self.caller_sid(), "completed", self.now)

    def dials_back(self, contact_id: uuid.UUID, number: int) -> Leg:
        """A counselor takes a callback that is due, and the person's phone is dialled: that leg."""
        self.rings(contact_id)
        self.takes(number)
        self.counselor_enters(number)
        bridging.connect(self.house, self.network, contact_id, self.now)
        return next(leg for leg in self.legs(contact_id) if leg.kind is LegKind.CALLER and leg.ended_at is None)

    def contact(self, contact_id: uuid.UUID) -> Contact:
        with self.house.db.begin() as session:
            found = session.get_one(Contact, contact_id)
            _ = found.legs, found.caller
            return found

    def legs(self, contact_id: uuid.UUID) -> list[Leg]:
        return self.contact(contact_id).legs

    def missed_rings(self, counselor_id: uuid.UUID) -> int:
        """How many rings in a row this counselor is said to have missed."""
        with self.house.db.begin() as session:
            return session.get_one(Counselor, counselor_id).missed_rings

    def waits(self, contact: uuid.UUID) -> Document:
        return waiting.wait_turn(self.house, contact, self.now)


def says(document: Document) -> list[str]:
    """The phrase keys that a document speaks, in order."""
    return re.findall(r"Say\(key='([^']+)'", repr(document))


def joins(document: Document) -> str | None:
    """The conference that a document joins."""
    return next((step.name for step in document.steps if isinstance(step, JoinConference)), None)


def language(document: Document) -> Language:
    return document.language


__all__ = ["LINE", "NOON", "Say", "Stage", "joins", "language", "says"]
