"""The people who answer: added, given a password, present or away."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import available_timezones

from models.crypto import lookup_hash
from models.outbox import touch
from models.people import Counselor, counselor_with_address, counselor_with_phone
from models.sign_ins import end_sign_ins
from routing.phone import e164
from routing.vocabulary import Language, Presence, Role
from services import audit, counselor_notices, rings, schedules
from services.house import House
from services.roster_file import ADDRESS
from services.sign_in import hash_password

SHORTEST_PASSWORD = 12  # characters; NIST SP 800-63B asks for length instead of odd characters
CAN_SIGN_IN = "Somebody with this e-mail address can already sign in."


@dataclass(frozen=True)
class NewCounselor:
    """Who is to be added; `phone` may be empty for somebody who answers no calls."""

    email: str
    name: str
    role: str
    phone: str
    password: str
    timezone: str


def add_counselor(house: House, new: NewCounselor, now: datetime) -> tuple[str, ...]:
    """Add a person who can sign in, or give somebody from the roster their first password.

    Returns every reason against it as a sentence; none means done. Somebody who can sign in already is refused.
    """
    wrong = _reasons_against(new)
    if wrong:
        return wrong
    with house.db.begin() as session:
        phone, password = e164(new.phone), hash_password(new.password)
        person = counselor_with_address(session, new.email)
        if person is not None and person.password_hash is not None:
            return (CAN_SIGN_IN,)
        holder = counselor_with_phone(session, phone) if phone else None
        if holder is not None and holder is not person:
            return ("This phone already belongs to somebody else.",)
        if person is None:
            address = new.email.strip().lower()
            person = Counselor(email=address, email_hash=lookup_hash(address), created_at=now, timezone=new.timezone)
            person.languages = [Language.ENGLISH.value]
            session.add(person)
        else:
            schedules.begin_anew(session, person, now)
        person.name, person.role, person.active = new.name.strip(), Role(new.role), True
        if phone:
            person.phone, person.phone_hash = phone, lookup_hash(phone)
        person.password_hash = password
        session.flush()
        audit.write(session, "counselor_added", None, now, counselor_id=person.id, role=person.role.value)
    return ()


def set_password(house: House, email: str, password: str, now: datetime) -> tuple[str, ...]:
    """Give a person a new password and end their open sessions; reasons against it, as sentences."""
    if len(password) < SHORTEST_PASSWORD:
        return (_too_short(),)
    hashed = hash_password(password)
    with house.db.begin() as session:
        person = counselor_with_address(session, email)
        if person is None:
            return ("Nobody has this e-mail address.",)
        person.password_hash = hashed
        end_sign_ins(session, person.id, now)
        audit.write(session, "password_set", None, now, counselor_id=person.id)
    return ()


def give_first_password(house: House, email: str, password: str, now: datetime) -> bool:
    """Whoever is here and cannot sign in yet gets this password; others keep theirs. False: nobody has this address."""
    with house.db.begin() as session:
        person = counselor_with_address(session, email)
        if person is not None and person.active and person.password_hash is None:
            person.password_hash = hash_password(password)
            audit.write(session, "password_set", None, now, counselor_id=person.id)
        return person is not None


def say_presence(counselor: Counselor, presence: Presence, now: datetime) -> str:
    """A counselor says, by text or phone, that they take calls or not; the word of `presence_word` that is true now."""
    counselor.presence, counselor.presence_until = presence, None
    counselor.missed_rings = 0
    return presence_word(counselor, now)


def presence_word(counselor: Counselor, now: datetime) -> str:
    """`on`, `away` or `busy`: the last part of the phrases that say so."""
    presence = rings.presence_now(counselor, now)
    if presence in (Presence.BUSY, Presence.WRAP_UP):
        return "busy"
    return "away" if presence is Presence.AWAY else "on"


def set_presence(house: House, counselor_id: uuid.UUID, presence: Presence, now: datetime) -> None:
    """Say whether a counselor may be rung; what they say themselves has no end."""
    with house.db.begin() as session:
        person = session.get_one(Counselor, counselor_id, with_for_update={"key_share": True})
        person.presence, person.presence_until = presence, None
        if presence is Presence.AVAILABLE:
            person.missed_rings = 0
        audit.write(session, "presence_set", counselor_id, now, presence=presence.value)
        touch(session, counselor_id)


def set_presence_of(house: House, counselor_id: uuid.UUID, presence: Presence, by: uuid.UUID, now: datetime) -> bool:
    """A supervisor says whether somebody may be rung; they get a text. False when there is no such person."""
    with house.db.begin() as session:
        person = session.get(Counselor, counselor_id, with_for_update={"key_share": True})
        if person is None or not person.active:
            return False
        person.presence, person.presence_until, person.missed_rings = presence, None, 0
        key = "counselor.away" if presence is Presence.AWAY else "counselor.on"
        line = house.rules.helpline_numbers[0]
        counselor_notices.tell(session, house, person, key, helpline_number=line, now=now)
        audit.write(session, "presence_set_of", by, now, counselor_id=counselor_id, presence=presence.value)
        touch(session, counselor_id)
        return True


def _reasons_against(new: NewCounselor) -> tuple[str, ...]:
    checks = {
        f'"{new.email}" is not an e-mail address.': ADDRESS.fullmatch(new.email.strip()),
        "The name is missing.": new.name.strip(),
        f'"{new.role}" is not a role. Use {", ".join(role.value for role in Role)}.': new.role in set(Role),
        f'"{new.phone}" is not a phone number. Write it like +16175550123.': not new.phone or e164(new.phone),
        "The phone is missing: a counselor needs one to be rung.": new.phone or new.role != Role.COUNSELOR,
        f'"{new.timezone}" is not a time zone. Write one like America/New_York.': new.timezone in available_timezones(),
        _too_short(): len(new.password) >= SHORTEST_PASSWORD,
    }
    return tuple(sentence for sentence, fine in checks.items() if not fine)


def _too_short() -> str:
    return f"The password is too short. Use at least {SHORTEST_PASSWORD} characters; a few plain words are good."
