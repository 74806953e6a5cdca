"""Supervisors learn of danger at once, by text and as an alarm, whoever has the contact."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from models import outbox
from models.contacts import Contact, record
from models.people import Counselor, leaders_with_phones
from routing.vocabulary import DANGER
from services import alarms, counselor_notices, schedules
from services.alarms import AlarmKind
from services.house import House

HELP_ASKED = "help_asked_at"  # in the flow: a counselor wants a supervisor, seconds since 1970
HELP_SEEN_BY = "help_seen_by"  # in the flow: who of those who lead has said that they see to it, an id
_AS_ALARM = {
    "counselor.danger_call": AlarmKind.DANGER_CALL,
    "counselor.danger_text": AlarmKind.TEXT_DANGER_TAKEN,
    "counselor.danger_hung_up": AlarmKind.DANGER_HUNG_UP,
    "counselor.emergency_told": AlarmKind.EMERGENCY_TOLD,
}


def danger_written(session: Session, house: House, contact: Contact, now: datetime) -> None:
    """Danger began or rose just now in a text conversation (locked): whoever does not know of it yet learns of it.

    One that nobody has is offered to everybody by `hand_over`; one that a counselor has goes on with them.
    """
    if contact.claimed_by is None:
        alarms.raise_alarm(session, AlarmKind.TEXT_DANGER, now, subject=contact.id)
        return
    has_it, line = session.get_one(Counselor, contact.claimed_by), contact.helpline_number
    counselor_notices.tell(session, house, has_it, "counselor.danger_with_you", helpline_number=line, now=now)
    alert_supervisors(session, house, contact, "counselor.danger_text", now, has_it=has_it)
    outbox.touch(session, contact.id)


def alert_supervisors(
    session: Session, house: House, contact: Contact, key: str, now: datetime, *, has_it: Counselor | None = None
) -> int:
    """Text the supervisors on shift, or all when none is, with a link to the rescue screen; how many.

    `has_it`: who has the conversation, named to the others and told in other words.
    """
    alarms.raise_alarm(session, _AS_ALARM[key], now, subject=contact.id)
    told = [person for person in supervisors(session, now) if has_it is None or person.id != has_it.id]
    who = {"name": has_it.name} if has_it is not None else {}
    link = f"{house.rules.public_base_url}/contacts/{contact.id}/rescue"
    for supervisor in told:
        counselor_notices.tell(
            session, house, supervisor, key, helpline_number=contact.helpline_number, now=now, link=link, **who
        )
    record(session, contact.id, "supervisors_alerted", now, count=len(told))
    return len(told)


def ask_help(session: Session, house: House, contact: Contact, by: uuid.UUID | None, now: datetime) -> None:
    """A counselor on a call (locked) wants somebody beside them: supervisors get a link to the contact's page."""
    contact.flow = {**contact.flow, HELP_ASKED: int(now.timestamp())}
    record(session, contact.id, "counselor_needs_help", now, by=str(by or ""))
    outbox.touch(session, contact.id)
    alarms.raise_alarm(session, AlarmKind.HELP_ASKED, now, subject=contact.id)
    link = f"{house.rules.public_base_url}/contacts/{contact.id}"
    for supervisor in supervisors(session, now):
        if supervisor.id != contact.claimed_by:
            line = contact.helpline_number
            counselor_notices.tell(
                session, house, supervisor, "counselor.help_asked", helpline_number=line, now=now, link=link
            )


def supervisors(session: Session, now: datetime) -> Sequence[Counselor]:
    """Those on shift; when none is, all who can be texted; on a line without any, the admins."""
    everybody = leaders_with_phones(session)
    here = schedules.on_shift(session, everybody, now)
    return [person for person in everybody if person.id in here] or everybody


def hung_up_in_danger(session: Session, house: House, contact: Contact, now: datetime) -> None:
    """Somebody in danger is gone before anybody spoke with them (locked): a human takes the rescue screen."""
    if contact.urgency in DANGER:
        record(session, contact.id, "rescue_opened", now)
        alert_supervisors(session, house, contact, "counselor.danger_hung_up", now)
