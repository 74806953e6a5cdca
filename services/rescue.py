"""The rescue screen: what a human needs to send help to somebody in danger, with a timed log of what was done."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import directory, reading
from models.callbacks import on_the_line
from models.contacts import Contact, events_of, lock_contact, record
from models.dispatch import dispatch_near
from models.listed import Listed
from models.outbox import touch
from routing.vocabulary import ContactStatus, FollowUpStatus, RescueStep
from services import alerts, emergency_disclosure, flags, hand_over, information, promises, tasks
from services.console import ContactRow, row_of
from services.contact_story import TimelineEntry
from services.flags import Flag
from services.house import House

OVER = frozenset({ContactStatus.ENDED, ContactStatus.ABANDONED, ContactStatus.CLOSED})
OPEN_FOR = timedelta(days=3)  # a danger that nobody cleared stays on the board as long


@dataclass(frozen=True)
class Centre:
    """A local dispatch centre with its ten-digit number (E.164)."""

    name: str
    county: str
    phone: str


@dataclass(frozen=True)
class Rescue:
    """The rescue screen. Location parts are None while unknown; `left` when the caller hung up."""

    row: ContactRow
    claimed_by: uuid.UUID | None
    zip: str | None
    town: str | None
    county: str | None
    state: str | None
    flags: tuple[Flag, ...]
    said: tuple[str, ...]
    centres: tuple[Centre, ...]
    supervisors: tuple[tuple[str, str], ...]  # name, phone
    log: tuple[TimelineEntry, ...]
    steps: tuple[RescueStep, ...]  # what can be written into the log, or done, now
    undocumented: bool  # dispatch was called, and what they were told is not written down (42 CFR 2.51)

    @property
    def left(self) -> bool:
        """Whether the caller is not on the line any more."""
        return not self.row.going_on


def rescue(house: House, contact_id: uuid.UUID, now: datetime) -> Rescue | None:
    """The screen for one contact; None when there is none."""
    with house.db.begin() as session:
        contact = reading.contact_with_all(session, contact_id)
        if contact is None:
            return None
        known = contact.triage or {}
        zip5 = (known.get("zip") or {}).get("value")
        place = directory.zip_code(session, zip5) if zip5 else None
        state = place.state if place else information.state_of(session, contact)
        county = place.county if place else ""
        return Rescue(
            row=row_of(contact),
            claimed_by=contact.claimed_by,
            zip=zip5,
            town=place.city if place else (known.get("city") or {}).get("value"),
            county=county or None,
            state=state,
            flags=flags.flags_of(house, contact),
            said=tuple(str(entry.get("words", "")) for entry in known.get("said", ())),
            centres=tuple(Centre(c.name, c.county, c.phone) for c in dispatch_near(session, state or "", county)),
            supervisors=tuple((person.name, person.phone or "") for person in alerts.supervisors(session, now)),
            log=_log(session, contact),
            steps=tuple(s for s in RescueStep if s is not RescueStep.CALL_BACK or _may_be_called(session, contact)),
            undocumented=emergency_disclosure.undocumented(session, contact.id),
        )


# their `by` is a counselor's id
BY_PEOPLE = frozenset({"rescue_step", "emergency_told", "flag_added", "flag_cleared", "danger_over"})
LOGGED = BY_PEOPLE | frozenset(
    {"danger", "rescue_opened", "supervisors_alerted", "flag_again"}
    | {"caller_left", "connected", "conversation_ended", "callback_requested", "callback_reached"}
    | {"callback_promised", "callback_started", "callback_not_reached", "callback_nobody_free"}
    | {"bridged_988", "after_988", "text_taken"}
)


def _log(session: Session, contact: Contact) -> tuple[TimelineEntry, ...]:
    events = [event for event in events_of(session, contact.id) if event.kind in LOGGED]
    doers = {uuid.UUID(event.data["by"]) for event in events if event.kind in BY_PEOPLE}
    names = {str(id_): name for id_, name in reading.names_of(session, list(doers)).items()}
    return tuple(
        TimelineEntry(event.at, event.kind, event.data, names.get(event.data.get("by", ""))) for event in events
    )


def write_step(house: House, contact_id: uuid.UUID, counselor_id: uuid.UUID, step: RescueStep, now: datetime) -> bool:
    """Put one thing that was done into the timed log; `CALL_BACK` is done by it. False: no such contact, or no way."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None:
            return False
        wants_call = step is RescueStep.CALL_BACK
        if wants_call and not (_may_be_called(session, contact) and _call_back(session, house, contact, now)):
            return False
        record(session, contact.id, "rescue_step", now, did=step.value, by=str(counselor_id))
        hand_over.is_at_work(contact, counselor_id, now)  # who talks to a dispatch centre keeps the conversation
        touch(session, contact_id)
        return True


def _may_be_called(session: Session, contact: Contact) -> bool:
    """Whether they are gone and the number that they called or wrote from is known; no other number is ever called."""
    gone = contact.status in OVER and not on_the_line(session, contact.caller_id)
    return gone and contact.caller.number is not None


def _call_back(session: Session, house: House, contact: Contact, now: datetime) -> bool:
    """A callback is owed now, danger first among those that are; one that waits for its next attempt waits no more."""
    owed = promises.promise_callback(session, house, contact, now, asked=False)
    if owed is None:
        return False
    if owed.status is FollowUpStatus.PENDING and owed.due_at > now:
        owed.due_at = now
        tasks.ask(session, tasks.CALL_BACK, contact.id, now)
    return True


def dangers_open(session: Session, now: datetime) -> Listed[ContactRow]:
    """Contacts whose danger nobody has cleared, on the line or gone, the most urgent first."""
    found, total = reading.contacts_in_danger(session, now - OPEN_FOR)
    return Listed(tuple(row_of(contact) for contact in found), total)


def is_open(row: ContactRow, now: datetime) -> bool:
    """Whether it is one of these."""
    return row.in_danger and row.status != ContactStatus.CLOSED and row.opened_at >= now - OPEN_FOR
