"""Somebody whom no text and no call may reach: a counselor closes that with a word, which holds for the whole plan."""

import uuid
from datetime import datetime
from enum import StrEnum

from models import follow_ups as rows
from models.contacts import record
from routing.vocabulary import FollowUpStatus
from services import follow_ups
from services.house import House
from services.reaching import Instead


class LastWord(StrEnum):
    """What a counselor decides about them."""

    REACHED_OTHERWISE = "reached_otherwise"
    WAITS_FOR_THEM = "waits_for_them"  # they know how to reach us
    NOT_WANTED = "not_wanted"


def close(house: House, follow_up_id: uuid.UUID, counselor_id: uuid.UUID, word: LastWord, now: datetime) -> bool:
    """Close it; unless they were reached, the plan's later steps end too. False: it is over, or nothing of the kind."""
    with house.db.begin() as session:
        row = rows.lock_started(session, follow_up_id)
        if row is None or row.plan.get("instead") != Instead.NO_WAY:
            return False
        row.owner_id = counselor_id
        follow_ups.end(session, row, FollowUpStatus.DONE, word.value, now)
        record(session, row.contact_id, "unreachable_closed", now, outcome=word.value, by=str(counselor_id))
        if word is not LastWord.REACHED_OTHERWISE:
            for later in rows.lock_later(session, row.contact_id, row.plan["plan"]):
                follow_ups.end(session, later, FollowUpStatus.STOPPED, word.value, now)
        return True
