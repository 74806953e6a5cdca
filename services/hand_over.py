"""From the machine to a person: a text conversation that wants a counselor is offered, taken, relayed, given back."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import outbox, texts
from models.callbacks import owed_callback
from models.contacts import Contact, lock_contact, record
from models.people import Counselor, staff_with_phones
from models.text_contacts import text_contact_to_take
from routing.sending import Purpose
from routing.vocabulary import DANGER, Channel, ContactStatus, FollowUpStatus, Presence, Role
from services import alarms, audit, counselor_notices, knowing, rings, schedules, text_contacts
from services import texts as sending
from services.alarms import AlarmKind
from services.house import House

COUNSELOR = "counselor"  # next step of a conversation that waits for a person
ANSWERING = "answering"  # next step while a counselor has it
ASK_AGAIN = timedelta(minutes=3)
ASK_AGAIN_IN_DANGER = timedelta(seconds=60)
QUICK_ROUNDS = 5  # from then on each pause is twice the one before: nobody is forgotten, and no phone is flooded
LONGEST_PAUSE, LONGEST_PAUSE_IN_DANGER = timedelta(minutes=30), timedelta(minutes=5)
TYPING_TOO_LONG = timedelta(minutes=5)  # without a word of the counselor's to somebody who waits: back to the queue
# In danger a minute is what reading and writing one line takes; after five, somebody who breathes badly may be dead.
TYPING_TOO_LONG_IN_DANGER = timedelta(seconds=60)
ASKED_IN_DANGER = "asked_in_danger"  # in the flow: those who are told of danger were told
OFFER_A_CALL_AT = 2  # unanswered rounds of asking, after which the person is told how to be called


def want_counselor(session: Session, house: House, contact: Contact, reason: str, now: datetime) -> None:
    """A person is wanted in this conversation (locked): it waits for one, and those on shift are told at once."""
    record(session, contact.id, "counselor_wanted", now, reason=reason)
    if contact.calling_back:
        _after_the_callback(session, contact, now)
    if contact.claimed_by is not None or contact.status is not ContactStatus.CONVERSING:
        return
    first = contact.waiting_since is None
    contact.waiting_since = contact.waiting_since or now
    contact.next_step = COUNSELOR
    if first or (contact.urgency in DANGER and not contact.flow.get(ASKED_IN_DANGER)):
        _ask_around(session, house, contact, now, rounds=0)


def _after_the_callback(session: Session, contact: Contact, now: datetime) -> None:
    """They are being called back just now: should that be in vain, the conversation goes on as one that waits."""
    owed = owed_callback(session, contact.id, FollowUpStatus.STARTED)
    before = owed.plan.get("before") if owed is not None else None
    if owed is not None and before and contact.channel is Channel.TEXT:  # also one that was over: they write again
        since = before.get("waiting_since") or now.isoformat()
        waits = {"status": ContactStatus.CONVERSING.value, "disposition": None, "claimed_by": None}
        waits |= {"next_step": COUNSELOR, "waiting_since": since, "deadline_at": now.isoformat()}
        owed.plan = {**owed.plan, "before": {**before, **waits}}


def _ask_around(session: Session, house: House, contact: Contact, now: datetime, *, rounds: int) -> None:
    danger = contact.urgency in DANGER
    contact.deadline_at = now + _pause(rounds, danger=danger)
    contact.flow = {**contact.flow, "asked_around": rounds + 1, ASKED_IN_DANGER: danger}
    key = "counselor.text_danger" if danger else "counselor.text_waiting"
    asked = _whom_to_ask(session, contact, now, everybody=danger or rounds > 0)
    for counselor in asked:
        counselor_notices.tell(session, house, counselor, key, helpline_number=contact.helpline_number, now=now)
    record(session, contact.id, "counselors_asked", now, count=len(asked), round=rounds + 1)
    outbox.touch(session, contact.id)


def _pause(rounds: int, *, danger: bool) -> timedelta:
    """How long after this round of asking (0 is the first) the next one comes."""
    first, longest = (ASK_AGAIN_IN_DANGER, LONGEST_PAUSE_IN_DANGER) if danger else (ASK_AGAIN, LONGEST_PAUSE)
    doublings = min(max(0, rounds + 1 - QUICK_ROUNDS), 10)
    return min(first * (1 << doublings), longest)


def _whom_to_ask(session: Session, contact: Contact, now: datetime, *, everybody: bool) -> Sequence[Counselor]:
    """Those on shift and free who speak the language; else all on shift; in danger or in vain, supervisors too."""
    staff = staff_with_phones(session)
    on_shift = schedules.on_shift(session, staff, now)
    here = [
        counselor
        for counselor in staff
        if counselor.id in on_shift and rings.presence_now(counselor, now) in (Presence.AVAILABLE, Presence.WRAP_UP)
    ]
    speaking = [counselor for counselor in here if contact.language.value in counselor.languages]
    first = speaking or here
    if not everybody and first:
        wish = knowing.counselor_wish(contact)  # for the first round of asking; then anybody is asked
        return [counselor for counselor in first if wish in counselor.skills] or first
    return list(dict.fromkeys([*here, *(c for c in staff if c.role is Role.SUPERVISOR)])) or staff


def take(session: Session, counselor: Counselor, contact: Contact, now: datetime) -> bool:
    """The counselor takes a conversation (locked); False when somebody else has it or it is over."""
    if contact.status is not ContactStatus.CONVERSING or contact.claimed_by not in (None, counselor.id):
        return False
    contact.claimed_by, contact.claimed_at = counselor.id, now
    contact.counselor_joined_at = contact.counselor_joined_at or now
    _expect_words(contact, now, danger=contact.urgency in DANGER)
    record(session, contact.id, "text_taken", now, counselor=str(counselor.id))
    outbox.touch(session, contact.id)
    return True


def take_next(session: Session, counselor: Counselor, now: datetime) -> Contact | None:
    """The conversation that most needs somebody, taken; None when nobody waits."""
    contact = text_contact_to_take(session, COUNSELOR)
    return contact if contact is not None and take(session, counselor, contact, now) else None


def take_text(house: House, contact_id: uuid.UUID, counselor_id: uuid.UUID, now: datetime) -> bool:
    """From the console: take this conversation; one of two who try at once gets it."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        counselor = session.get(Counselor, counselor_id)
        return contact is not None and counselor is not None and take(session, counselor, contact, now)


