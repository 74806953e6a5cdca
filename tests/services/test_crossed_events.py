"""Events that cross: a key in the moment of the connection, a phone that is gone when the other one comes."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from models.outbox import OutboxRow
from routing.degraded_flow import OnShift, phones_of_round
from routing.documents import Enqueue, Leave
from routing.vocabulary import ContactStatus, LegKind, Presence
from services import answering, bridging, callbacks, ringing, tasks, waiting, watchdog
from tests.services.calls import Stage, joins, says


def meets(stage: Stage, number: int) -> None:
    """The counselor has pressed 1 and is in the conference."""
    stage.takes(number)
    stage.counselor_enters(number)


@pytest.mark.parametrize("key", ["0", "8", "9"])
def test_a_key_that_crosses_the_connection_tears_nobody_out_of_it(stage: Stage, key: str) -> None:
    stage.counselor(101)
    contact = stage.dials()
    stage.rings(contact)
    meets(stage, 101)
    bridging.connect(stage.house, stage.network, contact, stage.now)
    stage.caller_enters(contact)

    waiting.waiting_key(stage.house, contact, key, stage.now)
    waiting.greeting_key(stage.house, contact, key, stage.now)

    assert stage.contact(contact).status is ContactStatus.CONNECTED


def test_a_key_while_a_worker_fetches_the_caller_lets_them_in_by_one_way_only(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.dials()
    stage.rings(contact)
    meets(stage, 101)
    bridging.connect(stage.house, stage.network, contact, stage.now)

    assert joins(waiting.greeting_key(stage.house, contact, "2", stage.now)) is None
    assert joins(waiting.left(stage.house, contact, "leave", stage.now)) is None
    assert joins(stage.caller_enters(contact)) == stage.leg(101).hex


def test_a_caller_who_comes_into_an_empty_conference_waits_again_and_is_fetched_out_of_it(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.dials()
    stage.rings(contact)
    meets(stage, 101)
    stage.caller_enters(contact)
    stage.hangs_up(101)  # in the very moment

    bridging.waits_alone(stage.house, stage.caller_sid(), stage.now)
    assert bridging.fetch_out(stage.house, stage.network, contact)

    assert stage.contact(contact).status is ContactStatus.WAITING
    assert stage.caller_sid() in stage.network.redirected
    assert isinstance(stage.caller_enters(contact).steps[-1], Enqueue)


def test_a_counselor_alone_with_nobody_to_come_is_let_go_at_once(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.dials()
    stage.rings(contact)
    meets(stage, 101)
    stage.caller_enters(contact)
    stage.caller_hangs_up()  # before the conference had them

    bridging.waits_alone(stage.house, stage.sid(101), stage.now)

    with stage.house.db.begin() as session:
        asked = session.scalars(select(OutboxRow.args).where(OutboxRow.task == tasks.DROP)).all()
    assert asked == [[str(stage.leg(101))]]


def test_whoever_says_yes_to_a_callback_whose_counselor_is_gone_waits_like_any_caller(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.dials()
    waiting.greeting_key(stage.house, contact, "9", stage.now)
    stage.caller_hangs_up()
    callbacks.begin(stage.house, contact, stage.now)
    back = stage.dials_back(contact, 101)
    callbacks.picked_up(stage.house, back.id, "CAback", stage.now)
    stage.hangs_up(101)

    document = callbacks.confirmed(stage.house, back.id, "1", stage.now)

    assert isinstance(document.steps[-1], Enqueue)
    assert not stage.contact(contact).calling_back


def test_an_attempt_is_not_over_while_the_phone_of_the_person_rings(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.dials()
    waiting.greeting_key(stage.house, contact, "9", stage.now)
    stage.caller_hangs_up()
    callbacks.begin(stage.house, contact, stage.now)
    stage.later(170)
    back = stage.dials_back(contact, 101)
    stage.hangs_up(101)
    stage.later(12)
    ringing.plan(stage.house, stage.network, contact, stage.now)

    assert says(callbacks.picked_up(stage.house, back.id, "CAback", stage.now)) != []


def test_an_on_call_phone_that_is_on_the_roster_too_rings_once_and_not_during_a_call(stage: Stage) -> None:
    rules = replace(stage.house.rules, on_call_numbers=("+16175550101", "+16175550199"))
    stage.house = replace(stage.house, rules=rules)
    stage.counselor(101)
    first = stage.dials()
    stage.later(46)  # far enough for the on-call numbers
    assert sorted(stage.rings(first)) == ["+16175550101", "+16175550199"]
    meets(stage, 101)
    stage.caller_enters(first)
    second = stage.dials("+12125550143")
    stage.later(46)

    stage.rings(second)

    assert [leg.number for leg in stage.legs(second) if leg.kind is not LegKind.CALLER] == []


def test_the_join_of_the_counselor_renews_the_claim(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.taken_by(101)
    stage.later(25)  # place, substances and danger are told first
    stage.counselor_enters(101)
    stage.later(10)

    assert stage.waits(contact).steps == (Leave(),), "to the counselor, not back to waiting"


@pytest.mark.parametrize("digits", ["94", "8134"])
def test_a_zip_typed_too_slowly_is_not_taken_for_a_key(stage: Stage, digits: str) -> None:
    contact = stage.dials()

    assert waiting.heard(stage.house, contact, "zip", digits, None, stage.now).steps == ()
    assert stage.contact(contact).next_step == "ring"
    waiting.heard(stage.house, contact, "zip", "9", None, stage.now)
    assert stage.contact(contact).next_step == "callback", "one digit is a key"


def test_without_a_database_too_an_on_call_phone_of_the_roster_rings_once() -> None:
    here = [OnShift("ana", "+16175550101", Presence.AVAILABLE, (True,))]

    phones = phones_of_round(here, ("+16175550101", "+16175550199"), "", 0, 0)

    assert [phone.number for phone in phones] == ["+16175550101", "+16175550199"]


def test_a_key_told_twice_after_the_conversation_does_not_bring_it_back(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.dials()
    stage.rings(contact)
    answering.pressed(stage.house, stage.leg(101), "1", stage.now, bridged=True)
    stage.hangs_up(101)
    stage.caller_hangs_up()

    answering.pressed(stage.house, stage.leg(101), "1", stage.now, bridged=True)

    assert stage.contact(contact).status is ContactStatus.ENDED


def test_a_caller_left_in_a_silent_conference_is_fetched_out_of_it_once_a_minute(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.dials()
    stage.rings(contact)
    meets(stage, 101)
    stage.caller_enters(contact)
    stage.later(300)
    stage.hangs_up(101)
    stage.later(30)
    assert watchdog.left_behind(stage.house, stage.network, stage.now) == 0, "they may hear what follows a conversation"

    stage.later(31)
    assert [watchdog.left_behind(stage.house, stage.network, stage.now) for _ in range(2)] == [1, 0]
    assert stage.network.redirected[stage.caller_sid()].endswith(f"/voice/after/{contact}")
    stage.caller_hangs_up()
    stage.later(120)
    assert watchdog.left_behind(stage.house, stage.network, stage.now) == 0
