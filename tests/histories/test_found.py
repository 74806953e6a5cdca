"""Histories that once went wrong, each in its smallest form."""

from tests.histories.history import problems_of
from tests.histories.plans import Act, Broken, Caller, History, Pickup, Staff, Trouble
from tests.histories.stage import Stage

NOBODY = Staff((Pickup("ignore"),))
TALKS = Staff((Pickup(stays=20.0),))
NO_WORKER = Broken(dead=((0.0, 300.0),))


def lost(at: float, target: str) -> Trouble:
    return Trouble(at, "webhook", "lost", target, times=9)


def test_whoever_passes_is_not_rung_again_while_still_on_the_phone(stage: Stage) -> None:
    passes = Staff((Pickup(key="2"),))
    assert problems_of(stage, History((Caller(0, 1),), (passes,))) == []


def test_a_caller_whose_end_nobody_reported_does_not_keep_phones_ringing(stage: Stage) -> None:
    leaves = Caller(0, 1, (Act(8.0, "hang up"),))
    assert problems_of(stage, History((leaves,), (NOBODY,), troubles=(lost(7.5, "call-status"),))) == []


def test_a_conversation_whose_end_nobody_reported_blocks_no_counselor(stage: Stage) -> None:
    assert problems_of(stage, History((Caller(0, 1),), (TALKS,), troubles=(lost(15.0, "call-status"),))) == []


def test_a_promised_callback_is_made_though_the_end_of_the_call_was_never_reported(stage: Stage) -> None:
    asks = Caller(0, 1, (Act(20.0, "9"),))
    assert problems_of(stage, History((asks,), (NOBODY,), troubles=(lost(19.0, "call-status"),))) == []


def test_a_caller_whose_wait_document_failed_into_silence_is_fetched(stage: Stage) -> None:
    fails = Trouble(15.0, "webhook", "error", "voice", times=3)
    silence = (("wait_failure", "silence"),)
    assert problems_of(stage, History((Caller(0, 1),), (NOBODY,), troubles=(fails,), switches=silence)) == []


def test_a_counselor_who_is_gone_before_the_calls_were_bridged_costs_nobody_the_call(stage: Stage) -> None:
    gone = Staff((Pickup(stays=1.05), Pickup("ignore")))
    assert problems_of(stage, History((Caller(0, 1),), (gone,), broken=NO_WORKER)) == []


def test_an_action_that_comes_after_the_caller_hung_up_does_not_make_the_contact_wait_again(stage: Stage) -> None:
    with_988 = Caller(0, 1, (Act(1.0, "8"), Act(30.0, "hang up")))
    always = (("dial_action_after_hangup", "always"),)
    assert problems_of(stage, History((with_988,), (), switches=always)) == []


def test_a_phone_whose_worker_died_while_dialling_is_not_rung_a_second_time_for_the_next_caller(stage: Stage) -> None:
    leaves, comes = Caller(0, 1, (Act(4.0, "hang up"),)), Caller(1, 2)
    died = Broken(kills=((0, "after"),))
    assert problems_of(stage, History((leaves, comes), (Staff(), NOBODY), broken=died)) == []


def test_a_phone_whose_worker_died_while_dialling_is_not_rung_again_for_the_callback(stage: Stage) -> None:
    asks, comes = Caller(0, 1, (Act(1.0, "9"),)), Caller(1, 2)
    died = Broken(kills=((1, "after"),))
    assert problems_of(stage, History((asks, comes), (Staff(), NOBODY), broken=died)) == []


def test_whoever_calls_again_while_a_callback_rings_talks_once_and_is_not_called_back(stage: Stage) -> None:
    asks, again = Caller(0, 1, (Act(8.0, "9"),)), Caller(40.0, 1)
    late = Staff((Pickup("ignore"), Pickup("ignore"), Pickup(stays=40.0)))
    assert problems_of(stage, History((asks, again), (late,))) == []


def test_whoever_calls_again_and_leaves_at_once_is_still_called_back(stage: Stage) -> None:
    asks, again = Caller(0, 1, (Act(8.0, "9"),)), Caller(40.0, 1, (Act(4.0, "hang up"),))
    assert problems_of(stage, History((asks, again), (NOBODY,))) == []


def test_a_window_that_does_not_ring_costs_seconds_and_the_phone_takes_over(stage: Stage) -> None:
    rings_on = (("absent_client", "rings"),)
    gone = Staff((Pickup(stays=20.0),), browser="gone")
    assert problems_of(stage, History((Caller(0, 1), Caller(1, 2)), (gone, NOBODY), switches=rings_on)) == []


def test_a_call_is_handed_to_a_colleague_and_988_comes_in(stage: Stage) -> None:
    buttons = (Act(2.0, "press: warm", "talk"), Act(9.0, "press: hand over"), Act(2.0, "press: 988"))
    assert problems_of(stage, History((Caller(0, 1, (*buttons, Act(9.0, "hang up"))),), (Staff(), Staff()))) == []


def test_a_bridged_call_is_held_and_brought_back_when_workers_are_there_again(stage: Stage) -> None:
    buttons = (Act(40.0, "press: hold", "talk"), Act(9.0, "press: resume"), Act(5.0, "press: listen"))
    away = Broken(dead=((0.0, 60.0),))
    assert problems_of(stage, History((Caller(0, 1, buttons),), (Staff(), NOBODY), broken=away)) == []
