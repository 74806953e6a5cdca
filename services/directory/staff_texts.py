"""Texts to and from facility staff on a registered phone: kept apart from callers' conversations."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from models import texts
from models.bed_contacts import BedContact
from models.people import caller_by_number, lock_caller
from models.text_contacts import live_text_contact
from routing.sending import Purpose
from routing.vocabulary import TextStatus
from services import text_contacts
from services import texts as sending
from services.text_contacts import Inbound


def write(
    session: Session,
    phone: BedContact,
    body: str,
    sender: str,
    now: datetime,
    purpose: Purpose,
    disclosure_id: uuid.UUID | None = None,
) -> uuid.UUID:
    """Queue a text to a registered phone; its id. `disclosure_id`: what it tells of a person."""
    message = sending.queue_text(
        session,
        body=body,
        purpose=purpose,
        helpline_number=sender,
        bed_contact=phone,
        now=now,
        disclosure_id=disclosure_id,
    )
    session.flush()
    return message.id


def keep(session: Session, phone: BedContact, inbound: Inbound, now: datetime) -> None:
    """Store what came in."""
    session.add(
        texts.TextMessage(
            id=uuid.uuid4(), bed_contact_id=phone.id, outgoing=False, purpose="inbound",
            helpline_number=inbound.recipient, body=inbound.body[: text_contacts.LONGEST_KEPT],
            status=TextStatus.RECEIVED, provider_sid=inbound.sid, created_at=now, due_at=now,
        )
    )  # fmt: skip


def is_talking(session: Session, number: str) -> bool:
    """Whether this phone is also a caller's, whose conversation goes on."""
    caller = caller_by_number(session, number)
    if caller is None:
        return False
    lock_caller(session, caller.id)  # before their contact, as everywhere
    return live_text_contact(session, caller.id) is not None


def asked_last(session: Session, phone: BedContact, number: str) -> bool:
    """Whether our last text to this number went to it as a place's phone, and not as a caller's."""
    caller = caller_by_number(session, number)
    to_place = texts.last_sent_to_facility(session, phone.id)
    to_caller = texts.last_sent_to_caller(session, caller.id) if caller is not None else None
    return to_place is not None and (to_caller is None or to_place > to_caller)
