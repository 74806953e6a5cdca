"""How a contact ended, and nobody has written it: whoever owes it is asked once by text, then it is on the board."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import reading
from models.owed_endings import asked_lately, count_unwritten, lock_unwritten
from models.people import Counselor
from services import alarms, counselor_texts
from services.alarms import AlarmKind
from services.house import House

ASK_AFTER = timedelta(minutes=5)
ALARM_AFTER = timedelta(hours=1)
ASKED_WITHIN = timedelta(days=1)  # what is older stands in the lists, and nobody is texted about it any more
TOLD = "ending_owed_told"  # in the flow: those who lead have had the alarm


def owed_by(session: Session, counselor_id: uuid.UUID) -> tuple[int, uuid.UUID | None]:
    """How many contacts of a counselor are over without a disposition, and the one that is so for longest."""
    return count_unwritten(session, counselor_id)


def ask(house: House, now: datetime) -> int:
    """Ask by text, once for each contact, how it ended, and put it on the board after an hour; how many were asked.

    A reply is a digit and names no contact. So nobody is asked about a second one before the first is written, or
    a day has gone, nor while they are on a call: a later round does it.
    """
    with house.db.begin() as session:
        busy = asked_lately(session, now - ASKED_WITHIN)
        late = lock_unwritten(session, now - ASKED_WITHIN, now - ASK_AFTER, TOLD, busy)
        if late:
            busy |= {leg.counselor_id for leg in reading.legs_going_on(session) if leg.counselor_id is not None}
        asked = 0
        for contact in late:
            counselor = session.get_one(Counselor, contact.claimed_by)
            if counselor.active and counselor.id not in busy:
                counselor_texts.ask_how_it_ended(session, house, contact, counselor, now)
                busy.add(counselor.id)
                asked += 1
            if TOLD not in contact.flow and contact.ended_at is not None and contact.ended_at <= now - ALARM_AFTER:
                contact.flow = {**contact.flow, TOLD: True}
                alarms.raise_alarm(session, AlarmKind.ENDING_OWED, now)
        return asked
