"""May we text this person? What the one sender asks, and the ledger of everything a person said about it."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from models import texts
from models.bed_contacts import BedContact, lock_bed_contact
from models.bed_rounds import close_rounds
from models.consents import ConsentEvent, ConsentHow, ConsentKind
from models.contacts import record
from models.people import Caller, Counselor
from models.texts import TextMessage
from routing.sending import Person, Purpose, Refusal, Verdict, Window, may_send
from services.house import House, Rules


def window_of(rules: Rules) -> Window:
    """The hours for texts that nobody asked for."""
    return Window(rules.text_window_start_hour, rules.text_window_end_hour, rules.default_timezone)


def person_of(session: Session, caller: Caller) -> Person:
    """What the rules need to know of a caller."""
    return person(caller, wrote_to_us=texts.wrote_to_us(session, caller.id))


def person(caller: Caller, *, wrote_to_us: bool) -> Person:
    """The same for somebody of whom it is known whether they ever wrote to us."""
    hours = (caller.safe_from_hour, caller.safe_until_hour)
    return Person(
        number=caller.number,
        timezone=caller.timezone,
        stopped=caller.texts_stopped_at is not None,
        texting_ok=caller.texting_ok,
        follow_up_texts_ok=caller.follow_up_texts_ok,
        wrote_to_us=wrote_to_us,
        safe_hours=None if hours[0] is None or hours[1] is None else (hours[0], hours[1]),
    )


def ask(session: Session, house: House, message: TextMessage, now: datetime) -> tuple[str, Verdict]:
    """The number to write to ("" when there is none) and whether this message may go there now."""
    return ask_all(session, house, [message], now)[0]


def ask_all(
    session: Session, house: House, messages: Sequence[TextMessage], now: datetime
) -> Sequence[tuple[str, Verdict]]:
    """The same for each of these messages; their callers are read anew, in one statement."""
    callers = texts.callers_to_ask(session, {one.caller_id for one in messages if one.caller_id is not None})
    people = [_addressee(session, message, callers) for message in messages]
    window = window_of(house.rules)
    return [
        (one.number or "", may_send(Purpose(message.purpose), one, window, now))
        for one, message in zip(people, messages, strict=True)
    ]


def _addressee(session: Session, message: TextMessage, callers: Mapping[uuid.UUID, tuple[Caller, bool]]) -> Person:
    if message.counselor_id is not None:
        counselor = session.get(Counselor, message.counselor_id)
        return Person(number=counselor.phone if counselor and counselor.active else None)
    if message.bed_contact_id is not None:
        return _facility_staff(session, message.bed_contact_id)
    found = callers.get(message.caller_id) if message.caller_id is not None else None
    return person(found[0], wrote_to_us=found[1]) if found else Person(number=None)


def _facility_staff(session: Session, bed_contact_id: uuid.UUID) -> Person:
    """An admin registered this phone with its owner's word; STOP holds as for everybody."""
    contact = session.get(BedContact, bed_contact_id)
    if contact is None or not contact.active:
        return Person(number=None)
    stopped = contact.stopped_at is not None
    return Person(number=contact.number, timezone=contact.timezone, stopped=stopped, texting_ok=True)


def is_first_text(session: Session, caller: Caller) -> bool:
    """Whether nothing was ever texted from or to this person: our first says who we are and how to stop."""
    return not texts.wrote_to_us(session, caller.id) and texts.last_sent_to_caller(session, caller.id) is None


def name_shown(house: House, caller: Caller) -> str:
    """Who an unasked text says it is from: the name this person chose, or the line's own."""
    return caller.neutral_name or house.rules.organisation_name


def refused_by_answer(
    session: Session, house: House, caller: Caller, now: datetime
) -> Mapping[str, Mapping[Purpose, Refusal | None]]:
    """Why a planned text of each purpose would be kept back after each answer to whether we may text later.

    None: it would be sent. "unknown" leaves what is on file as it is.
    """
    known, window = person_of(session, caller), window_of(house.rules)
    safe = known.texting_ok is not False  # a Yes says so where nobody knew (services.safe_contact)
    after = {
        "yes": replace(known, follow_up_texts_ok=True, texting_ok=True) if safe else known,
        "no": replace(known, follow_up_texts_ok=False),
        "unknown": known,
    }
    purposes = (Purpose.FOLLOW_UP, Purpose.LATE_WORDS)
    return {
        answer: {one: may_send(one, person, window, now).refusal for one in purposes}
        for answer, person in after.items()
    }