def reassign(house: House, contact_id: uuid.UUID, leader_id: uuid.UUID, counselor_id: uuid.UUID, now: datetime) -> bool:
    """Somebody who leads gives a conversation to a counselor, or takes it; whoever had it is told.

    False: it is over, that counselor has it already, or is nobody of ours.
    """
    with house.db.begin() as session:
        contact, counselor = lock_contact(session, contact_id), session.get(Counselor, counselor_id)
        if contact is None or counselor is None or not counselor.active or contact.claimed_by == counselor_id:
            return False
        before = session.get(Counselor, contact.claimed_by) if contact.claimed_by else None
        contact.claimed_by = None
        if not take(session, counselor, contact, now):
            contact.claimed_by = before.id if before else None
            return False
        audit.write(session, "text_reassigned", leader_id, now, contact_id=contact_id, counselor_id=counselor_id)
        line = contact.helpline_number
        if before is not None:
            counselor_notices.tell(session, house, before, "counselor.moved", helpline_number=line, now=now)
        if counselor_id != leader_id:
            tell_taken(session, house, contact, counselor, now)
        return True


def tell_taken(session: Session, house: House, contact: Contact, counselor: Counselor, now: datetime) -> None:
    """Text the counselor that the conversation is theirs, with the last words of the person."""
    line, words = contact.helpline_number, waiting_words(session, contact)
    counselor_notices.tell(session, house, counselor, "counselor.taken", helpline_number=line, now=now, words=words)


def _expect_words(contact: Contact, now: datetime, *, danger: bool) -> None:
    contact.next_step = ANSWERING
    contact.deadline_at = now + (TYPING_TOO_LONG_IN_DANGER if danger else TYPING_TOO_LONG)


def is_at_work(contact: Contact, counselor_id: uuid.UUID, now: datetime) -> None:
    """The counselor who has the conversation (locked) does something else for the person: writing may take longer."""
    if contact.claimed_by == counselor_id and contact.next_step == ANSWERING:
        _expect_words(contact, now, danger=False)


