"""When somebody leaves the line: are they on a contact, and what was theirs becomes everybody's."""

import uuid

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from models.contacts import LIVE, Contact, Leg
from models.follow_ups import FollowUp
from models.voicemails import Voicemail
from routing.vocabulary import FollowUpStatus


def on_a_contact(session: Session, counselor_id: uuid.UUID) -> bool:
    """Whether a leg or a live contact is theirs now."""
    leg = select(Leg.id).where(Leg.counselor_id == counselor_id, Leg.ended_at.is_(None))
    contact = select(Contact.id).where(Contact.claimed_by == counselor_id, Contact.status.in_(LIVE))
    return session.scalar(select(or_(leg.exists(), contact.exists()))) is True


def give_back_work(session: Session, counselor_id: uuid.UUID) -> None:
    """Open voicemails and follow-ups of theirs have no owner any more."""
    session.execute(
        update(Voicemail).where(Voicemail.owner_id == counselor_id, Voicemail.done_at.is_(None)).values(owner_id=None)
    )
    still_open = FollowUp.status.in_([FollowUpStatus.PENDING, FollowUpStatus.STARTED])
    session.execute(update(FollowUp).where(FollowUp.owner_id == counselor_id, still_open).values(owner_id=None))