def _stop(caller: Caller, now: datetime) -> None:
    caller.texts_stopped_at = caller.texts_stopped_at or now


def _start(caller: Caller, _now: datetime) -> None:
    caller.texts_stopped_at = None
    if caller.texting_ok is None:  # whoever said that texting is not safe is asked by a person first
        caller.texting_ok = True


def _texting_ok(caller: Caller, _now: datetime) -> None:
    caller.texting_ok = True


def _texting_not_ok(caller: Caller, _now: datetime) -> None:
    caller.texting_ok = False


def _follow_up_texts_ok(caller: Caller, _now: datetime) -> None:
    caller.follow_up_texts_ok = True


def _follow_up_texts_not_ok(caller: Caller, _now: datetime) -> None:
    caller.follow_up_texts_ok = False


def _calling_ok(caller: Caller, _now: datetime) -> None:
    caller.calling_ok = True


def _calling_not_ok(caller: Caller, _now: datetime) -> None:
    caller.calling_ok = False


def _voicemail_ok(caller: Caller, _now: datetime) -> None:
    caller.voicemail_ok = True


def _voicemail_not_ok(caller: Caller, _now: datetime) -> None:
    caller.voicemail_ok = False


def _nothing_more(_caller: Caller, _now: datetime) -> None:
    """The values themselves are set by services.safe_contact."""


EFFECTS: Final[dict[ConsentKind, Callable[[Caller, datetime], None]]] = {
    ConsentKind.TEXTS_STOPPED: _stop,
    ConsentKind.TEXTS_STARTED: _start,
    ConsentKind.TEXTS_SUSPENDED: _texting_not_ok,
    ConsentKind.TEXTING_OK: _texting_ok,
    ConsentKind.TEXTING_NOT_OK: _texting_not_ok,
    ConsentKind.FOLLOW_UP_TEXTS_OK: _follow_up_texts_ok,
    ConsentKind.FOLLOW_UP_TEXTS_NOT_OK: _follow_up_texts_not_ok,
    ConsentKind.CALLING_OK: _calling_ok,
    ConsentKind.CALLING_NOT_OK: _calling_not_ok,
    ConsentKind.VOICEMAIL_OK: _voicemail_ok,
    ConsentKind.VOICEMAIL_NOT_OK: _voicemail_not_ok,
    ConsentKind.SAFE_HOURS: _nothing_more,
    ConsentKind.NEUTRAL_NAME: _nothing_more,
    ConsentKind.RELAY: _nothing_more,
}


def said(
    session: Session,
    caller: Caller,
    kind: ConsentKind,
    how: ConsentHow,
    now: datetime,
    *,
    contact_id: uuid.UUID | None = None,
    text_id: uuid.UUID | None = None,
    actor_id: uuid.UUID | None = None,
    **data: object,
) -> None:
    """A person said this: it holds at once, and stands in the ledger and on the contact's timeline."""
    EFFECTS[kind](caller, now)
    session.add(
        ConsentEvent(caller_id=caller.id, at=now, kind=kind, how=how, text_id=text_id, actor_id=actor_id, data=data)
    )
    if contact_id is not None:
        record(session, contact_id, kind.value, now, how=how.value)


def stopped_at_the_provider(session: Session, message: TextMessage, now: datetime) -> None:
    """The provider blocks this person's number because they said STOP there: from now on we know it too."""
    staff = lock_bed_contact(session, message.bed_contact_id) if message.bed_contact_id else None
    if staff is not None and staff.stopped_at is None:
        staff.stopped_at = now
        close_rounds(session, staff.id, now)
    caller = session.get(Caller, message.caller_id, with_for_update={"key_share": True}) if message.caller_id else None
    if caller is not None and caller.texts_stopped_at is None:
        said(
            session,
            caller,
            ConsentKind.TEXTS_STOPPED,
            ConsentHow.PROVIDER,
            now,
            contact_id=message.contact_id,
            text_id=message.id,
        )
