"""Two who were connected by the call's own <Dial> get every control of a conference, and lose nobody on the way."""

from collections.abc import Callable
from typing import Any

import pytest

from routing.vocabulary import ContactStatus, Part
from services import in_call, supervising, transfers
from services.in_call import By
from simulator.driver import CallDriver
from tests.histories.plans import Broken
from tests.histories.stage import Stage
from tests.in_call.line import Line

ANA, MARCUS = "+16175550111", "+16175550112"


@pytest.fixture
def bridged(stage: Stage) -> Callable[..., tuple[Line, CallDriver, CallDriver]]:
    """A caller and a counselor who talk by <Dial>, because no worker was alive; now there are workers again."""

    def build(**switches: Any) -> tuple[Line, CallDriver, CallDriver]:
        line = Line(stage, Broken(dead=((0.0, 3600.0),)))
        for name, value in switches.items():
            setattr(line.sim.exchange.settings.switches, name, value)
        line.hires("Ana", ANA)
        caller, ana = line.talk(ANA)
        assert line.contact().room is None
        line.workers.healthy = True
        return line, caller, ana

    return build


@pytest.mark.parametrize("switches", [{}, {"dial_action_after_redirect": True}, {"dial_action_after_hangup": "always"}])
def test_a_bridged_caller_is_put_on_hold_and_comes_back(bridged: Any, switches: dict[str, Any]) -> None:
    line, caller, ana = bridged(**switches)
    assert line.does(in_call.hold) is None
    caller.wait_heard("You are on a short hold")
    assert caller.talking_with() == []
    assert line.does(in_call.resume) is None
    caller.wait_talking_with(ANA)
    ana.hang_up()
    caller.wait_heard("To talk with someone again, press 0")
    caller.hang_up()
    line.sim.run_for(5)
    assert line.contact().status is ContactStatus.ENDED
    assert line.went_well()


def test_a_bridged_call_is_handed_over_and_988_and_a_supervisor_come_in(bridged: Any) -> None:
    line, caller, ana = bridged()
    marcus_id = line.hires("Marcus", MARCUS)
    assert line.does(transfers.to_colleague, marcus_id, True) is None
    marcus = line.sim.phone(MARCUS).answer(60)
    marcus.wait_heard("asks you into a call").press("1")
    marcus.wait_talking_with(ANA)
    assert caller.talking_with() == []
    assert line.does(transfers.hand_over) is None
    caller.wait_talking_with(MARCUS)
    ana.wait_over()
    line.sim.phone("988").behave("person")
    assert line.does(transfers.with_988) is None
    line.sim.phone("988").answer()
    caller.wait_talking_with(MARCUS, "988")
    assert line.went_well()


def test_a_supervisor_listens_to_a_bridged_call(bridged: Any) -> None:
    line, caller, _ = bridged()
    lead = By(line.hires("Marcus", MARCUS), leads=True)
    assert supervising.supervise(line.web, line.contact().id, lead, Part.LISTEN, line.now) is None
    marcus = line.sim.phone(MARCUS).answer(60)
    marcus.wait_heard("Press 1").press("1")
    line.sim.run_for(3)
    caller.say("my brother is not well")
    assert "my brother is not well" in marcus.heard
    assert caller.talking_with() == [ANA]
    assert line.went_well()


def test_a_provider_that_will_not_move_a_call_leaves_the_two_talking(bridged: Any) -> None:
    line, caller, ana = bridged()
    line.sim.fault("rest", "error-before", target="*Calls*", times=50)
    line.does(in_call.hold)
    line.sim.run_for(60)
    assert caller.talking_with() == [ANA]
    assert line.contact().held_since is None
    assert "control_refused" in line.story()
    ana.hang_up()
    caller.wait_heard("press 0")
    assert line.went_well()


def test_a_move_without_an_answer_of_the_provider_is_made_once(bridged: Any) -> None:
    line, caller, _ = bridged()
    line.sim.fault("rest", "timeout-after", target="*Calls*", times=1)
    line.does(in_call.hold)
    caller.wait_heard("You are on a short hold", timeout=60)
    line.does(in_call.resume)
    caller.wait_talking_with(ANA)
    line.sim.run_for(60)
    assert caller.talking_with() == [ANA]
    assert line.went_well()


def test_a_counselor_who_hangs_up_in_the_middle_of_the_move_leaves_nobody_in_silence(bridged: Any) -> None:
    line, caller, ana = bridged()
    line.sim.fault("webhook", "slow", target="voice", times=2, seconds=3.0)
    in_call.mute(line.web, line.contact().id, line.by_counselor(), True, line.now)
    line.sim.run_for(1.0)
    ana.hang_up()
    caller.wait_heard("press 0", timeout=60)
    assert line.went_well()


def test_a_caller_whose_way_in_was_slow_is_not_left_alone_when_the_counselor_is_gone(stage: Stage) -> None:
    line = Line(stage)
    line.hires("Ana", ANA)
    caller = line.sim.phone("+12125550143").dial()
    ana = line.sim.phone(ANA).answer(60).wait_heard("Press 1")
    ana.press("1")
    line.sim.wait_until(lambda: line.contact().counselor_joined_at is not None, "the counselor in the conference")
    line.sim.fault("webhook", "slow", target="voice", times=1, seconds=4.0)
    line.sim.wait_until(lambda: line.contact().status is ContactStatus.CONNECTED, "the way in")
    ana.hang_up()
    line.sim.wait_until(lambda: line.contact().status is ContactStatus.WAITING, "they wait again: they met nobody")
    line.sim.run_for(10)
    caller.hang_up()
    assert line.went_well()
