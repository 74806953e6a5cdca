"""Signing in, being slowed down, and being signed out for good."""

from datetime import UTC, datetime, timedelta

import pytest

from models.people import AuditEvent
from routing.vocabulary import Presence, Role
from services.counselors import NewCounselor, add_counselor, set_password, set_presence
from services.house import House
from services.sign_in import FREE_TRIES, confirm_password, person_signed_in, sign_in, sign_out

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
PASSWORD = "quiet harbour lamp"
ANA = NewCounselor("ana@line.example", "Ana Ruiz", "counselor", "+16175550111", PASSWORD, "America/New_York")


@pytest.fixture
def line(house: House) -> House:
    assert add_counselor(house, ANA, NOW) == ()
    return house


def test_the_right_password_starts_a_session_of_eight_hours(line: House) -> None:
    person = sign_in(line, " Ana@Line.example ", PASSWORD, NOW)
    assert person is not None
    assert (person.name, person.role) == ("Ana Ruiz", Role.COUNSELOR)
    assert person_signed_in(line, person.sign_in_id, NOW + timedelta(hours=7, minutes=59)) is not None
    assert person_signed_in(line, person.sign_in_id, NOW + timedelta(hours=8)) is None


def test_a_wrong_password_or_address_starts_nothing(line: House) -> None:
    assert sign_in(line, ANA.email, "quiet harbour lamb", NOW) is None
    assert sign_in(line, "nobody@line.example", PASSWORD, NOW) is None


def test_guessing_makes_the_account_wait_and_waiting_is_enough(line: House) -> None:
    for _ in range(FREE_TRIES):
        assert sign_in(line, ANA.email, "a guess of the night", NOW) is None
    assert sign_in(line, ANA.email, PASSWORD, NOW + timedelta(seconds=29)) is None
    assert sign_in(line, ANA.email, PASSWORD, NOW + timedelta(seconds=30)) is not None


def test_trying_while_waiting_does_not_make_the_wait_longer(line: House) -> None:
    for _ in range(FREE_TRIES + 3):
        sign_in(line, ANA.email, "a guess of the night", NOW)
    assert sign_in(line, ANA.email, PASSWORD, NOW + timedelta(seconds=30)) is not None


def test_signing_out_ends_the_session_in_the_database(line: House) -> None:
    person = sign_in(line, ANA.email, PASSWORD, NOW)
    assert person is not None
    sign_out(line, person.sign_in_id, NOW)
    assert person_signed_in(line, person.sign_in_id, NOW) is None


def test_a_new_password_ends_all_sessions(line: House) -> None:
    person = sign_in(line, ANA.email, PASSWORD, NOW)
    assert person is not None
    assert set_password(line, ANA.email, "another quiet lamp", NOW) == ()
    assert person_signed_in(line, person.sign_in_id, NOW) is None
    assert sign_in(line, ANA.email, PASSWORD, NOW) is None
    assert sign_in(line, ANA.email, "another quiet lamp", NOW) is not None


def test_numbers_may_be_seen_for_five_minutes_after_the_password(line: House) -> None:
    person = sign_in(line, ANA.email, PASSWORD, NOW)
    assert person is not None
    later = NOW + timedelta(minutes=6)
    assert person.confirmed_lately(NOW)
    assert not person.confirmed_lately(later)
    assert not confirm_password(line, person.sign_in_id, "wrong words here", later)
    again = confirm_password(line, person.sign_in_id, PASSWORD, later)
    assert again is not None
    assert again.confirmed_lately(later)
    assert again.expires_at == person.expires_at


def test_a_step_up_gives_the_session_a_new_id_and_the_old_one_runs_out(line: House) -> None:
    person = sign_in(line, ANA.email, PASSWORD, NOW)
    assert person is not None
    renewed = confirm_password(line, person.sign_in_id, PASSWORD, NOW)
    assert renewed is not None
    assert renewed.sign_in_id != person.sign_in_id
    assert person_signed_in(line, person.sign_in_id, NOW + timedelta(seconds=19)) is not None  # a poll on its way
    assert person_signed_in(line, person.sign_in_id, NOW + timedelta(seconds=20)) is None
    sign_out(line, renewed.sign_in_id, NOW)
    assert person_signed_in(line, person.sign_in_id, NOW) is None


def test_whoever_can_sign_in_is_not_added_again(line: House) -> None:
    assert add_counselor(line, ANA, NOW) == ("Somebody with this e-mail address can already sign in.",)
    other = NewCounselor("ben@line.example", "Ben", "admin", ANA.phone, PASSWORD, "America/New_York")
    assert add_counselor(line, other, NOW) == ("This phone already belongs to somebody else.",)


def test_everything_that_is_wrong_is_said_at_once(house: House) -> None:
    said = " ".join(add_counselor(house, NewCounselor("ana", " ", "boss", "12", "short", "Boston"), NOW))
    for part in ('"ana"', "name is missing", '"boss"', '"12"', '"Boston"', "too short"):
        assert part in said


def test_presence_is_what_the_counselor_says_and_is_on_record(line: House) -> None:
    person = sign_in(line, ANA.email, PASSWORD, NOW)
    assert person is not None
    set_presence(line, person.id, Presence.AWAY, NOW)
    again = person_signed_in(line, person.sign_in_id, NOW)
    assert again is not None
    assert again.presence is Presence.AWAY
    with line.db.begin() as session:
        assert session.query(AuditEvent).filter_by(kind="presence_set").one().data == {"presence": "away"}
