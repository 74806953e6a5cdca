"""Signing in: passwords, sessions that end, and a brake on guessing that never touches the helpline itself."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from models.people import Counselor, counselor_by_email
from models.sign_ins import SignIn, SignInTries, live_sign_in, lock_tries
from routing.vocabulary import Language, Presence, Role
from services import audit
from services.house import House

SESSION_LASTS = timedelta(hours=8)
STEP_UP_LASTS = timedelta(minutes=5)
FREE_TRIES = 5  # after so many wrong passwords in a row each further one doubles the wait
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)

_hasher = PasswordHasher()  # argon2id with the library's current defaults (RFC 9106, low memory)


@dataclass(frozen=True)
class Person:
    """Whoever is signed in, as every page needs them."""

    id: uuid.UUID
    sign_in_id: uuid.UUID
    name: str
    role: Role
    timezone: str
    presence: Presence
    languages: tuple[str, ...]
    expires_at: datetime
    confirmed_at: datetime

    def may_see_numbers(self, now: datetime) -> bool:
        """Whether the password was given so lately that a masked number may be uncovered."""
        return now - self.confirmed_at < STEP_UP_LASTS

    @property
    def speaks_spanish(self) -> bool:
        """Whether this person answers in Spanish."""
        return Language.SPANISH in self.languages


def hash_password(password: str) -> str:
    """The stored form of a password (argon2id, salted)."""
    return _hasher.hash(password)


def sign_in(house: House, email: str, password: str, now: datetime) -> Person | None:
    """Start a session of eight hours; None when the address and password do not fit or it is too early to try.

    The same None for an unknown address, so that nobody learns who works here.
    """
    with house.db.begin() as session:
        person = counselor_by_email(session, email)
        counselor_id, stored = (person.id, person.password_hash) if person else (None, None)
    right = _fits(stored or _nobodys(), password) and stored is not None
    if counselor_id is None:
        return None
    with house.db.begin() as session:
        return _answer(session, counselor_id, right, now)


def _answer(session: Session, counselor_id: uuid.UUID, right: bool, now: datetime) -> Person | None:
    tries = lock_tries(session, counselor_id)
    if tries.wait_until is not None and now < tries.wait_until:
        audit.write(session, "sign_in_refused", counselor_id, now, reason="too_many_tries")
        return None
    if not right:
        _count_wrong(tries, now)
        audit.write(session, "sign_in_refused", counselor_id, now, reason="wrong_password")
        return None
    tries.wrong, tries.wait_until = 0, None
    counselor = session.get_one(Counselor, counselor_id)
    started = SignIn(
        counselor_id=counselor_id,
        signed_in_at=now,
        expires_at=now + SESSION_LASTS,
        confirmed_at=now,
        counselor=counselor,
    )
    session.add(started)
    audit.write(session, "signed_in", counselor_id, now)
    session.flush()
    return _person(started)


def _count_wrong(tries: SignInTries, now: datetime) -> None:
    tries.wrong += 1
    over = tries.wrong - FREE_TRIES
    if over >= 0:
        tries.wait_until = now + min(FIRST_WAIT * 2 ** min(over, 10), LONGEST_WAIT)


def person_signed_in(house: House, sign_in_id: uuid.UUID, now: datetime) -> Person | None:
    """Whose session this is, or None when it ended, ran out, or the person left."""
    with house.db.begin() as session:
        found = live_sign_in(session, sign_in_id, now)
        return _person(found) if found else None


def sign_out(house: House, sign_in_id: uuid.UUID, now: datetime) -> None:
    """End a session at once, in the database, so that a copied cookie is worth nothing."""
    with house.db.begin() as session:
        found = live_sign_in(session, sign_in_id, now)
        if found is not None:
            found.ended_at = now
            audit.write(session, "signed_out", found.counselor_id, now)


def confirm_password(house: House, sign_in_id: uuid.UUID, password: str, now: datetime) -> bool:
    """Step up: give the password again, so that numbers may be uncovered for five minutes. Wrong ones count."""
    with house.db.begin() as session:
        found = live_sign_in(session, sign_in_id, now)
        stored = found.counselor.password_hash if found else None
    right = _fits(stored or _nobodys(), password) and stored is not None
    with house.db.begin() as session:
        found = live_sign_in(session, sign_in_id, now)
        if found is None:
            return False
        tries = lock_tries(session, found.counselor_id)
        if not right or (tries.wait_until is not None and now < tries.wait_until):
            _count_wrong(tries, now)
            audit.write(session, "sign_in_refused", found.counselor_id, now, reason="step_up")
            return False
        tries.wrong, tries.wait_until = 0, None
        found.confirmed_at = now
        return True


@cache
def _nobodys() -> str:
    """Checked for unknown addresses, so that they take as long as known ones."""
    return _hasher.hash("nobody has this password")


def _fits(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _person(started: SignIn) -> Person:
    counselor = started.counselor
    return Person(
        id=counselor.id,
        sign_in_id=started.id,
        name=counselor.name,
        role=counselor.role,
        timezone=counselor.timezone,
        presence=counselor.presence,
        languages=tuple(counselor.languages),
        expires_at=started.expires_at,
        confirmed_at=started.confirmed_at,
    )
