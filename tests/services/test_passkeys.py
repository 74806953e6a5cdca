"""Passkeys: the device's answer opens the door it was asked at, once, soon, and no other."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from models.passkeys import PasskeyChallenge
from models.people import AuditEvent
from services import passkeys, second_factor
from services.counselors import NewCounselor, add_counselor
from services.house import House
from services.passkey_ceremony import Site
from services.passkeys import Asked, PasskeyRefused
from services.sign_in import FREE_TRIES, HalfWay, Person, finish_sign_in, person_signed_in, sign_in
from tests.fixtures.authenticator import PRESENT, Authenticator
from tests.fixtures.people import PASSWORD

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=2)
SITE = Site("https://line.example", "line.example", "Harborline")


def person(house: House, name: str) -> Person:
    new = NewCounselor(f"{name}@line.example", name.title(), "admin", "", PASSWORD, "America/New_York")
    assert add_counselor(house, new, NOW) == ()
    entered = sign_in(house, new.email, PASSWORD, NOW)
    assert isinstance(entered, Person)
    return entered


@pytest.fixture
def ana(house: House) -> Person:
    return person(house, "ana")


def given(asked: Asked | None) -> Asked:
    assert asked is not None
    return asked


def make(house: House, who: Person, device: Authenticator, name: str = "My phone") -> tuple[str, ...] | PasskeyRefused:
    asked = given(passkeys.ask_to_make(house, who.sign_in_id, SITE, NOW))
    return passkeys.add(house, who.sign_in_id, asked.id, SITE, device.make(asked.options), name, NOW)


def enter(house: House, device: Authenticator, half: uuid.UUID | None = None) -> Person | None:
    asked = given(passkeys.ask_to_sign_in(house, half, SITE, LATER))
    return passkeys.enter(house, half, asked.id, SITE, device.use(asked.options), LATER)


def test_a_passkey_is_a_way_in_and_a_second_factor_and_steps_up(house: House, ana: Person) -> None:
    elsewhere = sign_in(house, "ana@line.example", PASSWORD, NOW)
    assert isinstance(elsewhere, Person)
    device = Authenticator()
    codes = make(house, ana, device)
    assert isinstance(codes, tuple)
    assert len(codes) == second_factor.RECOVERY_CODES, "the first second factor brings them"
    assert person_signed_in(house, elsewhere.sign_in_id, NOW) is None, "in there is only a password"
    assert [key.name for key in passkeys.listing(house, ana.id)] == ["My phone"]

    alone = enter(house, device)
    assert alone is not None
    assert alone.id == ana.id
    half = sign_in(house, "ana@line.example", PASSWORD, LATER)
    assert isinstance(half, HalfWay), "the password alone no longer opens"
    assert enter(house, device, half.sign_in_id) is not None
    assert passkeys.ask_to_sign_in(house, half.sign_in_id, SITE, LATER) is None, "that half is used up"
    again = sign_in(house, "ana@line.example", PASSWORD, LATER)
    assert isinstance(again, HalfWay)
    assert finish_sign_in(house, again.sign_in_id, codes[0], LATER) is not None

    late = LATER + timedelta(minutes=10)
    assert not alone.confirmed_lately(late)
    asked = given(passkeys.ask_to_step_up(house, alone.sign_in_id, SITE, late))
    renewed = passkeys.step_up(house, alone.sign_in_id, asked.id, SITE, device.use(asked.options), late)
    assert renewed is not None
    assert renewed.confirmed_lately(late)
    assert renewed.sign_in_id != alone.sign_in_id

    assert passkeys.remove(house, uuid.uuid4(), passkeys.listing(house, ana.id)[0].id, late) is False
    assert passkeys.remove(house, ana.id, passkeys.listing(house, ana.id)[0].id, late)
    assert isinstance(sign_in(house, "ana@line.example", PASSWORD, late), Person)
    with house.db.begin() as session:
        kinds = session.scalars(select(AuditEvent.kind)).all()
    assert (kinds.count("passkey_added"), kinds.count("passkey_removed")) == (1, 1)


def test_an_answer_that_is_not_quite_right_opens_nothing(house: House, ana: Person) -> None:
    device, stranger = Authenticator(), Authenticator()
    make(house, ana, device)
    ben = person(house, "ben")
    make(house, ben, stranger)

    for spoil in ({"origin": "https://line.example.evil.example"}, {"host": "evil.example"}, {"flags": PRESENT}):
        for field, value in spoil.items():
            right = getattr(device, field)
            setattr(device, field, value)
            assert enter(house, device) is None, spoil
            setattr(device, field, right)
    assert enter(house, device) is not None
    device.count = 0
    assert enter(house, device) is None, "a count that does not rise tells of a copy"
    device.count = 50

    asked = given(passkeys.ask_to_sign_in(house, None, SITE, LATER))
    answer = device.use(asked.options)
    assert passkeys.enter(house, None, uuid.uuid4(), SITE, answer, LATER) is None
    assert passkeys.enter(house, None, asked.id, SITE, answer, LATER) is not None
    assert passkeys.enter(house, None, asked.id, SITE, answer, LATER) is None, "a challenge is for one answer"
    asked = given(passkeys.ask_to_sign_in(house, None, SITE, LATER))
    over = LATER + passkeys.CHALLENGE_LASTS
    assert passkeys.enter(house, None, asked.id, SITE, device.use(asked.options), over) is None
    asked = given(passkeys.ask_to_sign_in(house, None, SITE, LATER))
    assert passkeys.step_up(house, ana.sign_in_id, asked.id, SITE, device.use(asked.options), LATER) is None
    for words in ("", "{}", "null", '{"id": 3}', "x" * 30_000, '{"id":"AA","rawId":"AA","type":"public-key"}'):
        asked = given(passkeys.ask_to_sign_in(house, None, SITE, LATER))
        assert passkeys.enter(house, None, asked.id, SITE, words, LATER) is None, words[:40]

    half = sign_in(house, "ana@line.example", PASSWORD, LATER)
    assert isinstance(half, HalfWay)
    assert enter(house, stranger, half.sign_in_id) is None, "somebody else's passkey is not her second factor"
    asked = given(passkeys.ask_to_step_up(house, ana.sign_in_id, SITE, LATER))
    answer = stranger.use(asked.options)
    assert passkeys.step_up(house, ana.sign_in_id, asked.id, SITE, answer, LATER) is None
    with house.db.begin() as session:
        reasons = [data["reason"] for data in session.scalars(select(AuditEvent.data)) if "reason" in data]
    assert set(reasons) == {"wrong_passkey", "step_up"}
    given(passkeys.ask_to_sign_in(house, None, SITE, over))
    with house.db.begin() as session:
        assert session.scalar(select(func.count()).select_from(PasskeyChallenge)) == 1, "old ones are forgotten"


def test_a_passkey_is_added_only_by_whoever_was_asked_and_only_once(house: House, ana: Person) -> None:
    ben, device = person(house, "ben"), Authenticator()
    asked = given(passkeys.ask_to_make(house, ana.sign_in_id, SITE, NOW))
    answer = device.make(asked.options)
    assert passkeys.add(house, ben.sign_in_id, asked.id, SITE, answer, "Mine", NOW) is PasskeyRefused.ANSWER
    assert make(house, ana, device, "  ") is PasskeyRefused.NAME
    assert make(house, ana, device, "x" * 61) is PasskeyRefused.NAME
    unsure = Authenticator()
    unsure.flags = PRESENT
    assert make(house, ana, unsure) is PasskeyRefused.ANSWER, "nobody's finger or PIN"
    assert passkeys.listing(house, ana.id) == ()
    assert isinstance(make(house, ana, device), tuple)
    assert make(house, ana, device) is PasskeyRefused.ANSWER, "it is there already"
    assert make(house, ana, Authenticator(), "Key") == (), "codes are told with the first only"


def test_what_others_guess_locks_nobody_with_a_passkey_out_and_an_admin_resets_a_lost_one(
    house: House, ana: Person
) -> None:
    device, ben = Authenticator(), person(house, "ben")
    make(house, ana, device)
    for _ in range(FREE_TRIES):
        assert sign_in(house, "ana@line.example", "guess", LATER) is None
    assert sign_in(house, "ana@line.example", PASSWORD, LATER) is None, "too early"
    assert enter(house, device) is not None
    assert second_factor.reset(house, ana.id, ben.id, LATER)
    assert passkeys.listing(house, ana.id) == ()
    assert enter(house, device) is None
    assert isinstance(sign_in(house, "ana@line.example", PASSWORD, LATER), Person)
