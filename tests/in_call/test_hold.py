"""Hold, mute and hanging up: nobody is left on hold alone."""

from routing.vocabulary import ContactStatus
from services import console, in_call
from services.in_call import CallRefused
from tests.in_call.line import Line

ANA, MARCUS = "+16175550111", "+16175550112"


def test_a_caller_on_hold_hears_who_comes_back_and_comes_back(line: Line) -> None:
    line.hires("Ana", ANA)
    caller, ana = line.talk(ANA)

    assert line.does(in_call.hold) is None
    assert caller.talking_with() == []
    caller.wait_heard("You are on a short hold")
    ana.say("let me look that up")
    assert "let me look that up" not in caller.heard

    assert line.does(in_call.resume) is None
    assert caller.talking_with() == [ANA]
    assert line.contact().held_since is None
    assert line.went_well()


def test_a_hold_that_takes_too_long_ends_by_itself_and_the_counselor_hears_it(line: Line) -> None:
    line.hires("Ana", ANA)
    caller, ana = line.talk(ANA)
    line.does(in_call.hold)
    line.sim.run_for(line.house.rules.hold_limit_seconds + 10)

    assert caller.talking_with() == [ANA]
    ana.wait_heard("The hold was long")
    assert "hold_over" in line.story()
    assert line.went_well()


def test_a_caller_on_hold_whose_counselor_is_gone_is_rung_for_again(line: Line) -> None:
    line.hires("Ana", ANA)
    line.hires("Marcus", MARCUS)
    line.sim.phone(MARCUS).behave("no-answer")
    caller, ana = line.talk(ANA)
    line.does(in_call.hold)
    line.sim.phone(MARCUS).behave("person")
    ana.hang_up()

    caller.wait_heard("You are not forgotten")
    line.sim.phone(MARCUS).answer(60).wait_heard("Press 1").press("1")
    caller.wait_talking_with(MARCUS)
    line.does(in_call.hold)
    line.does(in_call.resume)
    assert caller.talking_with() == [MARCUS], "the second conversation has controls of its own"
    assert line.went_well()


def test_a_muted_counselor_hears_and_is_not_heard(line: Line) -> None:
    line.hires("Ana", ANA)
    caller, ana = line.talk(ANA)
    line.does(in_call.mute, True)
    ana.say("a word aside")
    caller.say("are you there")
    assert "a word aside" not in caller.heard
    assert "are you there" in ana.heard
    line.does(in_call.mute, False)
    assert caller.talking_with() == [ANA]
    assert line.went_well()


def test_hanging_up_from_the_console_asks_how_it_ended_and_leaves_the_caller_a_way_back(line: Line) -> None:
    line.hires("Ana", ANA)
    caller, ana = line.talk(ANA)
    line.does(in_call.hold)  # an end that is meant is an end, also out of a hold
    line.does(in_call.hang_up)

    caller.wait_heard("To talk with someone again, press 0")
    ana.wait_heard("How did it end").press("9")
    line.sim.wait_until(lambda: "counselor_needs_help" in line.story(), "a call for help")
    line.sim.run_for(1)
    ana.press("1").wait_over()
    assert line.contact().status is ContactStatus.CLOSED
    assert line.does(in_call.hold) is CallRefused.NOT_ON
    assert line.went_well()


def test_a_hold_that_a_dead_worker_did_not_make_is_made_by_the_next(line: Line) -> None:
    line.hires("Ana", ANA)
    caller, _ = line.talk(ANA)
    line.sim.fault("rest", "timeout-before", target="*articipants*", times=1)
    line.does(in_call.hold)
    line.sim.run_for(30)
    assert caller.talking_with() == []
    assert line.went_well()


def test_a_counselor_who_needs_help_is_heard_and_nobody_acts_on_the_calls_of_others(line: Line) -> None:
    line.hires("Ana", ANA)
    other = line.hires("Marcus", MARCUS)
    line.sim.phone(MARCUS).behave("no-answer")
    line.talk(ANA)
    assert line.does(in_call.ask_help) is None
    assert "counselor_needs_help" in line.story()
    assert [row.help_asked for row in console.contact_list(line.house).talking] == [True]
    assert in_call.hold(line.web, line.contact().id, in_call.By(other), line.now) is CallRefused.NOT_YOURS
