"""The second factor: set up by a code, asked for at sign-in, taken once, lost and reset."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from models.people import AuditEvent, counselor_by_email
from routing.vocabulary import Role
from services import second_factor
from services.counselors import NewCounselor, add_counselor
from services.house import House
from services.sign_in import FREE_TRIES, HalfWay, Person, finish_sign_in, person_signed_in, sign_in

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=2)
PASSWORD = "quiet harbour lamp"
ANA = NewCounselor("ana@line.example", "Ana Ruiz", "admin", "", PASSWORD, "America/New_York")


@pytest.fixture
def ana(house: House) -> Person:
    assert add_counselor(house, ANA, NOW) == ()
    person = sign_in(house, ANA.email, PASSWORD, NOW)
    assert isinstance(person, Person)
    return person


def set_up(house: House, person: Person) -> tuple[pyotp.TOTP, tuple[str, ...]]:
    """An app that holds the key, and the recovery codes."""
    second_factor.begin(house, person.id)
    app = pyotp.TOTP(second_factor.state(house, person.id).secret)
    codes = second_factor.confirm(house, person.sign_in_id, app.at(NOW), NOW)
    assert len(codes) == second_factor.RECOVERY_CODES
    return app, codes


def half_way(house: House, at: datetime) -> uuid.UUID:
    half = sign_in(house, ANA.email, PASSWORD, at)
    assert isinstance(half, HalfWay)
    return half.sign_in_id


def test_the_password_alone_then_opens_nothing(house: House, ana: Person) -> None:
    elsewhere = sign_in(house, ANA.email, PASSWORD, NOW)
    assert isinstance(elsewhere, Person)
    app, _ = set_up(house, ana)
    assert person_signed_in(house, elsewhere.sign_in_id, NOW) is None  # whoever was in by the password alone is out
    assert person_signed_in(house, ana.sign_in_id, NOW) is not None
    half = half_way(house, LATER)
    assert person_signed_in(house, half, LATER) is None
    assert finish_sign_in(house, half, "000000", LATER) is None
    person = finish_sign_in(house, half, app.at(LATER), LATER)
    assert person is not None
    assert person.sign_in_id != half


def test_a_code_lets_in_once_and_so_does_a_recovery_code(house: House, ana: Person) -> None:
    app, codes = set_up(house, ana)
    half = half_way(house, NOW)
    assert finish_sign_in(house, half, app.at(NOW), NOW) is None  # it confirmed the app already
    early = app.at(NOW + timedelta(seconds=30))
    assert finish_sign_in(house, half, f" {early[:3]} {early[3:]} ", NOW) is not None  # a clock may be a step ahead
    assert finish_sign_in(house, half, app.at(LATER), LATER) is None  # this half is used up
    assert finish_sign_in(house, half_way(house, NOW), early, NOW) is None
    assert finish_sign_in(house, half_way(house, LATER), codes[3].upper(), LATER) is not None
    assert finish_sign_in(house, half_way(house, LATER), codes[3], LATER) is None
    assert second_factor.state(house, ana.id).codes_left == second_factor.RECOVERY_CODES - 1
    second_factor.make_codes(house, ana.id, LATER)
    assert finish_sign_in(house, half_way(house, LATER), codes[4], LATER) is None


def test_guessing_codes_makes_the_account_wait_though_the_password_is_right(house: House, ana: Person) -> None:
    app, _ = set_up(house, ana)
    for _ in range(FREE_TRIES):
        assert finish_sign_in(house, half_way(house, LATER), "123", LATER) is None
    assert sign_in(house, ANA.email, PASSWORD, LATER) is None
    after = LATER + timedelta(seconds=30)
    assert finish_sign_in(house, half_way(house, after), app.at(after), after) is not None


def test_a_lost_phone_is_reset_by_another_admin_and_on_record(house: House, ana: Person) -> None:
    set_up(house, ana)
    ben = replace(ANA, email="ben@line.example", name="Ben Osei")
    assert add_counselor(house, ben, NOW) == ()
    with house.db.begin() as session:
        other = counselor_by_email(session, ben.email)
        assert other is not None
    assert not second_factor.reset(house, ana.id, ana.id, NOW)
    assert second_factor.reset(house, ana.id, other.id, NOW)
    assert person_signed_in(house, ana.sign_in_id, NOW) is None
    assert isinstance(sign_in(house, ANA.email, PASSWORD, NOW), Person)
    with house.db.begin() as session:
        event = session.query(AuditEvent).filter_by(kind="second_factor_reset").one()
        assert (event.actor_id, event.data) == (other.id, {"counselor_id": str(ana.id)})


def test_roles_that_need_it_are_told_until_they_have_it(house: House, ana: Person) -> None:
    strict = replace(house, rules=replace(house.rules, second_factor_roles=("admin",)))
    asked = person_signed_in(strict, ana.sign_in_id, NOW)
    assert asked is not None
    assert asked.must_enrol
    assert asked.role is Role.ADMIN
    set_up(strict, ana)
    after = person_signed_in(strict, ana.sign_in_id, NOW)
    assert after is not None
    assert not after.must_enrol
