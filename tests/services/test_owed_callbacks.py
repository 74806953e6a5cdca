"""A promised callback: kept or taken over by a new call, with pauses and an end, and never dropped in silence."""

import uuid

from sqlalchemy import select

from models.contacts import Contact, events_of, waiting_ahead
from models.follow_ups import FollowUp
from models.owed_endings import unwritten_of
from models.reading import contacts_to_wrap_up
from models.texts import TextMessage
from routing.vocabulary import ContactStatus, Disposition, FollowUpStatus, LegKind, Role
from services import bridging, callbacks, owed_callbacks, promises, releasing, ringing, waiting
from tests.services.calls import Stage

THEM, STRANGER = "+12125550142", "+12125550143"


def promised(stage: Stage, number: str = THEM) -> uuid.UUID:
    """A caller who pressed 9 and hung up, and whose callback is being tried."""
    contact = stage.dials(number)
    waiting.greeting_key(stage.house, contact, "9", stage.now)
    stage.caller_hangs_up()
    stage.later(1)
    assert callbacks.begin(stage.house, contact, stage.now)
    return contact


def owed(stage: Stage, contact: uuid.UUID) -> FollowUp:
    with stage.house.db.begin() as session:
        return session.scalars(select(FollowUp).where(FollowUp.contact_id == contact)).one()


def told(stage: Stage, contact: uuid.UUID) -> list[str]:
    with stage.house.db.begin() as session:
        return [event.kind for event in events_of(session, contact)]


def sweeps(stage: Stage) -> None:
    """What beat wakes every two seconds."""
    owed_callbacks.give_way(stage.house, stage.now)
    bridging.sweep(stage.house, stage.network, stage.now)
    callbacks.begin_due(stage.house, stage.now)


def talks(stage: Stage, contact: uuid.UUID, seconds: float) -> None:
    stage.rings(contact)
    stage.takes(101)
    stage.counselor_enters(101)
    stage.caller_enters(contact)
    stage.later(seconds)
    stage.caller_hangs_up()
    stage.hangs_up(101)


def test_whoever_calls_again_is_not_called_back_meanwhile_and_the_talk_settles_the_promise(stage: Stage) -> None:
    stage.counselor(101)
    first = promised(stage)
    assert stage.rings(first) == ["+16175550101"]
    second = stage.dials(THEM)

    sweeps(stage)
    releasing.release(stage.house, stage.network, first, stage.now)
    assert stage.contact(first).status is ContactStatus.ENDED
    assert stage.network.ringing() == [], "the counselor is free for the live call"

    stage.later(10)
    talks(stage, second, 60)
    sweeps(stage)
    assert (owed(stage, first).status, owed(stage, first).last_outcome) == (FollowUpStatus.STOPPED, "superseded")
    assert "callback_superseded" in told(stage, first)
    assert "callback_taken_over" in told(stage, second)


def test_whoever_calls_again_and_leaves_or_is_cut_off_at_once_is_still_called_back(stage: Stage) -> None:
    stage.counselor(101)
    first = promised(stage)
    second = stage.dials(THEM)
    sweeps(stage)
    stage.later(5)
    stage.caller_hangs_up()
    sweeps(stage)
    assert stage.contact(first).calling_back
    assert owed(stage, first).attempts == 1, "what gave way to their own call was no attempt"

    third = stage.dials(THEM)
    sweeps(stage)
    talks(stage, third, 3)
    sweeps(stage)
    assert stage.contact(first).calling_back
    assert stage.contact(second).status is ContactStatus.ABANDONED


def test_a_caller_with_two_promises_is_called_back_once(stage: Stage) -> None:
    first = promised(stage)
    second = stage.dials(THEM)
    waiting.greeting_key(stage.house, second, "9", stage.now)
    stage.caller_hangs_up()
    sweeps(stage)

    assert owed(stage, first).last_outcome == "superseded"
    assert [stage.contact(one).calling_back for one in (first, second)] == [False, True]


