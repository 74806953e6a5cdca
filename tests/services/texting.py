"""Pretend phones that text, and what became of their conversations."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models.contacts import Contact, ContactEvent
from models.people import Counselor
from models.texts import TextMessage
from services import conversation
from services.conversation import Inbound
from services.house import House
from tests.services.outside import CALLER, HELPLINE, NOON, make_counselor

COUNSELOR, OTHER = "+16175550111", "+16175550112"


class Thread:
    """A pretend phone: texts in, and what was queued in answer."""

    def __init__(self, house: House, number: str = CALLER) -> None:
        self.house, self.number, self.now, self.count = house, number, NOON, 0

    def text(self, body: str, **more: object) -> list[str]:
        """Send a text a minute later; the answers that it got."""
        self.count += 1
        self.now += timedelta(minutes=1)
        before = {message.id for message in self.outgoing()}
        inbound = Inbound(f"SM{self.number}{self.count}", self.number, HELPLINE, body, **more)  # type: ignore[arg-type]
        self.heard = conversation.receive_text(self.house, inbound, self.now)
        return [message.body for message in self.outgoing() if message.id not in before]

    def outgoing(self) -> list[TextMessage]:
        """Texts to this phone, whoever it belongs to."""
        with self.house.db.begin() as session:
            query = select(TextMessage).where(TextMessage.outgoing).order_by(TextMessage.position)
            mine = []
            for message in session.scalars(query):
                number = message.caller.number if message.caller else None
                if message.counselor_id is not None:
                    number = self._phone_of(session, message)
                if number == self.number:
                    mine.append(message)
            return mine

    @staticmethod
    def _phone_of(session, message: TextMessage) -> str | None:
        return session.get_one(Counselor, message.counselor_id).phone


def contact_of(house: House) -> Contact:
    with house.db.begin() as session:
        query = select(Contact).options(joinedload(Contact.caller)).order_by(Contact.opened_at.desc())
        found = session.scalars(query).first()
        assert found is not None
        return found


def events(house: House) -> list[str]:
    with house.db.begin() as session:
        return list(session.scalars(select(ContactEvent.kind).order_by(ContactEvent.id)))


def staff(house: House, *phones: str, **facts: object) -> list[Thread]:
    with house.db.begin() as session:
        for phone in phones:
            make_counselor(session, phone, **facts)
    return [Thread(house, phone) for phone in phones]


def story(house: House, contact: Contact) -> list[str]:
    """The timeline of one contact."""
    with house.db.begin() as session:
        mine = select(ContactEvent.kind).where(ContactEvent.contact_id == contact.id).order_by(ContactEvent.id)
        return list(session.scalars(mine))
