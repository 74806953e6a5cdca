"""Alarms for the people who run the line: by e-mail and webhook, so that they arrive without Twilio too."""

import logging
import uuid
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from models import outbox
from models.alarms import Alarm, add_alarm, claim_alarm, due_alarms
from services.house import House
from telephony.ports import AlarmWays, NotDelivered, Notice

SEND: Final = "workers.housekeeping.alarm"
QUEUE: Final = "housekeeping"
SAME = timedelta(minutes=15)  # the same trouble rings once in this time
LEASE = timedelta(minutes=1)  # longer than mail server and webhook together may take
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60, 120, 240))  # then it is given up
LATE = timedelta(seconds=10)  # a reminder that was lost
log = logging.getLogger(__name__)


class AlarmKind(StrEnum):
    """What is wrong; the words are phrases `alarm.<kind>`."""

    DANGER_CALL = "danger_call"
    DANGER_HUNG_UP = "danger_hung_up"
    EMERGENCY_TOLD = "emergency_told"  # facts were told without consent in a medical emergency (42 CFR 2.51)
    TEXT_DANGER = "text_danger"  # and nobody has the conversation
    TEXT_DANGER_TAKEN = "text_danger_taken"  # and a counselor has it
    HELP_ASKED = "help_asked"
    COVERAGE_GAP = "coverage_gap"
    CALLBACK_OVERDUE = "callback_overdue"
    ENDING_OWED = "ending_owed"  # nobody has written for an hour how a contact ended
    VOICEMAILS_LATE = "voicemails_late"
    TEXT_FAILED = "text_failed"
    TEXT_UNREAD = "text_unread"  # one that came in and broke what takes them; a person reads it
    JOB_FAILED = "job_failed"
    ROW_BROKEN = "row_broken"  # what looks at it breaks each time, so nothing happens with it
    ROSTER_BROKEN = "roster_broken"  # somebody on it cannot be read, or has an unknown time zone
    WORK_LATE = "work_late"
    CALLS_MISSED = "calls_missed"
    TEXTS_MISSED = "texts_missed"
    PROVIDER = "provider"  # Twilio refuses, or does not answer
    DATABASE = "database"
    DEGRADED = "degraded"  # the database was gone; what was written down meanwhile is in the records


BOARD_ONLY: Final = frozenset({AlarmKind.ENDING_OWED})  # paperwork wakes nobody
# where to look; the board for all others without a contact
_PAGES = {AlarmKind.JOB_FAILED: "/failures", AlarmKind.ROSTER_BROKEN: "/roster"}


def raise_alarm(session: Session, kind: AlarmKind, now: datetime, *, subject: object = "", count: int = 1) -> bool:
    """Raise an alarm in this transaction; the same one again within a quarter of an hour is only counted (False).

    `subject` is a contact's id or nothing; no name, number or word of anybody leaves the house, and of the kinds in
    `BOARD_ONLY` nothing at all.
    """
    leaves = kind not in BOARD_ONLY
    alarm_id = add_alarm(session, kind.value, str(subject), count, now, SAME, leaves=leaves)
    if alarm_id is not None and leaves:
        log.warning("alarm", extra={"kind": kind.value})
        outbox.put(session, SEND, QUEUE, alarm_id, now=now)
    return alarm_id is not None


def provider_trouble(house: House, now: datetime) -> None:
    """Twilio refused a request for a reason of its own, or gave no clear answer: supervisors' texts may not leave."""
    with house.db.begin() as session:
        raise_alarm(session, AlarmKind.PROVIDER, now)


def send(house: House, ways: AlarmWays, alarm_id: uuid.UUID, now: datetime) -> bool:
    """Send one alarm by every way that it has not gone yet; whether it is out. Claimed for a minute, then sent."""
    with house.db.begin() as session:
        alarm = claim_alarm(session, alarm_id, now)
        if alarm is None:
            return False
        alarm.due_at = now + LEASE
        notice, todo = _notice(house, alarm), _todo(alarm, ways)
    gone = [way for way in todo if _goes(ways, way, notice)]
    with house.db.begin() as session:
        alarm = session.get_one(Alarm, alarm_id, with_for_update={"key_share": True})
        alarm.mailed_at = now if "mail" in gone else alarm.mailed_at
        alarm.posted_at = now if "post" in gone else alarm.posted_at
        alarm.attempts += 1
        over = len(gone) == len(todo) or alarm.attempts > len(PAUSES)
        alarm.due_at = None if over else now + PAUSES[alarm.attempts - 1]
        if over and len(gone) < len(todo):
            log.error("alarm_given_up", extra={"kind": alarm.kind})
    return len(gone) == len(todo)


def _todo(alarm: Alarm, ways: AlarmWays) -> list[str]:
    done = {"mail": alarm.mailed_at, "post": alarm.posted_at}
    return [way for way in ways.names if done[way] is None]


def _goes(ways: AlarmWays, way: str, notice: Notice) -> bool:
    try:
        ways.send(way, notice)
    except NotDelivered:
        log.warning("alarm_not_delivered", extra={"way": way})
        return False
    return True


def _notice(house: House, alarm: Alarm) -> Notice:
    path = f"/contacts/{alarm.subject}" if alarm.subject else _PAGES.get(AlarmKind(alarm.kind), "/board")
    return notice(
        house, AlarmKind(alarm.kind), alarm.count, str(alarm.id), house.rules.public_base_url + path, alarm.at
    )


def notice(house: House, kind: AlarmKind, count: int, id_: str, link: str, at: datetime) -> Notice:
    """An alarm in words of every language."""
    words = tuple(house.phrases.table[f"alarm.{kind.value}"].values())
    return Notice(id_, kind.value, house.rules.organisation_name, words, count, link, at)


def due(house: House, now: datetime) -> list[uuid.UUID]:
    """Alarms that are to be sent again, or whose reminder was lost."""
    with house.db.begin() as session:
        return list(due_alarms(session, now - LATE))
