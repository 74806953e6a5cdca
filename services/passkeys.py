"""Passkeys: a person signs in with one without a password, passes the second factor, or steps up."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from models import passkeys, second_factors
from models.passkeys import Passkey, lock_passkey, passkeys_of
from models.people import Counselor
from models.sign_ins import end_other_sign_ins, live_sign_in
from services import audit, passkey_ceremony, second_factor, sign_in
from services.house import House
from services.passkey_ceremony import Site
from services.sign_in import Person

CHALLENGE_LASTS = timedelta(minutes=5)
MOST = 20  # passkeys a person
LONGEST_NAME = 60


class Purpose(StrEnum):
    """What a challenge is for; an answer to one opens no other door."""

    MAKE = "make"
    SIGN_IN = "sign_in"
    SECOND_FACTOR = "second_factor"
    STEP_UP = "step_up"


class PasskeyRefused(StrEnum):
    """Why no passkey was added."""

    NAME = "name"
    TOO_MANY = "too_many"
    ANSWER = "answer"


@dataclass(frozen=True)
class PasskeyRow:
    """One of somebody's passkeys, as their page lists it."""

    id: uuid.UUID
    name: str
    made_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class Asked:
    """A challenge was kept under `id`; `options` is what the browser is handed, as JSON."""

    id: uuid.UUID
    options: str


def listing(house: House, counselor_id: uuid.UUID) -> tuple[PasskeyRow, ...]:
    """Somebody's passkeys."""
    with house.db.begin() as session:
        found = passkeys_of(session, counselor_id)
        return tuple(PasskeyRow(one.id, one.name, one.made_at, one.used_at) for one in found)


def offered(house: House, sign_in_id: uuid.UUID, now: datetime, *, half: bool = False) -> bool:
    """Whether the person of this session (`half`: who gave the password only) has a passkey to offer."""
    with house.db.begin() as session:
        here = live_sign_in(session, sign_in_id, now, half=half)
        return here is not None and bool(passkeys_of(session, here.counselor_id))


def ask_to_make(house: House, sign_in_id: uuid.UUID, site: Site, now: datetime) -> Asked | None:
    """A challenge for a new passkey; None: nobody is signed in there."""
    with house.db.begin() as session:
        here = live_sign_in(session, sign_in_id, now)
        if here is None:
            return None
        challenge, who = passkey_ceremony.new_challenge(), here.counselor
        have = [one.credential_id for one in passkeys_of(session, who.id)]
        options = passkey_ceremony.to_make(site, who.id, who.email, challenge, have, _seconds())
        return Asked(_keep(session, Purpose.MAKE, sign_in_id, challenge, now), options)


def add(
    house: House, sign_in_id: uuid.UUID, challenge_id: uuid.UUID, site: Site, answer: str, name: str, now: datetime
) -> tuple[str, ...] | PasskeyRefused:
    """Keep the passkey that a device has made. Recovery codes, shown this once, when it is the first second factor.

    It is asked for from now on; other sessions of this person, in which only the password was given, end.
    """
    name = " ".join(name.split())
    with house.db.begin() as session:
        challenge = passkeys.take_challenge(session, challenge_id, Purpose.MAKE, sign_in_id, now)
        here = live_sign_in(session, sign_in_id, now)
        if challenge is None or here is None:
            return PasskeyRefused.ANSWER
        if not 0 < len(name) <= LONGEST_NAME:
            return PasskeyRefused.NAME
        if len(passkeys_of(session, here.counselor_id)) >= MOST:
            return PasskeyRefused.TOO_MANY
        made = passkey_ceremony.made(site, challenge, answer)
        if made is None or passkeys.is_known(session, made.credential_id):
            return PasskeyRefused.ANSWER
        first = not second_factors.has_factor(session, here.counselor_id)
        row = Passkey(counselor_id=here.counselor_id, name=name, made_at=now, **vars(made))
        session.add(row)
        session.flush()
        here.passed_by = "passkey"
        audit.write(session, "passkey_added", here.counselor_id, now, passkey_id=row.id)
        if not first:
            return ()
        end_other_sign_ins(session, here, now)
        return second_factor.new_codes(session, here.counselor_id)


def remove(house: House, counselor_id: uuid.UUID, passkey_id: uuid.UUID, now: datetime) -> bool:
    """Take one of one's own passkeys away; False when there is none."""
    with house.db.begin() as session:
        found = session.get(Passkey, passkey_id)
        if found is None or found.counselor_id != counselor_id:
            return False
        session.delete(found)
        audit.write(session, "passkey_removed", counselor_id, now, passkey_id=passkey_id)
        return True


