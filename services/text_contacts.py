"""The rows of a text conversation: its contact, what came in, what is answered, and its end when nobody writes on."""

import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import outbox, texts
from models.contacts import Contact, record
from models.owed_endings import nobody_wrote
from models.people import Caller
from models.referrals import referred_by
from models.text_contacts import live_text_contact, lock_overdue, overdue_text_contacts, put_off
from models.texts import TextMessage
from routing.sending import Purpose
from routing.vocabulary import Channel, ContactStatus, Disposition, TextStatus
from services import dispositions
from services import texts as sending
from services.each import contact_broke, each
from services.house import House

IDLE = timedelta(hours=12)  # then the next text begins anew: somebody else may be holding the telephone
BROKEN_PAUSE = timedelta(minutes=1)
STILL_THE_TALK = timedelta(hours=1)  # after its end: the counselor does then what was spoken about
LONGEST_TEXT = 1600  # characters that Twilio takes in one message
LONGEST_KEPT = 8_000  # of what came in; the rest of a very long message is cut
CLOSE = "close"  # next step of a conversation that nobody waits for
# What phones send in the place of a reaction to a message (iOS and Android), in English and Spanish
REACTION = re.compile(
    r"\s*(?:liked|loved|disliked|laughed at|emphasized|questioned|removed an? \w+ from|reacted .{1,12} to|"
    r"le gust[oó]|le encant[oó]|reaccion[oó] .{1,12} a)\s*[“\"«].*[”\"»]\s*",
    re.IGNORECASE | re.DOTALL,
)


# What a phone or its company sends by itself: a voicemail written down, an answer while driving or away
BY_ITSELF = re.compile(
    r"\s*(?:\[?vm\]?:|(?:you have |tiene )?(?:an? |un )?(?:new |nuevo )?"
    r"(?:voicemail|voice message|correo de voz|mensaje de voz) (?:from|de)\b|voicemail transcription|"
    r"\(?auto[- ]?reply\)?|automatic (?:reply|response)|respuesta autom[aá]tica|"
    r"i'?m driving (?:with|right now)|i(?:'m| am) currently driving)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Inbound:
    """A text as the provider brings it."""

    sid: str
    sender: str
    recipient: str
    body: str
    media: int = 0
    opt_out_type: str = ""


def current(
    session: Session, caller: Caller, inbound: Inbound, now: datetime, *, continues: Contact | None = None
) -> Contact:
    """The caller's conversation that is going on, or a new one. The caller's row is locked, so texts take turns.

    `continues`: the contact whose follow-up is answered. A new conversation names it on its timeline and takes nothing
    of it over, for somebody else may hold the telephone by now.
    """
    contact = live_text_contact(session, caller.id)
    if contact is None:
        contact = Contact(
            id=uuid.uuid4(),
            caller=caller,
            channel=Channel.TEXT,
            helpline_number=inbound.recipient,
            status=ContactStatus.CONVERSING,
            opened_at=now,
            flow={},
        )
        if caller.language is not None:
            contact.language = caller.language
        session.add(contact)
        session.flush()
        record(session, contact.id, "opened", now, channel=Channel.TEXT.value)
        if continues is not None:
            began = continues.opened_at.isoformat()
            record(session, contact.id, "continues", now, contact=str(continues.id), opened=began)
            record(session, continues.id, "continued", now, contact=str(contact.id))
    if contact.next_step in (None, CLOSE):
        contact.next_step, contact.deadline_at = CLOSE, now + IDLE
    outbox.touch(session, contact.id)
    return contact


def keep(session: Session, contact: Contact, inbound: Inbound, now: datetime) -> TextMessage:
    """Store what came in."""
    message = TextMessage(
        id=uuid.uuid4(),
        contact_id=contact.id,
        caller_id=contact.caller_id,
        outgoing=False,
        purpose="inbound",
        helpline_number=inbound.recipient,
        body=inbound.body[:LONGEST_KEPT],
        status=TextStatus.RECEIVED,
        provider_sid=inbound.sid,
        created_at=now,
        due_at=now,
    )
    session.add(message)
    session.flush()  # the consent ledger may name it as evidence
    record(session, contact.id, "text_received", now, text=str(message.id), media=inbound.media)
    return message


def answer(
    session: Session, contact: Contact, paragraphs: Iterable[str], now: datetime, purpose: Purpose = Purpose.REPLY
) -> None:
    """Queue one turn's answer: one text, or several when it is longer than a text may be."""
    for body in packed(paragraphs):
        sending.queue_text(
            session,
            body=body,
            purpose=purpose,
            helpline_number=contact.helpline_number,
            contact=contact,
            caller=contact.caller,
            now=now,
        )


def purpose_of_late_words(contact: Contact, now: datetime) -> Purpose:
    """Why a counselor's press texts this person: part of the talk, or, long after it, at the hours of the day."""
    over = contact.ended_at is not None and now - contact.ended_at > STILL_THE_TALK
    return Purpose.LATE_WORDS if over else Purpose.REPLY


def packed(paragraphs: Iterable[str]) -> list[str]:
    """Paragraphs joined into as few texts as their longest length allows; one too long for a text is cut."""
    bodies: list[str] = []
    for paragraph in paragraphs:
        joined = f"{bodies[-1]}\n\n{paragraph}" if bodies else paragraph
        if bodies and len(joined) <= LONGEST_TEXT:
            bodies[-1] = joined
        elif paragraph:
            bodies.append(paragraph[:LONGEST_TEXT])
    return bodies


def close_idle(house: House, now: datetime) -> int:
    """End conversations in which nobody has written for twelve hours; how many."""
    return each_overdue(house, CLOSE, now, _close)


def _close(session: Session, house: House, contact: Contact, now: datetime) -> None:
    contact.ended_at, contact.deadline_at, contact.next_step = now, None, None
    contact.status = ContactStatus.ENDED
    if contact.claimed_by is not None and nobody_wrote(contact):
        record(session, contact.id, "conversation_ended", now)  # who talked with them says how it went
        outbox.touch(session, contact.id)
    else:
        referred = referred_by(session, contact.id)  # somebody who had no conversation with them did
        noted = Disposition.REFERRED if referred else contact.disposition or Disposition.INFORMATION
        dispositions.write(session, house, contact, None, noted, now=now)
        contact.disposition_by = referred


def each_overdue(
    house: House, next_step: str, now: datetime, act: Callable[[Session, House, Contact, datetime], None]
) -> int:
    """Do what is due with conversations whose deadline has passed, each by itself; how many. What breaks is put off."""
    with house.db.begin() as session:
        overdue = overdue_text_contacts(session, next_step, now)

    def one(contact_id: uuid.UUID) -> bool:
        with house.db.begin() as session:
            contact = lock_overdue(session, contact_id, next_step, now)
            if contact is not None:
                act(session, house, contact, now)
            return contact is not None

    def later(contact_id: uuid.UUID, error: Exception) -> None:
        contact_broke(house, now)(contact_id, error)
        with house.db.begin() as session:
            put_off(session, contact_id, now + BROKEN_PAUSE)

    return each(overdue, one, later)


def recent_inbound(session: Session, contact: Contact, now: datetime, within: timedelta) -> int:
    """How many texts this contact sent us lately."""
    return texts.count_inbound(session, contact.id, now - within)