def test_callbacks_that_were_our_idea_do_not_count_in_the_position_unless_in_more_danger(stage: Stage) -> None:
    first = promised(stage)
    with stage.house.db.begin() as session:
        session.get_one(Contact, first).place_at = stage.now + promises.GIVES_WAY
    stage.later(5)
    live = stage.dials(STRANGER)

    def ahead() -> int:
        with stage.house.db.begin() as session:
            return waiting_ahead(session, session.get_one(Contact, live))

    assert ahead() == 0
    waiting.heard(stage.house, first, "what", None, "he is not breathing", stage.now)
    assert ahead() == 1


def test_a_callback_that_nobody_takes_rings_in_rounds_and_at_last_is_work_for_a_person(stage: Stage) -> None:
    stage.counselor(101)
    stage.counselor(150, role=Role.SUPERVISOR)
    contact = promised(stage)
    for _ in range(90):  # 67 minutes
        stage.later(45)
        sweeps(stage)
        for number in stage.network.ringing():
            stage.hangs_up(int(number[-3:]), "no-answer")
        stage.network.placed.clear()

    row = owed(stage, contact)
    rung = [leg for leg in stage.legs(contact) if leg.kind is LegKind.COUNSELOR]
    assert row.attempts == row.max_attempts == 5
    assert 5 <= len({leg.planned_at for leg in rung}) <= 20
    assert (row.status, row.plan["by"]) == (FollowUpStatus.STARTED, "person")
    assert not stage.contact(contact).calling_back
    assert "callback_overdue" in told(stage, contact)
    with stage.house.db.begin() as session:
        texts = [text.body for text in session.scalars(select(TextMessage))]
    assert len([body for body in texts if "promised callback" in body]) == 1, "the supervisor, once"


def test_a_caller_who_asks_again_after_every_attempt_failed_is_called_again(stage: Stage) -> None:
    contact = promised(stage)
    with stage.house.db.begin() as session:
        row = session.scalars(select(FollowUp)).one()
        row.attempts = 5
    stage.later(181)
    ringing.ring(stage.house, stage.network, contact, stage.now)
    assert owed(stage, contact).plan == {"by": "person"}

    with stage.house.db.begin() as session:
        promises.promise_callback(session, stage.house, session.get_one(Contact, contact), stage.now)
    assert callbacks.begin(stage.house, contact, stage.now)


def test_a_callback_that_did_not_reach_them_asks_no_counselor_to_wrap_up(stage: Stage) -> None:
    stage.counselor(101)
    contact = promised(stage)
    back = stage.dials_back(contact, 101)
    releasing.leg_ended(stage.house, back.id, None, "no-answer", stage.now)

    with stage.house.db.begin() as session:
        assert list(contacts_to_wrap_up(session).rows) == []
        assert list(unwritten_of(session, stage.legs(contact)[-1].counselor_id or uuid.uuid4())) == []
    seen = stage.contact(contact)
    assert (seen.claimed_by, seen.disposition) == (None, Disposition.CALLBACK_REQUESTED)


def test_after_a_callback_that_reached_them_the_same_call_is_one_like_any_other(stage: Stage) -> None:
    stage.counselor(101)
    contact = promised(stage)
    back = stage.dials_back(contact, 101)
    callbacks.picked_up(stage.house, back.id, "CAback", stage.now)
    callbacks.confirmed(stage.house, back.id, "1", stage.now)
    stage.hangs_up(101)
    stage.later(10)

    waiting.greeting_key(stage.house, contact, "0", stage.now)
    assert stage.contact(contact).status is ContactStatus.WAITING
    assert not stage.contact(contact).calling_back, "they wait on the line: no pauses, and the watchdog looks"


def test_the_old_call_whose_end_is_told_twice_does_not_end_the_callback(stage: Stage) -> None:
    contact = promised(stage)
    stage.caller_hangs_up()
    assert stage.contact(contact).status is ContactStatus.WAITING


def test_only_who_pressed_9_is_said_to_have_asked(stage: Stage) -> None:
    assert "callback_requested" in told(stage, promised(stage))
    silent = stage.dials(STRANGER)
    for _ in range(2):
        stage.later(181)
        stage.waits(silent)
        waiting.left(stage.house, silent, "leave", stage.now)
    assert "callback_promised" in told(stage, silent)
    assert "callback_requested" not in told(stage, silent)
