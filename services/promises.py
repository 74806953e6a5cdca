"""What we promise a caller on the way out: a callback, or somebody who hears the voicemail."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models import outbox
from models.callbacks import owed_callback
from models.contacts import Contact, lock_contact, record
from models.follow_ups import FollowUp
from models.voicemails import Voicemail
from routing import call_flow
from routing.documents import Document, Say
from routing.follow_up import By
from routing.vocabulary import ContactStatus, Disposition, FollowUpKind, FollowUpStatus
from services import callback_rules, tasks
from services.house import House

CALLBACK_ATTEMPTS = 5
CALLBACK_WITHIN = timedelta(minutes=15)  # what a caller is told; later than this is late
# Whoever asked for it keeps the place in line; one that was our idea lets the callers of ten minutes go first
GIVES_WAY = timedelta(minutes=10)
VOICEMAIL_DEADLINE = timedelta(minutes=30)  # URAC: callbacks within 30 minutes on average (FIELD.md)


def promise_callback(
    session: Session, house: House, contact: Contact, now: datetime, *, asked: bool = True, limits: bool = True
) -> FollowUp | None:
    """A callback as soon as a counselor is free, in its place in line; twice promises once. Not `asked`: our idea.
    Without `limits`: a counselor has spoken with them, so how many were promised today does not matter.

    None when the rules forbid it (callback_rules), which is written down for supervisors.
    """
    found = owed_callback(session, contact.id)
    if found is not None and found.plan.get("by") != By.PERSON:
        return found
    refused = callback_rules.refusal(session, house, contact, now, limits=limits)
    if refused is not None:
        record(session, contact.id, "callback_refused", now, reason=refused.value)
        return None
    promised = found or FollowUp(contact_id=contact.id, kind=FollowUpKind.CALLBACK, requested=True)
    promised.status, promised.attempts, promised.max_attempts = FollowUpStatus.PENDING, 0, CALLBACK_ATTEMPTS
    promised.created_at = promised.due_at = now
    promised.plan = {}
    waited = contact.waiting_since if contact.status is ContactStatus.WAITING else None
    contact.place_at = (waited or now) if asked else now + GIVES_WAY
    session.add(promised)
    if asked:
        record(session, contact.id, "callback_requested", now)
    else:
        record(session, contact.id, "callback_promised", now)
    tasks.ask(session, tasks.CALL_BACK, contact.id, now)
    return promised


def late_at(owed: FollowUp) -> datetime:
    """When an open follow-up counts as late: a callback when the time that was promised is over."""
    if owed.kind is not FollowUpKind.CALLBACK or owed.plan.get("by") == By.PERSON:
        return owed.due_at
    we_tried = owed.last_outcome == "no_answer"  # the promise was kept, they did not pick up: the next time counts
    return (owed.due_at if we_tried else owed.created_at) + CALLBACK_WITHIN


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
                promise_callback(session, house, contact, now, asked=False)
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
