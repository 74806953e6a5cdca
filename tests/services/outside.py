"""The outside world for tests of services: a provider that does what it is told, and people with numbers."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from models.contacts import Contact
from models.crypto import lookup_hash
from models.people import Caller, Counselor
from models.texts import TextMessage
from routing.vocabulary import Channel, ContactStatus, Role, TextStatus
from telephony.ports import ReceivedText, SentText

NOON = datetime(2026, 6, 3, 16, tzinfo=UTC)  # 12:00 in Boston
NIGHT = datetime(2026, 6, 3, 6, tzinfo=UTC)
HELPLINE = "+18335550100"
CALLER = "+16175550123"


@dataclass
class Provider:
    """Twilio's place in `telephony.ports.Telephony`: keeps what it took, and fails as scripted, before or after."""

    sent: list[SentText] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    status_urls: list[str] = field(default_factory=list)
    received: list[ReceivedText] = field(default_factory=list)
    fail_before: list[Exception] = field(default_factory=list)  # raised, nothing sent
    fail_after: list[Exception] = field(default_factory=list)  # sent, then raised
    meanwhile: Callable[[str], None] | None = None  # called with the sid while the request is under way
    now: datetime = NOON

    def send_text(self, *, to: str, sender: str, body: str, status_url: str) -> str:
        if self.fail_before:
            raise self.fail_before.pop(0)
        sid = f"SM{uuid.uuid4().hex}"
        self.sent.append(SentText(sid, "queued", body, self.now))
        self.to.append(to)
        self.status_urls.append(status_url)
        if self.meanwhile is not None:
            self.meanwhile(sid)
        if self.fail_after:
            raise self.fail_after.pop(0)
        return sid

    def sent_texts(self, *, to: str, sender: str, since: datetime) -> Sequence[SentText]:
        if self.fail_before:
            raise self.fail_before.pop(0)
        return [text for text, number in zip(self.sent, self.to, strict=True) if number == to]

    def received_texts(self, *, recipient: str, since: datetime) -> Sequence[ReceivedText]:
        return [text for text in self.received if text.recipient == recipient]


def make_caller(session: Session, number: str | None = CALLER, **facts: object) -> Caller:
    """A caller, stored."""
    hashed = lookup_hash(number) if number else None
    caller = Caller(number=number, number_hash=hashed, created_at=NOON, **facts)
    session.add(caller)
    session.flush()
    return caller


def make_counselor(session: Session, phone: str | None = "+16175550111", **facts: object) -> Counselor:
    """A counselor, stored."""
    email = f"{uuid.uuid4().hex}@example.org"
    given = {"name": "Ana Example", "role": Role.COUNSELOR, "timezone": "America/New_York", "skills": [], **facts}
    counselor = Counselor(
        email=email,
        email_hash=lookup_hash(email),
        phone=phone,
        phone_hash=lookup_hash(phone) if phone else None,
        created_at=NOON,
        **given,
    )
    session.add(counselor)
    session.flush()
    return counselor


def make_contact(session: Session, caller: Caller, channel: Channel = Channel.TEXT, **facts: object) -> Contact:
    """A contact of that caller, over and waiting for its disposition unless told otherwise."""
    given = {"status": ContactStatus.ENDED, "opened_at": NOON - timedelta(minutes=20), **facts}
    contact = Contact(caller=caller, channel=channel, helpline_number=HELPLINE, **given)
    session.add(contact)
    session.flush()
    return contact


def write_in(session: Session, contact: Contact, body: str = "hello", at: datetime = NOON) -> TextMessage:
    """A text that the caller sent us earlier."""
    message = TextMessage(
        contact_id=contact.id,
        caller_id=contact.caller_id,
        outgoing=False,
        purpose="inbound",
        helpline_number=HELPLINE,
        body=body,
        status=TextStatus.RECEIVED,
        created_at=at,
        due_at=at,
    )
    session.add(message)
    session.flush()
    return message
