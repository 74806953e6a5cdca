"""Calls that put a question to a registered phone of a place: planned, dialled once, told how they end.

What is asked, and what a key means, is for `services.directory.bed_calls` and `services.referrals.calls`.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic

from sqlalchemy.orm import Session

from models import call_budget
from models.bed_contacts import BedContact
from models.staff_calls import PutToAPhone, Row, lock_question, planned_calls
from routing.documents import Ask, Document, HangUp, Say
from routing.lifecycle import leg_may_become
from routing.vocabulary import Language, LegStatus
from services import tasks
from services.directory.bed_questions import within_hours
from services.each import each, row_broke, those
from services.house import House
from telephony.ports import ProviderRefused, ProviderUnsure, Telephony

BATCH = 20  # a sweep: callers' own calls come first
LOOKED_AT = 200  # for those: where it is night the oldest ones wait
REMIND_AFTER = timedelta(minutes=2)  # a planned call that no reminder brought to a worker
PRESS_SECONDS = 8


@dataclass(frozen=True)
class Kind(Generic[Row]):
    """One kind of question: its rows, the task that dials, its name in addresses, and its last words."""

    rows: type[Row]
    task: str
    path: str
    thanks: str
    nothing: str  # after silence


def plan(house: House, kind: Kind[Row], find: Callable[[Session, int], Sequence[Row]], now: datetime) -> int:
    """Plan a call for each question found that may be put at this hour, and remind of those planned; how many."""
    told, unreadable = row_broke(house, now), list[Exception]()
    with house.db.begin() as session:
        rows = find(session, LOOKED_AT)
        may_ring = those(rows, lambda row: within_hours(house, row.phone, now), lambda _, why: unreadable.append(why))
        found = [row.id for row in may_ring[:BATCH]]
        forgotten = [row.id for row in planned_calls(session, kind.rows, now - REMIND_AFTER, BATCH)]
    for why in unreadable:
        told(None, why)
    each(forgotten, lambda id_: _ask_for_call(house, kind, id_, now), told)
    return each(found, lambda id_: _ask_for_call(house, kind, id_, now), told)


def _ask_for_call(house: House, kind: Kind[Row], id_: uuid.UUID, now: datetime) -> bool:
    with house.db.begin() as session:
        row = lock_question(session, kind.rows, id_)
        if row is None or row.closed_at is not None or row.call_status not in (None, LegStatus.PLANNED):
            return False  # answered, or dialled, since it was found
        row.call_status, row.call_at = LegStatus.PLANNED, now
        tasks.ask(session, kind.task, id_, now)
        return True


def place(house: House, telephony: Telephony, kind: Kind[Row], id_: uuid.UUID, now: datetime) -> bool:
    """Dial one planned call: claimed first, dialled outside any transaction, never twice for a question."""
    with house.db.begin() as session:
        row = _claim(session, house, kind, id_, now)
        if row is None:
            return False
        number = row.phone.number
    base = house.rules.public_base_url
    try:
        sid = telephony.place_call(
            to=number,
            sender=house.rules.helpline_numbers[0],
            url=f"{base}/voice/{kind.path}/{id_}",
            status_url=f"{base}/status/{kind.path}?id={id_}",
            ring_seconds=house.rules.ring_seconds,
        )
    except ProviderRefused as refusal:
        _back_to(house, kind, id_, LegStatus.PLANNED if refusal.too_many else LegStatus.ENDED)
        return False
    except ProviderUnsure:
        return False  # it may ring: its own webhooks tell; else the silence is seen to as any other
    with house.db.begin() as session:
        placed = lock_question(session, kind.rows, id_)
        if placed is not None:
            placed.call_sid = placed.call_sid or sid
            _move(placed, LegStatus.RINGING)
    return True


def _claim(session: Session, house: House, kind: Kind[Row], id_: uuid.UUID, now: datetime) -> Row | None:
    """The row, taken for dialling; a slot of the provider's rate is taken only when there is something to dial."""
    row = lock_question(session, kind.rows, id_)
    if row is None or row.closed_at is not None or row.call_status is not LegStatus.PLANNED:
        return None
    if not _may_ring(row.phone):
        row.call_status = LegStatus.ENDED
        return None
    if not within_hours(house, row.phone, now):
        row.call_status = None  # planned anew when the hours begin
        return None
    if call_budget.any_in_line(session) or not call_budget.take_slot(session, house.rules.calls_per_second, now):
        return None  # callers first: the next reminder tries again
    row.call_status, row.call_at = LegStatus.PLACING, now
    return row


def _may_ring(phone: BedContact) -> bool:
    return phone.active and phone.stopped_at is None


def picked_up(session: Session, kind: Kind[Row], id_: uuid.UUID, sid: str) -> Row | None:
    """The phone was picked up: the question (locked) that is still open, else None."""
    row = lock_question(session, kind.rows, id_)
    if row is None or row.closed_at is not None:
        return None
    row.call_sid = row.call_sid or sid
    _move(row, LegStatus.ANSWERED)
    return row


def ended(house: House, kind: Kind[Row], id_: uuid.UUID) -> None:
    """The call is over. What is still unanswered may be texted."""
    _back_to(house, kind, id_, LegStatus.ENDED)


def _back_to(house: House, kind: Kind[Row], id_: uuid.UUID, status: LegStatus) -> None:
    with house.db.begin() as session:
        row = lock_question(session, kind.rows, id_)
        if row is None or row.call_status is None:
            return
        if status is LegStatus.PLANNED and row.call_status is LegStatus.PLACING:
            row.call_status = status  # the provider took no more calls just now: the next reminder tries again
        else:
            _move(row, status)


def _move(row: PutToAPhone, status: LegStatus) -> None:
    if row.call_status is None or leg_may_become(row.call_status, status):
        row.call_status = status


def question(kind: Kind[Row], row: Row, asked: Say, *before: Say) -> Document:
    """A question, once more after silence; then a word that nothing was pressed."""
    first, again = key_asked(kind, row, *before, asked), key_asked(kind, row, asked)
    return Document(row.phone.language, (first, again, Say(kind.nothing), HangUp()))


def key_asked(kind: Kind[Row], row: Row, *said: Say) -> Ask:
    """One step that waits for a key."""
    return Ask(said, f"/voice/{kind.path}-key/{row.id}", digits=1, seconds=PRESS_SECONDS)


def goodbye(kind: Kind[Row], row: Row | None, *said: Say) -> Document:
    """The last words, else thanks."""
    language = row.phone.language if row is not None else Language.ENGLISH
    return Document(language, (*(said or (Say(kind.thanks),)), HangUp()))
