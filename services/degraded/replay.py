"""The journal becomes rows once the database is back: each entry once, and whoever was missed is owed a call."""

import logging
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError, TimeoutError
from sqlalchemy.orm import Session

from models import outbox
from models.callbacks import owed_callback
from models.contacts import Contact, Leg, leg_by_sid, live_legs, lock_contact, record, take_receipt
from models.people import Counselor
from routing.vocabulary import ContactStatus, Disposition, FollowUpStatus, LegKind, LegStatus
from services import escalation, promises, rings, tasks
from services.degraded import records
from services.degraded.local import Entry, LocalState, entry_in
from services.house import House
from services.text_contacts import Inbound
from services.unread_texts import receive_or_set_aside

DATABASE_GONE = (OperationalError, InterfaceError, TimeoutError)
log = logging.getLogger(__name__)


def replay(house: House, local: LocalState, now: datetime) -> int:
    """Replay every journal of this host; how many entries there were. Raises when the database is gone (again).

    A line that cannot be read or replayed is set aside in `refused` and keeps nothing waiting.
    """
    if not local.has_entries:
        return 0
    house.db.ping()  # before any journal is set aside
    taken = 0
    with local.replaying() as journals:
        for journal in journals:
            for line in journal.read_bytes().splitlines():
                taken += _take(house, local, line, now)
            journal.unlink()
    return taken


def replay_again(house: House, now: datetime) -> tuple[int, int]:
    """Replay all that there is, also what was set aside: entries taken, lines that still cannot."""
    local = house.local
    if local is None:
        return 0, 0
    house.db.ping()
    local.refused_again()
    return replay(house, local, now), local.refused_lines()


def _take(house: House, local: LocalState, line: bytes, now: datetime) -> bool:
    entry = entry_in(line)
    if entry is None:
        log.error("journal_line_unreadable")
        local.refuse(line)
        return False
    try:
        _apply(house, entry, now)
    except DATABASE_GONE:
        house.db.ping()  # raises: all of it is replayed another time
        _apply_or_refuse(house, local, entry, line, now)
    except Exception:
        log.exception("journal_entry_refused", extra={"kind": entry.kind})
        local.refuse(line)
    return True


def _apply_or_refuse(house: House, local: LocalState, entry: Entry, line: bytes, now: datetime) -> None:
    """A second try with a database that answers: what fails now is the entry's own fault."""
    try:
        _apply(house, entry, now)
    except Exception:
        log.exception("journal_entry_refused", extra={"kind": entry.kind})
        local.refuse(line)


def _apply(house: House, entry: Entry, now: datetime) -> None:
    if entry.kind == "text":  # its own receipt keeps it to once
        receive_or_set_aside(house, Inbound(**entry.data), now)
        return
    if entry.kind == "voicemail":
        contact_id = uuid.UUID(entry.data["contact"])
        promises.take_voicemail(house, contact_id, entry.data["recording"], entry.data["seconds"], now)
        return
    with house.db.begin() as session:
        if take_receipt(session, f"journal:{entry.id}", now):
            if entry.kind == "over":
                _over(session, house, entry, now)
            else:
                _CALLS[entry.kind](session, entry, now)


def contact_of_call(session: Session, sid: str) -> Contact | None:
    """The contact of a caller's call, locked."""
    leg = leg_by_sid(session, sid)
    return lock_contact(session, leg.contact_id) if leg is not None else None


def _called(session: Session, entry: Entry, now: datetime) -> None:
    """A call was answered without the database. One that has no row yet gets it, and a person looks after it."""
    contact = contact_of_call(session, entry.data["call"])
    if contact is None:
        data = entry.data
        take_receipt(session, data["call"], entry.at)
        contact, _ = records.past_call(session, data["call"], data["number"], data["line"], entry.at)
        if contact.caller.number is not None and not data.get("blocked"):
            session.add(records.to_look_after(contact, now))
    record(session, contact.id, "degraded", entry.at)
    outbox.touch(session, contact.id)


