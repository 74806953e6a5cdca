"""Safe contact: what a counselor was told about reaching a person, and everything that is on file about it."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import outbox, people
from models.consents import ConsentHow, ConsentKind
from models.contacts import Contact, lock_contact
from models.people import Caller
from routing.vocabulary import Channel
from services import audit, consent
from services.house import House

LONGEST_NAME = 40
ANY_HOUR = (0, 24)


@dataclass(frozen=True)
class SafeContact:
    """What a person says about being reached. None leaves an answer as it is; an empty name takes it away."""

    texting_ok: bool | None = None
    calling_ok: bool | None = None
    voicemail_ok: bool | None = None
    hours: tuple[int, int] | None = None  # on their own clock, the end not included; ANY_HOUR takes them away
    neutral_name: str | None = None  # whom our texts say they are from
    relay: bool | None = None  # by TTY or through a relay operator: never asked for a key


@dataclass(frozen=True)
class Reach:
    """What is known about reaching somebody, for whoever is about to. `name`: whom our words say they are from."""

    texting_ok: bool | None
    calling_ok: bool | None
    voicemail_ok: bool | None
    hours: tuple[int, int] | None
    name: str
    relay: bool
    stopped: bool  # they said STOP


def reach_of(caller: Caller) -> Reach:
    """What this person said."""
    start, end = caller.safe_from_hour, caller.safe_until_hour
    given = None if start is None or end is None else (start, end)
    return Reach(
        texting_ok=caller.texting_ok,
        calling_ok=caller.calling_ok,
        voicemail_ok=caller.voicemail_ok,
        hours=None if given == ANY_HOUR else given,
        name=caller.neutral_name or "",
        relay=caller.relay,
        stopped=caller.texts_stopped_at is not None,
    )


def problem_of(wish: SafeContact) -> str:
    """Which of these answers cannot be right; empty when none."""
    if wish.hours is not None and not 0 <= wish.hours[0] < wish.hours[1] <= 24:
        return "hours"
    if wish.neutral_name is not None and len(wish.neutral_name.strip()) > LONGEST_NAME:
        return "name"
    return ""


def write(house: House, contact_id: uuid.UUID, counselor_id: uuid.UUID, wish: SafeContact, now: datetime) -> bool:
    """A counselor writes what the person said; it holds for the next text. False: no such contact, a wrong answer."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id, caller=True)
        if contact is None or problem_of(wish):
            return False
        note(session, contact, counselor_id, wish, now)
        outbox.touch(session, contact.id)
        return True


def note(session: Session, contact: Contact, counselor_id: uuid.UUID | None, wish: SafeContact, now: datetime) -> None:
    """Write what the person said (without a problem) in the transaction of whoever asks, with its evidence."""
    caller = people.lock_caller(session, contact.caller_id)
    how = ConsentHow.COUNSELOR
    for kind, data in _changes(caller, wish):
        consent.said(session, caller, kind, how, now, contact_id=contact.id, actor_id=counselor_id, **data)
    audit.write(session, "safe_contact_written", counselor_id, now, contact_id=contact.id)


def note_follow_up_texts(
    session: Session, contact: Contact, counselor_id: uuid.UUID | None, wanted: bool, now: datetime
) -> bool:
    """Write whether the person wants to be texted later, to see how it went; False: a Yes that cannot be, kept nowhere.

    A Yes says that a text is safe where nobody knew; it never lifts a "texting is not safe", which only the question of
    safety itself does. A No tells nothing of safety: what they ask for now may still be texted.
    """
    caller = people.lock_caller(session, contact.caller_id)
    if wanted and caller.texting_ok is False:
        return False
    if caller.follow_up_texts_ok is not wanted:
        kinds = [ConsentKind.FOLLOW_UP_TEXTS_OK if wanted else ConsentKind.FOLLOW_UP_TEXTS_NOT_OK]
        if wanted and caller.texting_ok is None:
            kinds.insert(0, ConsentKind.TEXTING_OK)
        how = ConsentHow.COUNSELOR
        for kind in kinds:
            consent.said(session, caller, kind, how, now, contact_id=contact.id, actor_id=counselor_id)
        audit.write(session, "safe_contact_written", counselor_id, now, contact_id=contact.id)
    return True


def may_text(session: Session, contact: Contact, counselor_id: uuid.UUID, agreed: bool, now: datetime) -> bool:
    """Whether a counselor may have this person texted now. `agreed`: they have just said that it is safe: kept."""
    caller = contact.caller
    if caller.number is None or caller.texts_stopped_at is not None:
        return False
    if agreed and caller.texting_ok is not True:
        note(session, contact, counselor_id, SafeContact(texting_ok=True), now)
    writes_with_us = contact.channel is Channel.TEXT and caller.texting_ok is not False
    return writes_with_us or caller.texting_ok is True


def call_is_safe(contact: Contact) -> bool:
    """Whether this person said that a call to their number is safe: at all, on voicemail, or when cut off."""
    caller = contact.caller
    if caller.number is None or caller.calling_ok is False:
        return False
    return caller.calling_ok is True or caller.voicemail_ok is True or contact.cut_off_ok is True


def _changes(caller: Caller, wish: SafeContact) -> Iterator[tuple[ConsentKind, dict[str, Any]]]:
    if wish.texting_ok is not None and wish.texting_ok is not caller.texting_ok:
        yield (ConsentKind.TEXTING_OK if wish.texting_ok else ConsentKind.TEXTING_NOT_OK), {}
    if wish.calling_ok is not None and wish.calling_ok is not caller.calling_ok:
        yield (ConsentKind.CALLING_OK if wish.calling_ok else ConsentKind.CALLING_NOT_OK), {}
    if wish.voicemail_ok is not None and wish.voicemail_ok is not caller.voicemail_ok:
        yield (ConsentKind.VOICEMAIL_OK if wish.voicemail_ok else ConsentKind.VOICEMAIL_NOT_OK), {}
    had = (caller.safe_from_hour, caller.safe_until_hour)
    if wish.hours is not None and wish.hours != (ANY_HOUR if None in had else had):
        caller.safe_from_hour, caller.safe_until_hour = wish.hours
        yield ConsentKind.SAFE_HOURS, {"from_hour": wish.hours[0], "until_hour": wish.hours[1]}
    if wish.neutral_name is not None and wish.neutral_name.strip() != (caller.neutral_name or ""):
        caller.neutral_name = wish.neutral_name.strip() or None
        yield ConsentKind.NEUTRAL_NAME, {"given": bool(caller.neutral_name)}
    if wish.relay is not None and wish.relay is not caller.relay:
        caller.relay = wish.relay
        yield ConsentKind.RELAY, {"given": wish.relay}
