"""A counselor's call for help at the console: who asks, until somebody comes or says that they have seen it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from models import outbox, reading
from models.alarms import Alarm, see_all, unseen
from models.contacts import Contact, record
from routing.vocabulary import Channel, ContactStatus
from services.alarms import AlarmKind
from services.alerts import HELP_ASKED, HELP_SEEN_BY
from services.house import House

SHOWN = timedelta(hours=8)  # a shift


@dataclass(frozen=True)
class HelpWanted:
    """Somebody who wants a supervisor. `count`: how often they asked; `can_listen`: a conversation goes on."""

    alarm_id: uuid.UUID
    count: int
    contact_id: uuid.UUID
    counselor: str | None
    since: datetime
    can_listen: bool


@dataclass(frozen=True)
class SeenTo:
    """A contact whose counselor asked for help, and the reader said that they see to it."""

    contact_id: uuid.UUID
    counselor: str | None


def help_wanted(house: House, reader_id: uuid.UUID, now: datetime) -> tuple[HelpWanted, ...]:
    """Who wants help, whoever has waited longest first; not what the reader asked for themselves.

    A call that ended meanwhile stands here as well: whoever asked has still had nobody. Wrapped up, it is over.
    """
    with house.db.begin() as session:
        alarms = unseen(session, AlarmKind.HELP_ASKED.value, now - SHOWN)
        contacts = reading.contacts_by_id(session, {uuid.UUID(alarm.subject) for alarm in alarms})
        wanted = [one for one in contacts if _wants(one) and one.claimed_by != reader_id]
        rows = [_row(one, [alarm for alarm in alarms if alarm.subject == str(one.id)]) for one in wanted]
    return tuple(sorted(rows, key=lambda row: row.since))


def _wants(contact: Contact) -> bool:
    return HELP_ASKED in contact.flow and contact.status is not ContactStatus.CLOSED


def _row(contact: Contact, alarms: Sequence[Alarm]) -> HelpWanted:
    return HelpWanted(
        alarm_id=alarms[0].id,
        count=sum(alarm.count for alarm in alarms),
        contact_id=contact.id,
        counselor=contact.counselor.name if contact.counselor else None,
        since=datetime.fromtimestamp(contact.flow[HELP_ASKED], UTC),
        can_listen=contact.channel is Channel.VOICE and contact.status is ContactStatus.CONNECTED,
    )


def seen_to(house: House, reader_id: uuid.UUID) -> tuple[SeenTo, ...]:
    """The conversations in which the reader said that they see to it, and nobody has come yet."""
    with house.db.begin() as session:
        found = reading.connected_with(session, HELP_SEEN_BY, str(reader_id))
        return tuple(
            SeenTo(one.id, one.counselor.name if one.counselor else None) for one in found if HELP_ASKED not in one.flow
        )


def was_seen(session: Session, contact: Contact, by: uuid.UUID, now: datetime) -> None:
    """Somebody who leads has seen it (contact locked): the counselor reads so, and may ask again."""
    if HELP_ASKED in contact.flow:
        contact.flow = {**_without(contact), HELP_SEEN_BY: str(by)}
        record(session, contact.id, "help_seen", now, by=str(by))
        outbox.touch(session, contact.id)


def came(session: Session, contact: Contact, by: uuid.UUID | None, now: datetime) -> None:
    """Somebody is on the call beside the counselor, or has it now (contact locked): nobody need come any more."""
    if HELP_ASKED in contact.flow or HELP_SEEN_BY in contact.flow:
        contact.flow = _without(contact)
        see_all(session, AlarmKind.HELP_ASKED.value, str(contact.id), by, now)
        outbox.touch(session, contact.id)


def _without(contact: Contact) -> dict[str, object]:
    return {key: value for key, value in contact.flow.items() if key not in (HELP_ASKED, HELP_SEEN_BY)}