def _accepted(session: Session, entry: Entry, now: datetime) -> None:
    """Somebody pressed 1 and talks with the caller: nobody else is rung, and no callback is owed."""
    contact = contact_of_call(session, entry.data["call"])
    if contact is None or contact.status in (ContactStatus.CONNECTED, ContactStatus.ENDED, ContactStatus.CLOSED):
        return
    leg = _leg_of(session, contact, entry)
    leg.status, leg.accepted_at, leg.bridged = LegStatus.JOINED, entry.at, True
    contact.status, contact.connected_at = ContactStatus.CONNECTED, entry.at
    contact.claimed_by, contact.claim_leg_id, contact.claimed_at = leg.counselor_id, leg.id, entry.at
    contact.counselor_joined_at, contact.claim_expires_at, contact.deadline_at = entry.at, None, None
    contact.ended_at = contact.disposition = None
    who = {"counselor": str(leg.counselor_id)} if leg.counselor_id else {"kind": leg.kind.value}
    record(session, contact.id, "accepted", entry.at, leg=str(leg.id), **who)
    record(session, contact.id, "connected", entry.at, bridged=True)
    no_callback_owed(session, contact, now)
    tasks.ask(session, tasks.RELEASE, contact.id, now)
    outbox.touch(session, contact.id)


def _leg_of(session: Session, contact: Contact, entry: Entry) -> Leg:
    """The row of the phone that was answered: the one that was rung for it, or a new one."""
    known = session.get(Leg, uuid.UUID(entry.data["leg"])) if entry.data["leg"] else None
    known = known or leg_by_sid(session, entry.data["phone"])
    if known is not None:
        known.provider_sid = known.provider_sid or entry.data["phone"]
        known.answered_at = known.answered_at or entry.at
        return known
    person = uuid.UUID(entry.data["person"]) if entry.data["person"] else None
    counselor = session.get(Counselor, person) if person else None
    try:
        with session.begin_nested():
            return _new_leg(session, contact, entry, counselor)
    except IntegrityError:  # the counselor is on another live leg, of which no end was reported yet
        return _new_leg(session, contact, entry, None)


def _new_leg(session: Session, contact: Contact, entry: Entry, counselor: Counselor | None) -> Leg:
    kind = LegKind.COUNSELOR if entry.data["person"] else LegKind.ON_CALL
    leg = rings.add_leg(
        session,
        contact,
        kind,
        counselor.phone or "" if counselor else "",
        counselor.id if counselor else None,
        entry.at,
    )
    leg.provider_sid, leg.answered_at, leg.placed_at = entry.data["phone"], entry.at, entry.at
    session.flush()
    return leg


def _over(session: Session, house: House, entry: Entry, now: datetime) -> None:
    """The call is over: after a talk nothing is owed, after ringing in vain the callback that was promised aloud."""
    contact = contact_of_call(session, entry.data["call"])
    if contact is None:
        return
    if entry.data["spoken"]:
        _talked(session, contact, entry, now)
    elif contact.status in (ContactStatus.WAITING, ContactStatus.ABANDONED):
        record(session, contact.id, "degraded_nobody", entry.at)
        known = contact.caller.number is not None
        if known:
            promises.promise_callback(session, house, contact, now, asked=False)
        escalation.end(session, contact, Disposition.CALLBACK_REQUESTED if known else Disposition.CALLER_LEFT, now)
    outbox.touch(session, contact.id)


def _talked(session: Session, contact: Contact, entry: Entry, now: datetime) -> None:
    winner = leg_by_sid(session, entry.data["phone"])
    if winner is not None and winner.counselor_id is not None:  # two pressed 1: the provider's bridge decided
        contact.claimed_by, contact.claim_leg_id = winner.counselor_id, winner.id
    for leg in live_legs(session, contact.id):
        if leg.kind is not LegKind.CALLER and leg.bridged:
            rings.end_leg(leg, "completed", entry.at)
    if contact.status in (ContactStatus.CONNECTED, ContactStatus.WAITING, ContactStatus.ABANDONED):
        contact.status, contact.ended_at, contact.deadline_at = ContactStatus.ENDED, entry.at, None
        contact.connected_at = contact.connected_at or entry.at
        record(session, contact.id, "conversation_ended", entry.at)
    no_callback_owed(session, contact, now)


def no_callback_owed(session: Session, contact: Contact, now: datetime) -> None:
    """Somebody talks with them, or they wait again: a callback that an outage made needful is not owed any more."""
    owed = owed_callback(session, contact.id)
    if owed is not None and not contact.calling_back:
        owed.status, owed.last_outcome, owed.done_at = FollowUpStatus.STOPPED, "superseded", now


_CALLS: dict[str, Callable[[Session, Entry, datetime], Any]] = {
    "call": _called,
    "accepted": _accepted,
}