def ask_to_sign_in(house: House, half_id: uuid.UUID | None, site: Site, now: datetime) -> Asked | None:
    """A challenge for a stranger, or for whoever gave the right password (`half_id`); None: that half is over."""
    with house.db.begin() as session:
        if half_id is None:
            return _ask(session, Purpose.SIGN_IN, None, site, None, now)
        half = live_sign_in(session, half_id, now, half=True)
        return _ask(session, Purpose.SECOND_FACTOR, half_id, site, half.counselor_id, now) if half else None


def ask_to_step_up(house: House, sign_in_id: uuid.UUID, site: Site, now: datetime) -> Asked | None:
    """A challenge for whoever is signed in; None: nobody is."""
    with house.db.begin() as session:
        here = live_sign_in(session, sign_in_id, now)
        return _ask(session, Purpose.STEP_UP, sign_in_id, site, here.counselor_id, now) if here else None


def enter(
    house: House,
    half_id: uuid.UUID | None,
    challenge_id: uuid.UUID,
    site: Site,
    answer: str,
    now: datetime,
    browser: str = "",
) -> Person | None:
    """Sign in by passkey alone, or as the second half after the password; None when the answer does not hold.

    Wrong passwords do not slow it: there is nothing to guess. So nobody is locked out by what others try.
    """
    with house.db.begin() as session:
        purpose = Purpose.SIGN_IN if half_id is None else Purpose.SECOND_FACTOR
        challenge = passkeys.take_challenge(session, challenge_id, purpose, half_id, now)
        half = live_sign_in(session, half_id, now, half=True) if half_id else None
        if challenge is None or (half_id is not None and half is None):
            return None
        who = _whose(session, challenge, site, answer, half.counselor_id if half else None, "wrong_passkey", now)
        if who is None:
            return None
        if half is not None:
            half.ended_at = now
        return sign_in.enter_by_passkey(session, house, who, now, browser)


def step_up(
    house: House, sign_in_id: uuid.UUID, challenge_id: uuid.UUID, site: Site, answer: str, now: datetime
) -> Person | None:
    """Step up by passkey, not by password: the session goes on under a new id. None: the answer does not hold."""
    with house.db.begin() as session:
        challenge = passkeys.take_challenge(session, challenge_id, Purpose.STEP_UP, sign_in_id, now)
        here = live_sign_in(session, sign_in_id, now)
        if challenge is None or here is None:
            return None
        who = _whose(session, challenge, site, answer, here.counselor_id, "step_up", now)
        return sign_in.renew(session, house, here, now) if who is not None else None


def _whose(
    session: Session, challenge: bytes, site: Site, answer: str, expected: uuid.UUID | None, reason: str, now: datetime
) -> Counselor | None:
    """Whose passkey signed this; None when nobody's, or somebody else's than `expected`."""
    told = passkey_ceremony.credential_of(answer)
    found = lock_passkey(session, told[0]) if told else None
    if told is None or found is None:
        return None
    theirs = expected in (None, found.counselor_id) and told[1] in (None, found.counselor_id.bytes)
    count = passkey_ceremony.count_after(site, challenge, answer, found.public_key, found.sign_count)
    if count is None or not theirs:
        audit.write(session, "sign_in_refused", found.counselor_id, now, reason=reason)
        return None
    found.sign_count, found.used_at = count, now
    return found.counselor


def _ask(
    session: Session,
    purpose: Purpose,
    sign_in_id: uuid.UUID | None,
    site: Site,
    counselor_id: uuid.UUID | None,
    now: datetime,
) -> Asked:
    challenge = passkey_ceremony.new_challenge()
    allowed = [one.credential_id for one in passkeys_of(session, counselor_id)] if counselor_id else []
    options = passkey_ceremony.to_use(site, challenge, allowed, _seconds())
    return Asked(_keep(session, purpose, sign_in_id, challenge, now), options)


def _keep(
    session: Session, purpose: Purpose, sign_in_id: uuid.UUID | None, challenge: bytes, now: datetime
) -> uuid.UUID:
    return passkeys.ask(session, purpose, sign_in_id, challenge, now + CHALLENGE_LASTS, now)


def _seconds() -> int:
    return int(CHALLENGE_LASTS.total_seconds())
