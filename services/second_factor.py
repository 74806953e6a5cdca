"""The second factor: codes of an app on the phone (RFC 6238), and recovery codes for when app or passkey is lost."""

import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy.orm import Session

from models import second_factors
from models.people import Counselor
from models.second_factors import SecondFactor, lock_factor
from models.sign_ins import end_other_sign_ins, end_sign_ins, live_sign_in
from services import audit
from services.house import House

STEP_SECONDS = 30  # RFC 6238, section 5.2: also one step either side, for clocks that differ
STEPS_AROUND = (0, -1, 1)
RECOVERY_CODES = 10
CODE_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that look alike on paper
CODE_LENGTH = 12  # 59 bits


@dataclass(frozen=True)
class FactorState:
    """What the page of the second factor shows. `secret`, `address`: of a start that no code has confirmed yet."""

    set_at: datetime | None
    codes_left: int
    secret: str = ""
    address: str = ""  # otpauth://, which the app reads from the QR code


def state(house: House, counselor_id: uuid.UUID) -> FactorState:
    """How somebody's second factor stands."""
    with house.db.begin() as session:
        found = session.get(SecondFactor, counselor_id)
        left = second_factors.codes_left(session, counselor_id)
        if found is None or found.new_secret is None:
            return FactorState(found.set_at if found else None, left)
        email = session.get_one(Counselor, counselor_id).email
        totp = pyotp.TOTP(found.new_secret, name=email, issuer=house.rules.organisation_name)
        address = totp.provisioning_uri()
        return FactorState(found.set_at, left, found.new_secret, address)


def begin(house: House, counselor_id: uuid.UUID) -> None:
    """Start with an app, or with another one; until a code confirms it, what was asked for before still is."""
    with house.db.begin() as session:
        found = lock_factor(session, counselor_id)
        if found is None:
            found = SecondFactor(counselor_id=counselor_id, last_step=0)
            session.add(found)
        found.new_secret = pyotp.random_base32()


def confirm(house: House, sign_in_id: uuid.UUID, code: str, now: datetime) -> tuple[str, ...]:
    """The app shows the right code: from now on it is asked for. The recovery codes, shown this once; none: wrong code.

    Other sessions of this person end: whoever is in there has only the password.
    """
    with house.db.begin() as session:
        here = live_sign_in(session, sign_in_id, now)
        found = lock_factor(session, here.counselor_id) if here else None
        step = _step_of(found.new_secret, code, now, 0) if found and found.new_secret else None
        if here is None or found is None or step is None:
            return ()
        found.secret, found.new_secret, found.set_at, found.last_step = found.new_secret, None, now, step
        here.passed_by = "code"
        end_other_sign_ins(session, here, now)
        audit.write(session, "second_factor_set", here.counselor_id, now)
        return new_codes(session, here.counselor_id)


def make_codes(house: House, counselor_id: uuid.UUID, now: datetime) -> tuple[str, ...]:
    """New recovery codes, shown this once; the old ones are worth nothing. None without a second factor."""
    with house.db.begin() as session:
        if not second_factors.has_factor(session, counselor_id):
            return ()
        audit.write(session, "recovery_codes_made", counselor_id, now)
        return new_codes(session, counselor_id)


def reset(house: House, counselor_id: uuid.UUID, by: uuid.UUID, now: datetime) -> bool:
    """Another admin takes a lost second factor away; the person's sessions end. False: one's own, or there is none."""
    with house.db.begin() as session:
        started = lock_factor(session, counselor_id) is not None
        if counselor_id == by or not (started or second_factors.has_factor(session, counselor_id)):
            return False
        second_factors.forget_factor(session, counselor_id)
        end_sign_ins(session, counselor_id, now)
        audit.write(session, "second_factor_reset", by, now, counselor_id=counselor_id)
        return True


def passes(session: Session, counselor_id: uuid.UUID, code: str, now: datetime) -> str:
    """`code` or `recovery_code`: by which it lets in, now and never again; empty when it does not."""
    found = lock_factor(session, counselor_id)
    if found is not None and found.secret is not None:
        step = _step_of(found.secret, code, now, found.last_step)
        if step is not None:
            found.last_step = step
            return "code"
    plain = re.sub(r"[\s-]", "", code).lower()
    if len(plain) == CODE_LENGTH and second_factors.take_code(session, counselor_id, plain, now):
        left = second_factors.codes_left(session, counselor_id)
        audit.write(session, "recovery_code_used", counselor_id, now, left=left)
        return "recovery_code"
    return ""


def _step_of(secret: str, code: str, now: datetime, after: int) -> int | None:
    """The half minute whose code this is, later than `after` (RFC 6238, 5.2: a code is taken once)."""
    plain, this = re.sub(r"\s", "", code), int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    steps = [this + around for around in STEPS_AROUND]
    fitting = [step for step in steps if secrets.compare_digest(totp.generate_otp(step).encode(), plain.encode())]
    return next((step for step in fitting if step > after), None)


def new_codes(session: Session, counselor_id: uuid.UUID) -> tuple[str, ...]:
    """Recovery codes in place of any earlier ones; they can be told this once."""
    codes = ["".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH)) for _ in range(RECOVERY_CODES)]
    second_factors.replace_codes(session, counselor_id, codes)
    return tuple(f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes)
