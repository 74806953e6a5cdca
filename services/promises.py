"""What we promise a caller on the way out: a callback, or somebody who hears the voicemail."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models import outbox
from models.contacts import Contact, lock_contact, record
from models.follow_ups import FollowUp
from models.voicemails import Voicemail
from routing import call_flow
from routing.documents import Document, Say
from routing.vocabulary import ContactStatus, Disposition, FollowUpKind, FollowUpStatus
from services import tasks
from services.house import House

CALLBACK_ATTEMPTS = 5
VOICEMAIL_DEADLINE = timedelta(minutes=30)  # URAC: callbacks within 30 minutes on average (FIELD.md)


def promise_callback(session: Session, contact: Contact, now: datetime) -> FollowUp:
    """A callback as soon as a counselor is free, at any hour; asking twice promises once."""
    query = select(FollowUp).where(
        FollowUp.contact_id == contact.id,
        FollowUp.kind == FollowUpKind.CALLBACK,
        FollowUp.status.in_([FollowUpStatus.PENDING, FollowUpStatus.STARTED]),
    )
    found = session.scalar(query)
    if found is not None:
        return found
    promised = FollowUp(
        contact_id=contact.id,
        kind=FollowUpKind.CALLBACK,
        requested=True,
        due_at=now,
        max_attempts=CALLBACK_ATTEMPTS,
        created_at=now,
    )
    session.add(promised)
    record(session, contact.id, "callback_requested", now)
    tasks.ask(session, tasks.CALL_BACK, contact.id, now)
    return promised


def take_voicemail(house: House, contact_id: uuid.UUID, recording_sid: str, seconds: int, now: datetime) -> Document:
    """A message was left: it becomes work with a deadline, and a callback is owed if the number is known."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None:
            raise LookupError("no such contact")
        if recording_sid:
            _keep(session, contact, recording_sid, seconds, now)
        if contact.status is ContactStatus.WAITING:
            contact.status = ContactStatus.ENDED
            contact.disposition = Disposition.VOICEMAIL
            contact.ended_at = now
            contact.deadline_at = None
            tasks.ask(session, tasks.RELEASE, contact.id, now)
            if contact.caller.number is not None:
                promise_callback(session, contact, now)
        return call_flow.farewell(contact.language, Say("voice.voicemail_thanks"))


def _keep(session: Session, contact: Contact, recording_sid: str, seconds: int, now: datetime) -> None:
    added = session.execute(
        insert(Voicemail)
        .values(
            id=uuid.uuid4(),
            contact_id=contact.id,
            recording_sid=recording_sid,
            seconds=seconds,
            received_at=now,
            deadline_at=now + VOICEMAIL_DEADLINE,
        )
        .on_conflict_do_nothing()
        .returning(Voicemail.id)
    ).first()
    if added:
        record(session, contact.id, "voicemail_left", now, seconds=seconds)
        outbox.touch(session, contact.id)
