"""Supervisors on a live call: heard by whom they mean to be, told to the counselor, and on record."""

import pytest
from sqlalchemy import select

from models.people import AuditEvent
from routing.vocabulary import Part, Role
from services import help_wanted, in_call, supervising
from services.in_call import By, CallRefused
from simulator.driver import CallDriver
from tests.in_call.line import Line

ANA, SARA = "+16175550111", "+16175550120"


@pytest.mark.parametrize("browser", [False, True], ids=["on a phone", "in a browser"])
def test_listen_whisper_barge_and_take_over(line: Line, browser: bool) -> None:
    line.hires("Ana", ANA)
    sara_id = line.hires("Sara", SARA, Role.SUPERVISOR)
    by = By(sara_id, leads=True)
    caller, ana = line.talk(ANA)
    contact = line.contact().id

    at = line.in_browser(sara_id) if browser else SARA
    assert line.does(in_call.ask_help) is None
    (wanted,) = help_wanted.help_wanted(line.web, sara_id, line.now)
    assert (wanted.contact_id, wanted.counselor, wanted.can_listen) == (contact, "Ana", True)
    assert supervising.supervise(line.web, contact, by, Part.LISTEN, line.now) is None
    assert help_wanted.help_wanted(line.web, sara_id, line.now), "a phone that rings is nobody yet"
    sara = line.answered_in(at) if browser else line.sim.phone(at).answer()
    if not browser:
        sara.wait_heard("to supervise").press("1")
    ana.wait_heard("A supervisor is listening")
    assert help_wanted.help_wanted(line.web, sara_id, line.now) == ()
    assert not any("supervisor" in words for words in caller.heard)
    caller.say("I hardly sleep")
    sara.say("nobody hears this")
    assert "I hardly sleep" in sara.heard
    assert "nobody hears this" not in [*ana.heard, *caller.heard]

    supervising.supervise(line.web, contact, by, Part.WHISPER, line.now)
    ana.wait_heard("does not hear it")
    sara.say("ask about naloxone")
    assert "ask about naloxone" in ana.heard
    assert "ask about naloxone" not in caller.heard

    assert not any("colleague" in words for words in caller.heard)
    supervising.supervise(line.web, contact, by, Part.BARGE, line.now)
    caller.wait_talking_with(ANA, at)
    caller.wait_heard("A colleague of your counselor joins")

    assert supervising.take_over(line.web, contact, by, line.now) is None
    caller.wait_talking_with(at)
    ana.wait_heard("handed over")
    assert line.contact().claimed_by == sara_id
    with line.house.db.begin() as session:
        kinds = list(session.scalars(select(AuditEvent.kind).order_by(AuditEvent.at)))
    assert kinds == ["call_supervised"] * 3 + ["call_taken"]
    assert line.went_well()


def test_a_listener_who_leaves_or_never_comes_changes_nothing_and_counselors_cannot_listen(line: Line) -> None:
    line.hires("Ana", ANA)
    by = By(line.hires("Sara", SARA, Role.SUPERVISOR), leads=True)
    line.sim.phone(SARA).behave("voicemail")
    caller, _ = line.talk(ANA)
    contact = line.contact().id
    assert supervising.supervise(line.web, contact, By(by.id), Part.LISTEN, line.now) is CallRefused.NOT_YOURS
    supervising.supervise(line.web, contact, by, Part.LISTEN, line.now)
    line.sim.run_for(60)
    assert caller.talking_with() == [ANA]
    assert line.contact().held_since is None

    line.sim.phone(SARA).behave("answers", after=2, keys="1")
    supervising.supervise(line.web, contact, by, Part.BARGE, line.now)
    caller.wait_talking_with(ANA, SARA)
    sara = CallDriver(line.sim, SARA, line.sim.exchange.phone(SARA).live_calls[0].sid)
    assert supervising.leave(line.web, contact, by, line.now) is None
    caller.wait_talking_with(ANA)
    sara.wait_heard("goes on without you")
    line.sim.run_for(10)
    assert supervising.take_over(line.web, contact, by, line.now) is None  # from the desk: on pressing 1
    caller.wait_talking_with(SARA, timeout=60)
    assert line.went_well()
