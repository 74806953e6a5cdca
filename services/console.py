"""Read models of the console's lists: plain values for pages, numbers masked."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import reading
from models.contacts import Contact
from models.follow_ups import PLANNED, FollowUp
from models.listed import Listed
from models.owed_endings import is_unwritten
from models.voicemails import FETCHED_WITHIN, Voicemail, open_voicemails
from routing.follow_up import By
from routing.phone import masked
from routing.vocabulary import DANGER, ContactStatus, FollowUpKind, FollowUpStatus, LegKind, Urgency, Whose
from services import owed_callbacks, promises
from services.alerts import HELP_ASKED, HELP_SEEN_BY
from services.house import House
from services.safe_contact import Reach, reach_of

PAGE_LENGTH = 50
DUE_SOON = timedelta(hours=24)


@dataclass(frozen=True)
class ContactRow:
    """One contact in a list. `since` is from when its time counts: waiting, talking, or opened."""

    id: uuid.UUID
    status: str
    state: str  # the status in words: one that ended and needs no wrap-up is over
    channel: str
    language: str
    urgency: str
    number: str
    counselor: str | None
    disposition: str | None
    opened_at: datetime
    since: datetime
    ended_at: datetime | None
    line: str | None = None  # without a counselor: which phone has it or had it, such as the on-call one
    help_asked: bool = False  # the counselor who has it wants somebody beside them
    help_seen_by: uuid.UUID | None = None  # who said that they see to it

    @property
    def danger(self) -> bool:
        """Whether a red flag asks for something at once."""
        return self.urgency != Urgency.NONE

    @property
    def in_danger(self) -> bool:
        """Whether 911 or 988 comes before anything else."""
        return self.urgency in DANGER

    @property
    def going_on(self) -> bool:
        """Whether somebody waits or speaks with us now."""
        return self.status in reading.GOING_ON


@dataclass(frozen=True)
class ContactList:
    """The contacts page: what goes on, what wants wrapping up, what is over. `next_page` pages on, None at the end."""

    waiting: tuple[ContactRow, ...]
    talking: tuple[ContactRow, ...]
    to_wrap_up: tuple[ContactRow, ...]
    past: tuple[ContactRow, ...]
    next_page: datetime | None
    totals: Mapping[str, int]  # of the first three, however long they are

    @property
    def empty(self) -> bool:
        """Whether nobody has ever reached out, as on the first day."""
        return not (self.waiting or self.talking or self.to_wrap_up or self.past)


@dataclass(frozen=True)
class DueRow:
    """A follow-up somebody is owed."""

    id: uuid.UUID
    kind: str
    status: str
    due_at: datetime
    late_at: datetime
    attempts: int
    max_attempts: int
    last_outcome: str | None
    contact: ContactRow
    late: bool
    by_hand: bool  # a callback that no phone rings for by itself any more
    by_person: bool  # a planned step that a counselor does, and says what came of it
    owner: str | None
    open: bool
    done_at: datetime | None
    refusal: str | None  # why a planned text will not be sent, as far as is known
    instead: str | None  # a text that did not reach them: what a person does in its place
    why: str | None
    reach: Reach


@dataclass(frozen=True)
class DueList:
    """The page of follow-ups: those of `whose`, and how many there are of each."""

    whose: Whose
    rows: tuple[DueRow, ...]
    counts: Mapping[Whose, int]


@dataclass(frozen=True)
class VoicemailRow:
    """A voicemail that waits for somebody to listen and act."""

    id: uuid.UUID
    seconds: int
    transcript: str | None
    received_at: datetime
    deadline_at: datetime
    heard_at: datetime | None
    done_at: datetime | None
    outcome: str | None
    here: bool  # the sound can be played
    lost: bool  # nor will it come any more
    owner_id: uuid.UUID | None
    owner: str | None
    contact: ContactRow
    late: bool


def row_of(contact: Contact) -> ContactRow:
    """The list's view of a contact."""
    over = contact.status is ContactStatus.ENDED and not is_unwritten(contact)
    return ContactRow(
        id=contact.id,
        status=contact.status.value,
        state="over" if over else contact.status.value,
        channel=contact.channel.value,
        language=contact.language.value,
        urgency=contact.urgency.value,
        number=masked(contact.caller.number),
        counselor=contact.counselor.name if contact.counselor else None,
        disposition=contact.disposition.value if contact.disposition else None,
        opened_at=contact.opened_at,
        since=_since(contact),
        ended_at=contact.ended_at,
        line=_line(contact),
        help_asked=HELP_ASKED in contact.flow and contact.status in reading.GOING_ON,
        help_seen_by=_help_seen_by(contact),
    )


