"""Rows for calls that were answered, or missed, while no row could be written."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from models.contacts import Contact, Leg, record
from models.follow_ups import FollowUp
from routing.follow_up import By
from routing.vocabulary import Channel, ContactStatus, FollowUpKind, FollowUpStatus, LegKind, LegStatus
from services.callers import caller_for


def past_call(session: Session, sid: str, number: str | None, line: str, at: datetime) -> tuple[Contact, Leg]:
    """A contact and the caller's leg for a call that began at `at`. The leg is live.

    So nobody is called back who is still on the line; the provider is asked about it, and tells its end.
    """
    contact = Contact(
        id=uuid.uuid4(),
        caller=caller_for(session, number, at),
        channel=Channel.VOICE,
        helpline_number=line,
        status=ContactStatus.ABANDONED,
        opened_at=at,
        waiting_since=at,
        flow={},
    )
    session.add(contact)
    session.flush()
    leg = Leg(
        contact_id=contact.id,
        kind=LegKind.CALLER,
        status=LegStatus.ANSWERED,
        provider_sid=sid,
        planned_at=at,
        answered_at=at,
    )
    session.add(leg)
    record(session, contact.id, "call_opened", at)
    return contact, leg


def missed_call(
    session: Session, sid: str, number: str | None, line: str, at: datetime, now: datetime, *, talked: bool
) -> Contact:
    """A call that is over and of which we knew nothing; whoever has not talked with anybody is work for a person."""
    contact, leg = past_call(session, sid, number, line, at)
    leg.status, leg.ended_at, leg.end_reason = LegStatus.ENDED, now, "completed"
    contact.ended_at = now
    if talked:
        contact.status, contact.connected_at = ContactStatus.ENDED, at
    elif number is not None:
        session.add(to_look_after(contact, now))
    return contact


def to_look_after(contact: Contact, now: datetime) -> FollowUp:
    """Work for a person: nobody asked for a call, so nothing rings by itself."""
    return FollowUp(
        contact_id=contact.id,
        kind=FollowUpKind.CALLBACK,
        status=FollowUpStatus.STARTED,
        due_at=now,
        created_at=contact.opened_at,
        started_at=now,
        plan={"by": By.PERSON.value},
    )
