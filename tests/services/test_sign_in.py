"""Signing in, being slowed down, and being signed out for good."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from models.people import AuditEvent, Counselor, Shift
from models.sign_ins import SignInTries
from routing.vocabulary import Presence, Role
from services.counselors import NewCounselor, add_counselor, set_password, set_presence
from services.house import House
from services.sign_in import BROWSER_LASTS, FREE_TRIES, Person, confirm_password, person_signed_in, sign_in, sign_out

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
    for minutes in range(100, 8 * 60, 100):
        assert person_signed_in(line, person.sign_in_id, NOW + timedelta(minutes=minutes)) is not None
    assert person_signed_in(line, person.sign_in_id, NOW + timedelta(hours=8)) is None


def test_a_wrong_password_or_address_starts_nothing(line: House) -> None:
    assert sign_in(line, ANA.email, "quiet harbour lamb", NOW) is None
    assert sign_in(line, "nobody@line.example", PASSWORD, NOW) is None


def test_guessing_makes_the_account_wait_and_waiting_is_enough(line: House) -> None:
    for _ in range(FREE_TRIES):
        assert sign_in(line, ANA.email, "a guess of the night", NOW) is None
    assert sign_in(line, ANA.email, PASSWORD, NOW + timedelta(seconds=29)) is None
    assert sign_in(line, ANA.email, PASSWORD, NOW + timedelta(seconds=30)) is not None


def test_what_strangers_guess_does_not_shut_a_browser_that_is_known(line: House) -> None:
    assert sign_in(line, ANA.email, PASSWORD, NOW, "her desk") is not None
    for browser in ("", "a stranger's"):
        for _ in range(FREE_TRIES):
            sign_in(line, ANA.email, "a guess of the night", NOW, browser)
        assert sign_in(line, ANA.email, PASSWORD, NOW, browser) is None
    here = sign_in(line, ANA.email, PASSWORD, NOW, "her desk")
    assert isinstance(here, Person)
    assert confirm_password(line, here.sign_in_id, PASSWORD, NOW, "her desk") is not None
    for _ in range(FREE_TRIES):  # it has a brake of its own
        assert sign_in(line, ANA.email, "a guess of the night", NOW, "her desk") is None
    assert sign_in(line, ANA.email, PASSWORD, NOW, "her desk") is None
    later = NOW + BROWSER_LASTS + timedelta(hours=1)
    assert sign_in(line, ANA.email, PASSWORD, later, "another desk") is not None
    with line.db.begin() as session:
        assert session.query(SignInTries).count() == 2, "hers is forgotten: another desk's and all others' are left"


def test_a_page_that_nobody_looks_at_ends_the_session_and_waiting_for_the_phone_does_not(line: House) -> None:
    def refreshes_itself(person: Person | None, first: int, last: int) -> list[bool]:
        assert isinstance(person, Person)
        times = (NOW + timedelta(minutes=minutes) for minutes in range(first, last, 30))
        return [person_signed_in(line, person.sign_in_id, at, by_hand=False) is not None for at in times]

    def ana() -> Person | None:
        return sign_in(line, ANA.email, PASSWORD, NOW)

    ends = [True] * 3 + [False] * 3
    assert refreshes_itself(ana(), 30, 210) == ends, "she has no shift"
    with line.db.begin() as session:  # it is Monday, ten o'clock where she is: five hours more
        session.query(Counselor).one().shifts = [Shift(weekday=0, start_minute=9 * 60, end_minute=15 * 60)]
    waits = ana()
    assert all(refreshes_itself(waits, 30, 300))
    assert refreshes_itself(waits, 300, 480) == ends, "she went home without a word"
    auditor = replace(ANA, email="ira@line.example", role="auditor", phone="")
    assert add_counselor(line, auditor, NOW) == ()
    assert refreshes_itself(sign_in(line, auditor.email, PASSWORD, NOW), 30, 210) == ends, "nobody rings an auditor"
    away = ana()
    assert away is not None
    set_presence(line, away.id, Presence.AWAY, NOW)
    assert refreshes_itself(away, 30, 210) == ends


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
