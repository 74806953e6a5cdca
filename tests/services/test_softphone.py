"""A counselor takes calls in a browser: Answer is the 1, and a browser that is gone keeps no caller waiting."""

import uuid
from dataclasses import replace
from typing import Any
from unittest.mock import Mock

import pytest

from models.browser_legs import takes_calls_in_browser
from models.contacts import Leg, events_of, lock_contact
from models.outbox import OutboxRow
from models.people import Counselor
from routing.call_flow import NextStep
from routing.documents import Ask, Document, HangUp, Ring
from routing.vocabulary import ContactStatus, LegKind, Part
from services import (
    answering,
    bridging,
    calling_out,
    dispositions,
    escalation,
    guest_calls,
    releasing,
    softphone,
    tasks,
    transfers,
)
from services.browser_legs import SILENT, identity
from services.in_call import By
from services.softphone import LEASE, SoftphoneRefused
from telephony.tokens import TwilioAccessTokens
from tests.services.calls import Stage, joins, says

PHONE = "+16175550101"


def in_browser(stage: Stage, number: int = 101) -> uuid.UUID:
    """A counselor on shift whose browser is there."""
    who = stage.counselor(number)
    softphone.begin(stage.house, who, stage.now)
    return who


def leg_of(stage: Stage, contact: uuid.UUID, who: uuid.UUID) -> Leg:
    """The leg of a counselor that goes on."""
    return next(leg for leg in stage.legs(contact) if leg.counselor_id == who and leg.ended_at is None)


def answers(stage: Stage, leg: Leg) -> Document:
    """A click on Answer, as the provider tells us of it."""
    return answering.answered(stage.house, leg.id, leg.provider_sid or "", stage.now)


def sweeps(stage: Stage) -> list[str]:
    bridging.sweep(stage.house, stage.network, stage.now)
    return stage.network.ringing()


def test_answer_in_the_browser_is_the_one_and_of_two_browsers_one_gets_the_caller(stage: Stage) -> None:
    ana, ben = in_browser(stage, 101), in_browser(stage, 102)
    contact = stage.dials()
    assert sorted(stage.rings(contact)) == sorted(f"client:{identity(who)}" for who in (ana, ben))

    won = answers(stage, leg_of(stage, contact, ben))
    lost = answers(stage, leg_of(stage, contact, ana))

    assert joins(won) == leg_of(stage, contact, ben).id.hex
    assert says(won) == [], "the page says it all"
    assert says(lost) == ["voice.already_answered"]
    assert stage.contact(contact).claimed_by == ben
    bridging.joined(
        stage.house, leg_of(stage, contact, ben).id.hex, leg_of(stage, contact, ben).provider_sid, stage.now
    )
    stage.caller_enters(contact)
    after = dispositions.after_conference(stage.house, leg_of(stage, contact, ben).id, stage.now)
    assert after.steps == (HangUp(),), "how it ended is asked by the page"


@pytest.mark.parametrize("word", ["no-answer", "busy", "failed"])
def test_a_browser_that_is_gone_costs_the_caller_seconds(stage: Stage, word: str) -> None:
    ana = in_browser(stage)
    contact = stage.dials()
    stage.rings(contact)
    leg = leg_of(stage, contact, ana)

    releasing.leg_ended(stage.house, leg.id, leg.provider_sid, word, stage.now)

    assert sweeps(stage)[-1] == PHONE, "their phone, in the same moment"
    assert stage.missed_rings(ana) == 0
    assert softphone.renew(stage.house, ana, stage.now) is SoftphoneRefused.GONE, "the page is told"
    assert "press" in repr(stage.picks_up(101)), "a phone may be a voicemail: it asks for 1"
    with stage.house.db.begin() as session:
        assert "browser_gone" in [event.kind for event in events_of(session, contact)]


def test_a_browser_that_does_not_say_that_it_rings_is_not_waited_for(stage: Stage) -> None:
    silent, there = in_browser(stage, 101), in_browser(stage, 102)
    contact = stage.dials()
    stage.rings(contact)
    softphone.heard(stage.house, there, stage.now)
    stage.later(SILENT.total_seconds() + 1)

    assert sweeps(stage) == [f"client:{identity(there)}", PHONE]
    late = next(leg for leg in stage.legs(contact) if leg.counselor_id == silent and leg.in_browser)
    assert says(answers(stage, late)) == ["voice.already_answered"], "a click that came too late"


