"""Signing in: passwords, sessions that end, and a brake on guessing that never touches the helpline itself."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from models.letting_go import on_a_contact
from models.people import Counselor, counselor_by_email
from models.second_factors import has_factor
from models.sign_ins import SignIn, SignInTries, end_replaced, keep_browser, live_sign_in, lock_tries
from routing.clock import is_zone
from routing.vocabulary import Language, Presence, Role
from services import audit, rings, second_factor
from services.house import House

SESSION_LASTS = timedelta(hours=8)
STEP_UP_LASTS = timedelta(minutes=5)
HALF_WAY_LASTS = timedelta(minutes=10)  # from the right password to the code
REPLACED_LASTS = timedelta(seconds=20)  # requests on their way when another id takes a session's place still get in
FREE_TRIES = 5  # after so many wrong passwords in a row each further one doubles the wait
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
BROWSER_LASTS = timedelta(days=180)  # without a sign-in there, a browser is a stranger's again
SEEN_EVERY = timedelta(minutes=1)  # signs of the person are written down no more often

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
    must_enrol: bool = False  # a second factor is asked of this role, and there is none yet

    def confirmed_lately(self, now: datetime) -> bool:
        """Whether password or passkey was given so lately that a grave act, or a look at a number, goes on."""
        return now - self.confirmed_at < STEP_UP_LASTS

    @property
    def speaks_spanish(self) -> bool:
        """Whether this person answers in Spanish."""
        return Language.SPANISH in self.languages


@dataclass(frozen=True)
class HalfWay:
    """The password was right; now the code of the second factor is asked for."""

    sign_in_id: uuid.UUID


def hash_password(password: str) -> str:
    """The stored form of a password (argon2id, salted)."""
    return _hasher.hash(password)


def sign_in(house: House, email: str, password: str, now: datetime, browser: str = "") -> Person | HalfWay | None:
    """Start a session of eight hours, or half of one; None when address and password do not fit or it is too early.

    `browser` is its secret cookie, or "": where the person was signed in before, what others guess does not count.

    The same None for an unknown address, so that nobody learns who works here.
    """
    with house.db.begin() as session:
        person = counselor_by_email(session, email)
        counselor_id, stored = (person.id, person.password_hash) if person else (None, None)
    right = _fits(stored or _nobodys(), password) and stored is not None
    if counselor_id is None:
        return None
    with house.db.begin() as session:
        return _answer(session, house, counselor_id, right, now, _hash(browser))


def _answer(
    session: Session, house: House, counselor_id: uuid.UUID, right: bool, now: datetime, browser: str
) -> Person | HalfWay | None:
    tries = _tries(session, counselor_id, now, browser)
    if tries is None:
        return None
    if not right:
        _count_wrong(tries, now)
        audit.write(session, "sign_in_refused", counselor_id, now, reason="wrong_password")
        return None
    if has_factor(session, counselor_id):  # wrong tries stay counted until the code is right too
        half = _start(session, counselor_id, None, now, now + HALF_WAY_LASTS)
        return HalfWay(half.id)
    tries.wrong, tries.wait_until = 0, None
    return _enter(session, house, counselor_id, "password", now, browser)


def finish_sign_in(house: House, half_id: uuid.UUID, code: str, now: datetime, browser: str = "") -> Person | None:
    """The second half of signing in, by a code of the app or a recovery code; None when it is wrong or too early.

    The session gets an id of its own. Wrong codes count with wrong passwords.
    """
    with house.db.begin() as session:
        half = live_sign_in(session, half_id, now, half=True)
        tries = _tries(session, half.counselor_id, now, _hash(browser)) if half else None
        if half is None or tries is None:
            return None
        way = second_factor.passes(session, half.counselor_id, code, now)
        if not way:
            _count_wrong(tries, now)
            audit.write(session, "sign_in_refused", half.counselor_id, now, reason="wrong_code")
            return None
        tries.wrong, tries.wait_until, half.ended_at = 0, None, now
        return _enter(session, house, half.counselor_id, way, now, _hash(browser))


def _hash(browser: str) -> str:
    return hashlib.sha256(browser.encode()).hexdigest() if browser else ""


def _enter(
    session: Session, house: House, counselor_id: uuid.UUID, passed_by: str, now: datetime, browser: str
) -> Person:
    if browser:
        keep_browser(session, counselor_id, browser, now, BROWSER_LASTS)
    audit.write(session, "signed_in", counselor_id, now)
    return _person(_start(session, counselor_id, passed_by, now, now + SESSION_LASTS), house)


def _tries(session: Session, counselor_id: uuid.UUID, now: datetime, browser: str) -> SignInTries | None:
    """The count of wrong tries, locked; None while it is too early for another try."""
    tries = lock_tries(session, counselor_id, browser)
    if tries.wait_until is not None and now < tries.wait_until:
        audit.write(session, "sign_in_refused", counselor_id, now, reason="too_many_tries")
        return None
    return tries


def _start(session: Session, counselor_id: uuid.UUID, passed_by: str | None, now: datetime, until: datetime) -> SignIn:
    started = SignIn(
        counselor_id=counselor_id,
        signed_in_at=now,
        expires_at=until,
        seen_at=now,
        confirmed_at=now,
        passed_by=passed_by,
        counselor=session.get_one(Counselor, counselor_id),
    )
    session.add(started)
    session.flush()
    return started


def _count_wrong(tries: SignInTries, now: datetime) -> None:
    tries.wrong += 1
    over = tries.wrong - FREE_TRIES
    if over >= 0:
        tries.wait_until = now + min(FIRST_WAIT * 2 ** min(over, 10), LONGEST_WAIT)


def person_signed_in(house: House, sign_in_id: uuid.UUID, now: datetime, *, by_hand: bool = True) -> Person | None:
    """Whose session this is, or None when it ended, ran out, nobody was there for too long, or the person left.

    Signs of somebody there are requests `by_hand`, and all others (a page that refreshes itself) of whoever has a
    contact or waits for the phone on shift: they may look at the page for hours.
    """
    with house.db.begin() as session:
        found = live_sign_in(session, sign_in_id, now)
        if found is None:
            return None
        gone = now - found.seen_at
        if gone >= timedelta(minutes=house.rules.sign_in_idle_minutes):
            found.ended_at = now
            return None
        if gone >= SEEN_EVERY and (by_hand or _at_work(session, found.counselor, now)):
            found.seen_at = now
        return _person(found, house)


def _at_work(session: Session, person: Counselor, now: datetime) -> bool:
    return on_a_contact(session, person.id) or rings.waits_for_the_phone(session, person, now)


def sign_out(house: House, sign_in_id: uuid.UUID, now: datetime) -> None:
    """End a session at once, in the database, so that a copied cookie is worth nothing."""
    with house.db.begin() as session:
        found = live_sign_in(session, sign_in_id, now)
        if found is not None:
            found.ended_at = now
            end_replaced(session, found.counselor_id, now)
            audit.write(session, "signed_out", found.counselor_id, now)


def confirm_password(
    house: House, sign_in_id: uuid.UUID, password: str, now: datetime, browser: str = ""
) -> Person | None:
    """Step up: give the password again, so that numbers may be uncovered for five minutes. Wrong ones count.

    The session goes on under a new id, so that one copied before is worth nothing; None when nothing was confirmed.
    """
    with house.db.begin() as session:
        found = live_sign_in(session, sign_in_id, now)
        stored = found.counselor.password_hash if found else None
    right = _fits(stored or _nobodys(), password) and stored is not None
    with house.db.begin() as session:
        found = live_sign_in(session, sign_in_id, now)
        if found is None:
            return None
        tries = lock_tries(session, found.counselor_id, _hash(browser))
        if not right or (tries.wait_until is not None and now < tries.wait_until):
            _count_wrong(tries, now)
            audit.write(session, "sign_in_refused", found.counselor_id, now, reason="step_up")
            return None
        tries.wrong, tries.wait_until = 0, None
        return renew(session, house, found, now)


def renew(session: Session, house: House, found: SignIn, now: datetime) -> Person:
    """The session goes on under a new id, stepped up just now."""
    renewed = _start(session, found.counselor_id, found.passed_by, now, found.expires_at)
    renewed.signed_in_at, found.ended_at = found.signed_in_at, now + REPLACED_LASTS
    return _person(renewed, house)


def enter_by_passkey(session: Session, house: House, who: Counselor, now: datetime, browser: str) -> Person:
    """Start a session of eight hours for somebody whose passkey has just signed."""
    tries = lock_tries(session, who.id, _hash(browser))
    tries.wrong, tries.wait_until = 0, None
    return _enter(session, house, who.id, "passkey", now, _hash(browser))


@cache
def _nobodys() -> str:
    """Checked for unknown addresses, so that they take as long as known ones."""
    return _hasher.hash("nobody has this password")


def _fits(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _person(started: SignIn, house: House) -> Person:
    counselor = started.counselor
    required = counselor.role.value in house.rules.second_factor_roles
    return Person(
        id=counselor.id,
        sign_in_id=started.id,
        name=counselor.name,
        role=counselor.role,
        timezone=counselor.timezone if is_zone(counselor.timezone) else house.rules.default_timezone,
        presence=counselor.presence,
        languages=tuple(counselor.languages),
        expires_at=started.expires_at,
        confirmed_at=started.confirmed_at,
        must_enrol=required and started.passed_by == "password",
    )
