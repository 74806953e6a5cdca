"""The board's alarms: what went wrong in a shift, one row a trouble, and who has seen it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import reading
from models.alarms import Alarm, alarms_since, lock_unseen
from services import audit
from services.house import House

ALARMS_SHOWN = timedelta(hours=8)  # a shift


@dataclass(frozen=True)
class AlarmRow:
    """One trouble. `words` by language; `contact_id` when it is about one contact, else empty.

    `count` is how often it happened since somebody has seen it; once it is seen, how often in all.
    """

    id: uuid.UUID
    words: Mapping[str, str]
    count: int
    at: datetime
    contact_id: str
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
        rows = [_row(house, same, names) for same in troubles.values()]
    return tuple(sorted(rows, key=lambda row: row.seen_at is not None))


def _row(house: House, same: Sequence[Alarm], names: Mapping[uuid.UUID, str]) -> AlarmRow:
    shown = [alarm for alarm in same if alarm.seen_at is None] or same
    newest = shown[0]
    return AlarmRow(
        id=newest.id,
        words=house.phrases.table[f"alarm.{newest.kind}"],
        count=sum(alarm.count for alarm in shown),
        at=newest.at,
        contact_id=newest.subject,
        seen_at=newest.seen_at,
        seen_by=names.get(newest.seen_by) if newest.seen_by else None,
    )


def saw(house: House, alarm_id: uuid.UUID, count: int, actor_id: uuid.UUID, now: datetime) -> bool:
    """Somebody has seen a trouble that happened `count` times: it is folded away until it happens again.

    False, and nothing changed: it happened once more meanwhile, or somebody else has said so.
    """
    with house.db.begin() as session:
        same = lock_unseen(session, alarm_id, now - ALARMS_SHOWN)
        if not same or sum(alarm.count for alarm in same) != count:
            return False
        for alarm in same:
            alarm.seen_at, alarm.seen_by = now, actor_id
        audit.write(session, "alarm_seen", actor_id, now, alarm=same[0].kind, count=count)
        return True
