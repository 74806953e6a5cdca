"""The caller's side of a waiting call: the wait loop, keys, answers, and every way out of the queue."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import outbox
from models.contacts import Contact, conversation_over, live_legs, lock_contact, record, waiting_ahead
from routing import call_flow
from routing.call_flow import Limits, NextStep, Turn, Waiting
from routing.documents import Document, HangUp, Leave, Say
from routing.understanding import Understanding
from routing.vocabulary import DANGER, ContactStatus, Language, LegKind
from services import (
    alerts,
    callback_rules,
    escalation,
    fetching,
    information,
    knowing,
    resuming,
    tasks,
    tending,
    wait_again,
    wait_forecast,
    words_said,
)
from services.house import House
from services.suggestions import numbered_names

NOTHING = Understanding()
MAX_ASKS = call_flow.MAX_ASKS
ZIP_DIGITS = 5
MEANING_KEYS = frozenset(str(key) for key in range(1, call_flow.SPOKEN_CHOICES + 1))


def wait_turn(house: House, contact_id: uuid.UUID, now: datetime) -> Document:
    """One round of the wait loop; also the watchdog that escalates when nobody else does."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None or not _on_the_line(contact):
            return call_flow.farewell(Language.ENGLISH, Say("voice.goodbye"))
        wait_again.give_back_if_expired(session, contact, now)
        resuming.resume(session, house, contact, now)
        turn = call_flow.wait_turn(_view(session, house, contact, now), _limits(house))
        _apply(session, contact, turn, now)
        return turn.document


def is_danger(contact: Contact) -> bool:
    """Whether a 911 or 988 flag stands on the contact."""
    return contact.urgency in DANGER


def _on_the_line(contact: Contact) -> bool:
    return contact.status in (ContactStatus.WAITING, ContactStatus.CLAIMED, ContactStatus.CONNECTED)


def _limits(house: House) -> Limits:
    rules = house.rules
    return Limits(rules.offer_after_seconds, rules.hard_limit_seconds, tending.WORKER_GONE_SECONDS)


def _view(session: Session, house: House, contact: Contact, now: datetime) -> Waiting:
    waited, ahead = (now - (contact.waiting_since or now)).total_seconds(), waiting_ahead(session, contact)
    tells = contact.status is ContactStatus.WAITING and call_flow.tells_position(contact.flow, waited, contact.urgency)
    return Waiting(
        contact_id=contact.id,
        language=contact.language,
        urgency=contact.urgency,
        status=contact.status,
        next_step=NextStep(contact.next_step or NextStep.RING),
        waited=waited,
        ahead=ahead,
        expected=wait_forecast.forecast(session, house, contact, ahead, now) if tells else None,
        counselor_joined=contact.counselor_joined_at is not None,
        being_fetched=fetching.being_fetched(contact, now),
        tended=tending.tended(session, contact, now),
        can_be_called=callback_rules.refusal(session, house, contact, now) is None
        if tells or waited >= house.rules.offer_after_seconds
        else contact.caller.number is not None,
        has_backup=bool(house.rules.backup_number),
        reading=information.reading(session, house, contact),
        unclear=_unclear(house, contact),
        asks_illness=knowing.asks_illness(house, contact),
        known=knowing.known_to(contact),
        flow=contact.flow,
    )


def _unclear(house: House, contact: Contact) -> Say | None:
    """The question what the first unclear name means, with a few of its meanings to choose from by key."""
    names = knowing.unclear_names(contact)
    if not names:
        return None
    choices = numbered_names(house, names[0][1][: call_flow.SPOKEN_CHOICES], contact.language)
    return Say("voice.ask_name", {"name": names[0][0], "choices": choices})


def _apply(session: Session, contact: Contact, turn: Turn, now: datetime) -> None:
    contact.deadline_at = now + wait_again.NEXT_TURN
    if turn.flow:
        contact.flow = {**contact.flow, **turn.flow}
    if call_flow.ILLNESS in turn.flow:
        knowing.note_illness_asked(contact)
    if turn.told is not None:
        kind = "long" if turn.told.beyond else "range"
        record(session, contact.id, "wait_told", now, kind=kind, low=turn.told.low, high=turn.told.high)
    if turn.next_step is not None and turn.next_step != contact.next_step:
        contact.next_step = turn.next_step
        record(session, contact.id, "next_step", now, step=turn.next_step.value)


def greeting_key(house: House, contact_id: uuid.UUID, digits: str, now: datetime) -> Document:
    """A key during the greeting or after a conversation, when the caller is not in the provider's queue."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id, caller=digits[:1] == "2")
        if contact is None:
            return call_flow.farewell(Language.ENGLISH, Say("voice.goodbye"))
        said = _key(session, house, contact, digits, now, first=True)
        if contact.status is ContactStatus.WAITING and contact.next_step == NextStep.RING:
            return call_flow.requeue(contact.id, contact.language, *said)
        return escalation.way_out(session, house, contact, now)


def waiting_key(house: House, contact_id: uuid.UUID, digits: str, now: datetime) -> Document:
    """A key pressed in the wait loop; the loop goes on by itself unless the key leads out of it."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None:
            return Document(Language.ENGLISH, (HangUp(),))
        said = _key(session, house, contact, digits, now, first=False)
        if contact.next_step != NextStep.RING:
            return Document(contact.language, (Leave(),))
        return Document(contact.language, said)