@pytest.mark.parametrize("which", ["the other one", "the same"])
def test_a_click_while_a_silent_browser_is_let_go_gets_the_caller(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    in_browser(stage, 101), in_browser(stage, 102)
    contact = stage.dials()
    stage.rings(contact)
    stage.later(SILENT.total_seconds() + 1)
    clicked: list[Leg] = []

    def slowly(sid: str, *, unless_answered: bool = False) -> None:
        if not clicked:
            same = which == "the same"
            clicked.append(next(g for g in stage.legs(contact) if g.in_browser and (g.provider_sid == sid) is same))
            assert joins(answers(stage, clicked[0]))
        if not (unless_answered and clicked[0].provider_sid == sid):
            stage.network.ended.append(sid)

    monkeypatch.setattr(stage.network, "end_call", slowly)
    bridging.sweep(stage.house, stage.network, stage.now)

    winner = next(leg for leg in stage.legs(contact) if leg.id == clicked[0].id)
    assert (winner.ended_at, winner.end_reason) == (None, None)
    assert winner.provider_sid not in {*stage.network.redirected, *stage.network.ended}
    assert stage.contact(contact).claimed_by == winner.counselor_id


def test_a_browser_is_waited_for_from_the_moment_in_which_it_is_rung(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = in_browser(stage)
    stage.house = replace(stage.house, clock=lambda: stage.now)
    contact = stage.dials()
    place = stage.network.place_call

    def slowly(**call: Any) -> str:
        stage.later(SILENT.total_seconds() + 1)
        return place(**call)

    monkeypatch.setattr(stage.network, "place_call", slowly)
    rung = stage.rings(contact)

    assert rung == sweeps(stage) == [f"client:{identity(ana)}"], "the provider was slow, not the browser"
    stage.later(SILENT.total_seconds() + 1)
    assert sweeps(stage) == [PHONE]


def test_trouble_with_a_silent_browser_holds_up_no_other_caller(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    in_browser(stage, 101)
    stage.rings(stage.dials())
    stage.later(SILENT.total_seconds() + 1)
    stage.counselor(102)
    stage.dials("+12125550143")
    monkeypatch.setattr(stage.network, "end_call", Mock(side_effect=RuntimeError))

    assert "+16175550102" in sweeps(stage)


def test_a_leg_that_goes_back_in_line_asks_for_1_when_the_call_itself_rings_the_phone(stage: Stage) -> None:
    ana = in_browser(stage)
    contact = stage.dials()
    stage.network.too_many = 1
    assert stage.rings(contact) == []
    with stage.house.db.begin() as session:
        waiting = lock_contact(session, contact)
        assert waiting is not None
        waiting.next_step = NextStep.DIAL
        document = escalation.way_out(session, stage.house, waiting, stage.now)
    assert [target.number for step in document.steps if isinstance(step, Ring) for target in step.targets] == [PHONE]

    picked_up = answering.answered(stage.house, leg_of(stage, contact, ana).id, "CAx", stage.now, bridged=True)

    assert any(isinstance(step, Ask) for step in picked_up.steps), "it may be a voicemail"


def test_whoever_lets_the_browser_ring_has_missed_it_as_on_a_phone(stage: Stage) -> None:
    ana = in_browser(stage)
    contact = stage.dials()
    stage.rings(contact)
    softphone.heard(stage.house, ana, stage.now)
    leg = leg_of(stage, contact, ana)

    releasing.leg_ended(stage.house, leg.id, leg.provider_sid, "no-answer", stage.now)

    assert stage.missed_rings(ana) == 1
    assert softphone.renew(stage.house, ana, stage.now) is None


def test_a_window_that_is_closed_or_falls_silent_rings_no_more(stage: Stage) -> None:
    ana = in_browser(stage)
    contact = stage.dials()
    stage.rings(contact)
    leg = leg_of(stage, contact, ana)

    softphone.leave(stage.house, ana, stage.now)
    with stage.house.db.begin() as session:
        asked = session.query(OutboxRow).filter_by(task=tasks.DROP).one()
        assert asked.args == [str(leg.id)]
    releasing.let_go(stage.house, stage.network, leg.id, "released", stage.now)
    assert sweeps(stage) == [PHONE]

    softphone.begin(stage.house, ana, stage.now)
    stage.later(LEASE.total_seconds() + 1)
    with stage.house.db.begin() as session:
        assert not takes_calls_in_browser(session, ana, stage.now), "a lid that was closed says nothing"


def test_decline_is_the_two(stage: Stage) -> None:
    ana = in_browser(stage)
    contact = stage.dials()
    stage.rings(contact)
    leg = leg_of(stage, contact, ana)

    assert softphone.decline(stage.house, ana, stage.now)
    releasing.let_go(stage.house, stage.network, leg.id, "released", stage.now)

    assert next(one for one in stage.legs(contact) if one.id == leg.id).end_reason == "passed"
    assert stage.network.ringing() == [], "nor does the phone ring"
    assert not softphone.decline(stage.house, ana, stage.now)


def test_colleagues_and_calls_out_find_a_browser_too_and_the_phone_when_it_is_gone(stage: Stage) -> None:
    stage.counselor(102)
    contact = stage.talks_with(102)
    ana = in_browser(stage)
    ben = stage.contact(contact).claimed_by
    assert ben is not None

    assert transfers.to_colleague(stage.house, contact, By(ben), ana, warm=False, now=stage.now) is None
    bridging.sweep(stage.house, stage.network, stage.now)
    leg = leg_of(stage, contact, ana)
    assert leg.in_browser
    releasing.leg_ended(stage.house, leg.id, leg.provider_sid, "failed", stage.now)
    assert sweeps(stage)[-1] == PHONE
    phone = leg_of(stage, contact, ana)
    assert (phone.kind, phone.part, phone.in_browser) == (LegKind.COLLEAGUE, Part.COLD, False)
    assert any(isinstance(step, Ask) for step in guest_calls.answered(stage.house, phone.id, "CAx", stage.now).steps)
    assert stage.contact(contact).status is ContactStatus.CONNECTED

    releasing.leg_ended(stage.house, phone.id, phone.provider_sid, "no-answer", stage.now)
    softphone.begin(stage.house, ana, stage.now)
    assert transfers.to_colleague(stage.house, contact, By(ben), ana, warm=False, now=stage.now) is None
    bridging.sweep(stage.house, stage.network, stage.now)
    assert joins(guest_calls.answered(stage.house, leg_of(stage, contact, ana).id, "CAy", stage.now))


def test_a_call_of_their_own_goes_on_at_the_phone_when_the_browser_is_gone(stage: Stage) -> None:
    contact = stage.dials()
    stage.caller_hangs_up()
    ana = in_browser(stage)
    assert calling_out.call_them(stage.house, contact, By(ana), asked=True, now=stage.now) is None
    bridging.sweep(stage.house, stage.network, stage.now)
    leg = leg_of(stage, contact, ana)

    releasing.leg_ended(stage.house, leg.id, leg.provider_sid, "failed", stage.now)

    assert sweeps(stage)[-1] == PHONE
    stage.picks_up(101)
    assert joins(stage.presses(101, "1")) == stage.contact(contact).room


def test_a_token_is_for_one_counselor_only_and_for_nobody_without_a_phone(stage: Stage) -> None:
    tokens = TwilioAccessTokens("AC" + "0" * 32, "SK" + "0" * 32, "a-secret-of-the-key-that-is-long-enough")
    ana = stage.counselor(101)
    assert softphone.token(stage.house, None, ana) is SoftphoneRefused.NOT_SET_UP
    assert softphone.token(stage.house, tokens, ana).count(".") == 2
    with stage.house.db.begin() as session:
        session.get_one(Counselor, ana).phone = None
    assert softphone.token(stage.house, tokens, ana) is SoftphoneRefused.NO_PHONE
