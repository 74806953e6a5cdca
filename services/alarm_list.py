"""The board's alarms: what went wrong in a shift, one row a trouble, and who has seen it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models import reading
from models.alarms import Alarm, alarms_since, lock_unseen
from models.contacts import Contact, lock_contact
from services import audit, help_wanted
from services.alarms import AlarmKind
from services.console import ContactRow, row_of
from services.house import House

ALARMS_SHOWN = help_wanted.SHOWN


@dataclass(frozen=True)
class AlarmRow:
    """One trouble. `words` by language; `contact`, when it is about one, as that is now.

    `count` is how often it happened since somebody has seen it; once it is seen, how often in all.
    """

    id: uuid.UUID
    words: Mapping[str, str]
    count: int
    at: datetime
    contact: ContactRow | None
    seen_at: datetime | None
    seen_by: str | None


def alarms_lately(house: House, now: datetime) -> tuple[AlarmRow, ...]:
    """What went wrong in the last hours: what nobody has seen yet, then the rest, each newest first."""
    with house.db.begin() as session:
        raised = alarms_since(session, now - ALARMS_SHOWN)
        names = reading.names_of(session, [alarm.seen_by for alarm in raised if alarm.seen_by])
        troubles: dict[tuple[str, str], list[Alarm]] = {}
        for alarm in raised:
            troubles.setdefault((alarm.kind, alarm.subject), []).append(alarm)
        subjects = {uuid.UUID(subject) for _, subject in troubles if subject}
        contacts = {str(one.id): row_of(one) for one in reading.contacts_by_id(session, subjects)}
        rows = [_row(house, same, names, contacts) for same in troubles.values()]
    return tuple(sorted(rows, key=lambda row: row.seen_at is not None))


def _row(
    house: House, same: Sequence[Alarm], names: Mapping[uuid.UUID, str], contacts: Mapping[str, ContactRow]
) -> AlarmRow:
    shown = [alarm for alarm in same if alarm.seen_at is None] or same
    newest = shown[0]
    return AlarmRow(
        id=newest.id,
        words=house.phrases.table[f"alarm.{newest.kind}"],
        count=sum(alarm.count for alarm in shown),
        at=newest.at,
        contact=contacts.get(newest.subject),
        seen_at=newest.seen_at,
        seen_by=names.get(newest.seen_by) if newest.seen_by else None,
    )


def saw(house: House, alarm_id: uuid.UUID, count: int, actor_id: uuid.UUID, now: datetime) -> bool:
    """Somebody has seen a trouble that happened `count` times: it is folded away until it happens again.

    False, and nothing changed: it happened once more meanwhile, or somebody else has said so.
    """
    with house.db.begin() as session:
        helped = _who_asked_for_help(session, alarm_id)
        same = lock_unseen(session, alarm_id, now - ALARMS_SHOWN)
        if not same or sum(alarm.count for alarm in same) != count:
            return False
        for alarm in same:
            alarm.seen_at, alarm.seen_by = now, actor_id
        if helped is not None:
            help_wanted.was_seen(session, helped, actor_id, now)
        audit.write(session, "alarm_seen", actor_id, now, alarm=same[0].kind, count=count)
        return True


def _who_asked_for_help(session: Session, alarm_id: uuid.UUID) -> Contact | None:
    """The contact on which help was asked for, locked before its alarm, as by whoever asks."""
    alarm = session.get(Alarm, alarm_id)
    asked = alarm is not None and alarm.kind == AlarmKind.HELP_ASKED
    return lock_contact(session, uuid.UUID(alarm.subject)) if alarm is not None and asked else None
