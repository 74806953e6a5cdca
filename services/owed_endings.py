"""How a contact ended, and nobody has written it: whoever owes it is asked once by text, then it is on the board."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import reading
from models.contacts import lock_contact
from models.locks import Turn, take_turn
from models.owed_endings import asked_lately, count_unwritten, is_unwritten, unwritten
from models.people import Counselor
from models.text_contacts import writing_with_somebody
from services import alarms, counselor_texts
from services.alarms import AlarmKind
from services.counselor_texts import ASKED_WITHIN
from services.each import contact_broke, each
from services.house import House

ASK_AFTER = timedelta(minutes=5)
ALARM_AFTER = timedelta(hours=1)
TOLD = "ending_owed_told"  # in the flow: those who lead have had the alarm


def owed_by(session: Session, counselor_id: uuid.UUID) -> tuple[int, uuid.UUID | None]:
    """How many contacts of a counselor are over and without an ending of theirs, and the one that is so for longest."""
    return count_unwritten(session, counselor_id)


def ask(house: House, now: datetime) -> int:
    """Ask by text, once for each contact, how it ended, and put it on the board after an hour; how many were asked.

    A reply is a digit and names no contact. So nobody is asked about a second one before the first is written, or
    a day has gone, nor while they are on a call or write with somebody: a later round does it.
    """
    with house.db.begin() as session:
        busy = asked_lately(session, now - ASKED_WITHIN)
        late = unwritten(session, now - ASKED_WITHIN, now - ASK_AFTER, TOLD, busy)
        if late:
            busy |= reading.on_a_leg(session)
            busy |= writing_with_somebody(session)
    return each(late, lambda contact_id: _ask(house, contact_id, busy, now), contact_broke(house, now))


def _ask(house: House, contact_id: uuid.UUID, busy: set[uuid.UUID], now: datetime) -> bool:
    """Whether its counselor was asked now; whoever was is among the `busy` from then on."""
    with house.db.begin() as session:
        take_turn(session, Turn.ENDINGS)  # of two sweeps each would put its own question to the same counselor
        contact = lock_contact(session, contact_id)
        if contact is None or not is_unwritten(contact):
            return False
        if TOLD not in contact.flow and contact.ended_at is not None and contact.ended_at <= now - ALARM_AFTER:
            contact.flow = {**contact.flow, TOLD: True}
            alarms.raise_alarm(session, AlarmKind.ENDING_OWED, now)
        counselor = session.get(Counselor, contact.claimed_by) if contact.claimed_by is not None else None
        if counselor is None or not counselor.active:
            return False
        if counselor.id in busy or counselor.id in asked_lately(session, now - ASKED_WITHIN):
            return False
        counselor_texts.ask_how_it_ended(session, house, contact, counselor, now)
        busy.add(counselor.id)
        return True