def _line(contact: Contact) -> str | None:
    """Whose phone it is that is no counselor's of ours; 988 when they asked for it before anybody had answered."""
    if contact.claimed_by is not None:
        return None
    if contact.claim_leg is not None:
        return contact.claim_leg.kind.value
    return LegKind.CRISIS_LINE.value if contact.status is ContactStatus.WITH_CRISIS_LINE else None


def _help_seen_by(contact: Contact) -> uuid.UUID | None:
    """Nobody once they have asked again."""
    seen = None if HELP_ASKED in contact.flow else contact.flow.get(HELP_SEEN_BY)
    return uuid.UUID(seen) if seen else None


def _since(contact: Contact) -> datetime:
    if contact.status is ContactStatus.CONNECTED and contact.connected_at is not None:
        return contact.connected_at
    return contact.waiting_since or contact.opened_at


def contact_list(house: House, before: datetime | None = None) -> ContactList:
    """Everything for the contacts page; `before` asks for an older page of those that are over."""
    with house.db.begin() as session:
        live, unfinished = reading.live_contacts(session), reading.contacts_to_wrap_up(session)
        waiting = reading.count_waiting(session, live)
        past = [row_of(c) for c in reading.past_contacts(session, limit=PAGE_LENGTH + 1, before=before)]
    return ContactList(
        waiting=tuple(row_of(contact) for contact in live.rows if reading.waits(contact)),
        talking=tuple(row_of(contact) for contact in live.rows if not reading.waits(contact)),
        to_wrap_up=tuple(row_of(contact) for contact in unfinished.rows),
        totals={"waiting": waiting, "talking": live.total - waiting, "to_wrap_up": unfinished.total},
        past=tuple(past[:PAGE_LENGTH]),
        next_page=past[PAGE_LENGTH - 1].opened_at if len(past) > PAGE_LENGTH else None,
    )


def follow_ups_due(house: House, now: datetime, reader_id: uuid.UUID, whose: Whose = Whose.ALL) -> DueList:
    """Follow-ups that are late or due within a day: the reader's first, then those nobody has, oldest first."""
    with house.db.begin() as session:
        counts = reading.count_due_follow_ups(session, now + DUE_SOON, reader_id)
        rows = reading.due_follow_ups(session, now + DUE_SOON, reader_id, whose)
        names = reading.names_of(session, [row.owner_id for row in rows if row.owner_id])
        shown = tuple(due_row(row, now, owner=names.get(row.owner_id) if row.owner_id else None) for row in rows)
        return DueList(whose, shown, counts)


def due_row(row: FollowUp, now: datetime, refusal: str | None = None, owner: str | None = None) -> DueRow:
    """The list's view of a follow-up. `refusal`: why texts to this person are kept back, if they are."""
    planned_text = row.status is FollowUpStatus.PENDING and row.plan.get("by") == By.TEXT
    late_at = promises.late_at(row)
    return DueRow(
        id=row.id,
        kind=row.kind.value,
        status=row.status.value,
        due_at=row.due_at,
        late_at=late_at,
        attempts=row.attempts,
        max_attempts=row.max_attempts,
        last_outcome=row.last_outcome,
        contact=row_of(row.contact),
        late=late_at <= now and row.status in reading.OPEN_FOLLOW_UPS,
        by_hand=row.kind is FollowUpKind.CALLBACK and owed_callbacks.is_by_hand(row),
        by_person=row.kind in PLANNED and row.plan.get("by") == By.PERSON and row.status is FollowUpStatus.STARTED,
        owner=owner,
        done_at=row.done_at,
        open=row.status in reading.OPEN_FOLLOW_UPS,
        refusal=refusal if planned_text else None,
        instead=row.plan.get("instead"),
        why=row.plan.get("why"),
        reach=reach_of(row.contact.caller),
    )


def voicemails(house: House, now: datetime) -> Listed[VoicemailRow]:
    """Voicemails that wait, the nearest deadline first."""
    with house.db.begin() as session:
        found, total = open_voicemails(session)
        names = reading.names_of(session, [row.owner_id for row in found if row.owner_id])
        return Listed(tuple(voicemail_row(row, names, now) for row in found), total)


def voicemail_row(row: Voicemail, names: Mapping[uuid.UUID, str], now: datetime) -> VoicemailRow:
    """The list's view of a voicemail."""
    return VoicemailRow(
        id=row.id,
        seconds=row.seconds,
        transcript=row.transcript,
        received_at=row.received_at,
        deadline_at=row.deadline_at,
        heard_at=row.heard_at,
        done_at=row.done_at,
        outcome=row.outcome,
        here=row.removed_at is not None,
        lost=row.removed_at is None and row.received_at < now - FETCHED_WITHIN,
        owner_id=row.owner_id,
        owner=names.get(row.owner_id) if row.owner_id else None,
        contact=row_of(row.contact),
        late=row.done_at is None and row.deadline_at <= now,
    )
