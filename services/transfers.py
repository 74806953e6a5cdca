"""Others in a conversation, and handing it over: a colleague, warm or cold; 988 or an interpreter beside us."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import outbox, reading
from models import rooms as queries
from models.contacts import Contact, Leg, conversation_over, live_legs, lock_contact, record
from models.crypto import is_readable
from models.people import Counselor
from routing.vocabulary import ContactStatus, LegKind, Part, Presence, Role
from services import guests, help_wanted, rings, rooms, schedules, tasks
from services.each import contact_broke, each, row_broke
from services.escalation import CRISIS_LINE
from services.guests import guest_here, guest_of
from services.house import House
from services.in_call import By, CallRefused, conversation
from services.intake_lines import NEXT_PLACES
from services.referrals import intake_answers

LEFT_AT = "left_together_at"  # in the flow: since when caller and line talk without us, seconds since 1970
TALK_ON_FOR = timedelta(hours=2)  # an intake takes an hour or less


@dataclass(frozen=True)
class Colleague:
    """Somebody to whom the call can be handed now."""

    id: uuid.UUID
    name: str
    languages: tuple[str, ...]


def colleagues(house: House, by: By, now: datetime) -> tuple[Colleague, ...]:
    """Who is available and on no call, by name: those on shift, then supervisors who are not."""
    with house.db.begin() as session:
        people = reading.people_of_the_line(session)
        busy = reading.on_a_leg(session)
        here = schedules.on_shift(session, people, now)
        free = [
            person
            for person in people
            if person.id != by.id
            and person.phone
            and is_readable(person.phone)
            and person.id not in busy
            and person.role in (Role.COUNSELOR, Role.SUPERVISOR)
            and (person.id in here or person.role is Role.SUPERVISOR)
            and rings.presence_now(person, now) is Presence.AVAILABLE
        ]
        free.sort(key=lambda p: (p.id not in here, p.name))
        return tuple(Colleague(p.id, p.name, tuple(p.languages)) for p in free)


def to_colleague(
    house: House, contact_id: uuid.UUID, by: By, colleague_id: uuid.UUID, warm: bool, now: datetime
) -> CallRefused | None:
    """Ask a counselor in: warm, to speak with first while the caller is on hold; cold, to take over on pressing 1."""
    with house.db.begin() as session:
        contact = conversation(session, contact_id, by)
        if isinstance(contact, CallRefused):
            return contact
        colleague = session.get(Counselor, colleague_id)
        if colleague is None or not colleague.active or not colleague.phone:
            return CallRefused.NO_PHONE
        if guest_of(session, contact) is not None:
            return CallRefused.ONE_AT_A_TIME
        part = Part.CONSULT if warm else Part.COLD
        leg = guests.invite(session, contact, LegKind.COLLEAGUE, colleague.phone, part, now, counselor_id=colleague.id)
        if leg is None:
            return CallRefused.BUSY
        record(session, contact.id, "colleague_rung", now, leg=str(leg.id), by=str(by.id))
        if warm:
            rooms.hold_caller(session, contact, now)
        return None


def with_988(house: House, contact_id: uuid.UUID, by: By, now: datetime) -> CallRefused | None:
    """Dial 988 into the conversation; the counselor stays on the line."""
    with house.db.begin() as session:
        contact = conversation(session, contact_id, by)
        if isinstance(contact, CallRefused):
            return contact
        if guest_of(session, contact) is not None:
            return CallRefused.ONE_AT_A_TIME
        guests.invite(session, contact, LegKind.CRISIS_LINE, CRISIS_LINE, Part.THREE_WAY, now)
        record(session, contact.id, "crisis_line_rung", now, by=str(by.id))
        return None


def with_interpreter(house: House, contact_id: uuid.UUID, by: By, now: datetime) -> CallRefused | None:
    """Dial the interpreter line in, beside whatever else is done: the caller is not put on hold for it."""
    with house.db.begin() as session:
        contact = conversation(session, contact_id, by)
        if isinstance(contact, CallRefused):
            return contact
        if not house.rules.interpreter_number:
            return CallRefused.NO_PHONE
        if guests.interpreter_leg(session, contact) is not None:
            return CallRefused.ONE_AT_A_TIME
        number, account = house.rules.interpreter_number, house.rules.interpreter_keys
        leg = guests.invite(session, contact, LegKind.INTERPRETER, number, Part.THREE_WAY, now)
        if leg is not None:
            leg.digits = account or None
        record(session, contact.id, "interpreter_rung", now, by=str(by.id), language=contact.language.value)
        return None


def without_interpreter(house: House, contact_id: uuid.UUID, by: By, now: datetime) -> CallRefused | None:
    """The interpreter is let go; everybody else talks on."""
    with house.db.begin() as session:
        contact = conversation(session, contact_id, by)
        if isinstance(contact, CallRefused):
            return contact
        leg = guests.interpreter_leg(session, contact)
        if leg is None:
            return CallRefused.NOBODY_ASKED
        record(session, contact.id, "guest_let_go", now, kind=leg.kind.value, leg=str(leg.id))
        tasks.ask(session, tasks.DROP, leg.id, now)
        outbox.touch(session, contact.id)
        return None


def join(house: House, contact_id: uuid.UUID, by: By, now: datetime) -> CallRefused | None:
    """The caller comes off hold: counselor, caller and the line or colleague all hear each other."""
    with house.db.begin() as session:
        contact = conversation(session, contact_id, by)
        if isinstance(contact, CallRefused):
            return contact
        guest = guest_here(session, contact)
        if guest is None:
            return CallRefused.NOBODY_ASKED
        guest.part = Part.THREE_WAY
        rooms.bring_back(session, contact, now)
        record(session, contact.id, "joined_together", now, kind=guest.kind.value, leg=str(guest.id))
        outbox.touch(session, contact.id)
        return None


def hand_over(house: House, contact_id: uuid.UUID, by: By, now: datetime) -> CallRefused | None:
    """The counselor leaves: a colleague has the call from now on; with an intake line or 988 the caller talks on."""
    with house.db.begin() as session:
        contact = conversation(session, contact_id, by)
        if isinstance(contact, CallRefused):
            return contact
        guest = guest_here(session, contact)
        if guest is None:
            return CallRefused.NOBODY_ASKED
        if guest.kind is LegKind.COLLEAGUE:
            succeed(session, contact, guest, now)
            return None
        counselor = rooms.counselor_leg(session, contact)
        contact.status = ContactStatus.HANDED_OVER
        contact.flow = {**contact.flow, LEFT_AT: int(now.timestamp())}
        rooms.bring_back(session, contact, now)
        rooms.want(session, contact, guest, now, ends=True)  # nobody is left alone when that line hangs up
        if counselor is not None:
            rooms.want(session, contact, counselor, now, ends=False, leaves=True)
        record(session, contact.id, "left_together", now, kind=guest.kind.value, leg=str(guest.id))
        return None


def end_long_talks(house: House, now: datetime) -> int:
    """Calls that were handed over very long ago (a recording talks on) end: that line is let go; how many."""
    with house.db.begin() as session:
        found = queries.handed_over_contacts(session)
    return each(found, lambda contact_id: _end_long_talk(house, contact_id, now), contact_broke(house, now))


def _end_long_talk(house: House, contact_id: uuid.UUID, now: datetime) -> bool:
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None or contact.status is not ContactStatus.HANDED_OVER:
            return False
        if now.timestamp() - contact.flow.get(LEFT_AT, 0) <= TALK_ON_FOR.total_seconds():
            return False
        contact.flow = {**contact.flow, LEFT_AT: int(now.timestamp())}
        live = [leg for leg in live_legs(session, contact.id) if leg.kind is not LegKind.CALLER]
        record(session, contact.id, "talk_too_long", now, phones=len(live))
        for leg in live:
            tasks.ask(session, tasks.DROP, leg.id, now)
        if not live_legs(session, contact.id):
            conversation_over(contact, now)
        outbox.touch(session, contact.id)
        return True


def succeed(session: Session, contact: Contact, guest: Leg, now: datetime) -> None:
    """This phone has the call from now on (contact locked); whoever had it leaves once the provider knows."""
    former = rooms.counselor_leg(session, contact)
    guest.kind, guest.part = LegKind.COUNSELOR, None
    contact.claimed_by, contact.claim_leg_id, contact.claimed_at = guest.counselor_id, guest.id, now
    rooms.bring_back(session, contact, now)
    rooms.want(session, contact, guest, now, ends=True, muted=False, coach="")
    for leg in live_legs(session, contact.id):
        if leg.kind is LegKind.SUPERVISOR and leg.part is Part.WHISPER:
            rooms.want(session, contact, leg, now, **guests.seat_for(session, contact, Part.WHISPER))
    if former is not None:
        rooms.want(session, contact, former, now, ends=False, leaves=True)
    record(session, contact.id, "handed_over", now, leg=str(guest.id))
    help_wanted.came(session, contact, guest.counselor_id, now)


def arrived(session: Session, contact: Contact, leg: Leg, now: datetime) -> None:
    """An added phone is in the conference (contact locked): whoever takes over does so now, a listener is told of."""
    counselor = rooms.counselor_leg(session, contact)
    if leg.kind is LegKind.COLLEAGUE and leg.part is Part.COLD:
        succeed(session, contact, leg, now)
    elif leg.kind is LegKind.SUPERVISOR and counselor is not None and counselor.id != leg.id:
        word = {Part.LISTEN: "listens", Part.WHISPER: "help_comes"}.get(leg.part or Part.LISTEN, "joined")
        rooms.tell(session, contact, counselor, word, now)
        if leg.part is Part.BARGE:
            tell_caller_who_joins(session, contact, now)
        help_wanted.came(session, contact, leg.counselor_id, now)


def tell_caller_who_joins(session: Session, contact: Contact, now: datetime) -> None:
    """Nobody meets a voice that they do not know: the caller (locked), unless on hold, hears that a colleague joins."""
    caller = rooms.caller_leg(session, contact)
    if caller is not None and contact.held_since is None:
        rooms.tell(session, contact, caller, "colleague_joins", now)


def late_arrivals(house: House, now: datetime) -> int:
    """Phones that take over and of whose join nobody was told; how many."""
    with house.db.begin() as session:
        found = queries.unmet_successors(session, now - rooms.NOT_IN_YET)
    return each(found, lambda leg_id: _late_arrival(house, leg_id, now), row_broke(house, now))


def _late_arrival(house: House, leg_id: uuid.UUID, now: datetime) -> bool:
    with house.db.begin() as session:
        leg = session.get_one(Leg, leg_id)
        contact = lock_contact(session, leg.contact_id)
        if contact is None or contact.status is not ContactStatus.CONNECTED or leg.ended_at is not None:
            return False
        arrived(session, contact, leg, now)
        return True


def let_guest_go(house: House, contact_id: uuid.UUID, by: By, now: datetime) -> CallRefused | None:
    """The added line or colleague is let go (or stops ringing), nobody else is tried, and the caller is back."""
    with house.db.begin() as session:
        contact = conversation(session, contact_id, by)
        if isinstance(contact, CallRefused):
            return contact
        guest = guest_of(session, contact)
        if guest is None:
            return CallRefused.NOBODY_ASKED
        contact.flow = {key: value for key, value in contact.flow.items() if key != NEXT_PLACES}
        record(session, contact.id, "guest_let_go", now, kind=guest.kind.value, leg=str(guest.id))
        if intake_answers.fetch(session, contact, guest, now):
            rings.dismiss(guest, "released")
        else:
            tasks.ask(session, tasks.DROP, guest.id, now)
        rooms.bring_back(session, contact, now)
        outbox.touch(session, contact.id)
        return None