def relay_to_counselor(session: Session, contact: Contact, body: str, now: datetime, *, danger: bool = False) -> bool:
    """Pass a caller's words to the counselor who has the conversation; False when nobody has.

    `danger`: the words tell of it, and are answered within a minute or by somebody else. Writing more buys no time.
    """
    if contact.claimed_by is None:
        return False
    due = contact.deadline_at if contact.next_step == ANSWERING else None
    if due is None or (danger and due > now + TYPING_TOO_LONG_IN_DANGER):
        _expect_words(contact, now, danger=danger)
    counselor = session.get_one(Counselor, contact.claimed_by)
    words = body or "[...]"
    counselor_notices.say(session, counselor, words, helpline_number=contact.helpline_number, now=now)
    return True


def write(
    session: Session, contact: Contact, counselor: Counselor, body: str, now: datetime, text_id: uuid.UUID | None = None
) -> bool:
    """The counselor's words to the caller, from the helpline's number; False when the conversation is not theirs.

    `text_id`: that of the first message they become.
    """
    if contact.claimed_by != counselor.id or contact.status is not ContactStatus.CONVERSING or not body.strip():
        return False
    for part in text_contacts.packed([body.strip()]):
        sending.queue_text(
            session,
            body=part,
            purpose=Purpose.COUNSELOR_WORDS,
            helpline_number=contact.helpline_number,
            contact=contact,
            caller=contact.caller,
            now=now,
            message_id=text_id,
        )
        text_id = None
    contact.waiting_since = None
    contact.next_step, contact.deadline_at = text_contacts.CLOSE, now + text_contacts.IDLE
    return True


def write_to_caller(
    house: House, contact_id: uuid.UUID, counselor_id: uuid.UUID, body: str, now: datetime, key: uuid.UUID
) -> bool:
    """From the console: the counselor's words to the caller.

    `key` is the page's until one of its texts was kept: the same words with the same key are sent once.
    """
    text_id = uuid.uuid5(key, f"{contact_id} {body}")
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        counselor = session.get(Counselor, counselor_id)
        if contact is None or counselor is None:
            return False
        if texts.status_of(session, text_id) is not None:
            return True
        return write(session, contact, counselor, body, now, text_id)


def give_back(session: Session, house: House, contact: Contact, reason: str, now: datetime) -> None:
    """The conversation (locked) leaves its counselor and waits for another, its place in the queue kept."""
    contact.claimed_by, contact.claimed_at = None, None
    contact.waiting_since = contact.waiting_since or now
    contact.next_step = COUNSELOR
    record(session, contact.id, "text_given_back", now, reason=reason)
    if contact.urgency in DANGER:
        alarms.raise_alarm(session, AlarmKind.TEXT_DANGER, now, subject=contact.id)
    _ask_around(session, house, contact, now, rounds=1)


def finish(session: Session, contact: Contact, now: datetime) -> None:
    """The counselor is done: the conversation (locked) is over and waits for its disposition."""
    contact.status, contact.ended_at = ContactStatus.ENDED, now
    contact.waiting_since = contact.deadline_at = contact.next_step = None
    record(session, contact.id, "conversation_ended", now)
    outbox.touch(session, contact.id)


def escalate(house: House, now: datetime) -> int:
    """Conversations nobody took, or whose counselor fell silent: others are asked; how many."""
    untaken = text_contacts.each_overdue(house, COUNSELOR, now, _ask_on)
    return untaken + text_contacts.each_overdue(house, ANSWERING, now, _fell_silent)


def _ask_on(session: Session, house: House, contact: Contact, now: datetime) -> None:
    rounds = int(contact.flow.get("asked_around", 0))
    _ask_around(session, house, contact, now, rounds=rounds)
    if rounds == OFFER_A_CALL_AT and contact.caller.texting_ok is not False:
        words = house.phrases.text("text.still_looking", contact.language)
        text_contacts.answer(session, contact, [words], now)


def _fell_silent(session: Session, house: House, contact: Contact, now: datetime) -> None:
    give_back(session, house, contact, "silent", now)


def waiting_words(session: Session, contact: Contact) -> str:
    """What the caller wrote last, for the counselor who takes over."""
    last = texts.last_inbound(session, contact.id)
    return last.body if last is not None else ""