def _key(
    session: Session, house: House, contact: Contact, digits: str, now: datetime, *, first: bool
) -> tuple[Say, ...]:
    """What a caller's key does (DESIGN.md, Keys); the sentences to say next."""
    record(session, contact.id, "key", now, key=digits[:1])
    outbox.touch(session, contact.id)
    match digits[:1]:
        case "2" if first:
            contact.language = contact.caller.language = Language.SPANISH
            rules = house.rules
            return call_flow.greeting_in_spanish(
                organisation=rules.organisation_name, funding=rules.funding_sentence_es, live=rules.live
            )
        case "3":
            information.begin_reading(contact)
            return (Say("voice.information"),)
        case "8":
            _wait_again(session, contact, now)
            contact.next_step = NextStep.CRISIS_988
        case "9":
            refused = callback_rules.refusal(session, house, contact, now)
            if refused is not None:
                record(session, contact.id, "callback_refused", now, reason=refused.value)
                return (Say("voice.no_callback_number"),)
            _wait_again(session, contact, now)
            contact.next_step = NextStep.CALLBACK
            contact.flow = {**contact.flow, escalation.ASKED_BACK: int(now.timestamp())}
        case "0":
            information.stop_reading(contact)
            knowing.note_illness_asked(contact)
            no_more = {question.value: MAX_ASKS for question in call_flow.Question}
            contact.flow = {**contact.flow, **no_more, call_flow.NAME: 1}
            _wait_again(session, contact, now)
            return (Say("voice.person_now"),)
        case "*":
            contact.flow = {k: v for k, v in contact.flow.items() if k not in {"position_at", "offered_at"}}
            return (Say("voice.keys"),)
    return ()


def _wait_again(session: Session, contact: Contact, now: datetime) -> None:
    """After a conversation that ended too soon, the same contact waits again, as if it had just come.

    Not while it goes on: then the key was pressed in the moment in which the caller was fetched.
    """
    over = contact.status in (ContactStatus.ENDED, ContactStatus.CLOSED)
    if over and not wait_again.has_hung_up(session, contact):
        wait_again.back_to_waiting(session, contact, now)
        record(session, contact.id, "waits_again", now)


def heard(
    house: House, contact_id: uuid.UUID, question: str, digits: str | None, speech: str | None, now: datetime
) -> Document:
    """An answer to a question asked while waiting: kept with its source; danger changes everything at once."""
    if digits and len(digits) == 1 and not (question == call_flow.NAME and digits in MEANING_KEYS):
        return waiting_key(house, contact_id, digits, now)
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None:
            return Document(Language.ENGLISH, (HangUp(),))
        if digits and 1 < len(digits) < ZIP_DIGITS:
            return Document(contact.language, ())  # a ZIP typed too slowly is no key: it is asked for again
        if question == call_flow.NAME and digits in MEANING_KEYS:
            _choose_meaning(session, contact, int(digits), now)
        elif digits:
            knowing.hear_zip(session, contact, digits, "keypad", now)
        heard = knowing.hear_words(session, house, contact, speech, question, "speech", now) if speech else NOTHING
        outbox.touch(session, contact_id)
        said = words_said.answer(session, house, contact, question, speech or "", heard, now)
        return Document(contact.language, (said or Say("voice.thanks"),))


def _choose_meaning(session: Session, contact: Contact, key: int, now: datetime) -> None:
    names = knowing.unclear_names(contact)
    if names and key <= len(names[0][1]):
        knowing.hear_substance(session, contact, names[0][1][key - 1], "keypad", now)


def left(house: House, contact_id: uuid.UUID, result: str, now: datetime) -> Document:
    """The way out of the queue: to the counselor, or to whatever the next step is. `result` is QueueResult."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None:
            return call_flow.farewell(Language.ENGLISH, Say("voice.goodbye"))
        if result == "hangup":
            caller_gone(session, house, contact, now)
            return Document(contact.language, (HangUp(),))
        if result == "redirected":  # a worker has sent the call elsewhere; whatever is said here must not compete
            return Document(contact.language, ())
        if result in ("queue-full", "error", "system-error") and contact.next_step == NextStep.RING:
            record(session, contact.id, "queue_failed", now, result=result)
            contact.next_step = NextStep.DIAL
        return escalation.way_out(session, house, contact, now)


def caller_gone(session: Session, house: House, contact: Contact, now: datetime) -> None:
    """The caller's phone is down: whoever still rings for them is let go at once (Yap #82, #159)."""
    if contact.status in (ContactStatus.WAITING, ContactStatus.CLAIMED):
        contact.status, contact.claimed_by = ContactStatus.ABANDONED, None  # they never met
        record(session, contact.id, "caller_left", now, waited=_waited(contact, now))
        alerts.hung_up_in_danger(session, house, contact, now)
    elif contact.status in (ContactStatus.CONNECTED, ContactStatus.HANDED_OVER, ContactStatus.WITH_CRISIS_LINE):
        conversation_over(contact, now)
        record(session, contact.id, "conversation_ended", now)
    contact.ended_at = contact.ended_at or now
    contact.deadline_at = None
    if any(leg.kind is not LegKind.CALLER for leg in live_legs(session, contact.id)):
        tasks.ask(session, tasks.RELEASE, contact.id, now)
    outbox.touch(session, contact.id)


def _waited(contact: Contact, now: datetime) -> int:
    return int((now - (contact.waiting_since or now)) / timedelta(seconds=1))
