"""Waiting in a queue, being taken out of it, and talking in a conference."""

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from simulator.driver import CallDriver, Simulator
from tests.simulator.conftest import CALLER, LINE
from tests.simulator.product import Product

COUNSELOR = "+16175550111"
SUPERVISOR = "+16175550112"
ENQUEUE = '<Enqueue action="/left" waitUrl="/wait">calls</Enqueue>'
ROOM = (
    '<Dial action="/after"><Conference statusCallback="/room" statusCallbackEvent="start end join leave mute hold" '
    'waitUrl="" {attributes}>room-1</Conference></Dial>'
)


def test_the_wait_document_loops_and_counts_the_seconds(sim: Simulator, product: Product) -> None:
    product.voice(voice__inbound=ENQUEUE, wait="<Say>Please stay.</Say><Pause length='9'/>")
    sim.phone(CALLER).dial()
    sim.wait_until(lambda: len(product.asked("/wait")) == 3, "three rounds")
    rounds = product.asked("/wait")
    assert [r["QueuePosition"] for r in rounds] == ["1", "1", "1"]
    assert 9 <= int(rounds[1]["QueueTime"]) < int(rounds[2]["QueueTime"])
    assert product.asked("/left") == []


def test_a_wait_document_may_ask_and_leave(sim: Simulator, product: Product) -> None:
    product.voice(
        voice__inbound=ENQUEUE,
        wait='<Gather numDigits="1" action="/asked"><Say>Press 9 for a callback.</Say></Gather>',
        asked="<Leave/>",
        left="<Say>We will call you.</Say>",
    )
    sim.phone(CALLER).dial().wait_heard("press 9").press("9").wait_heard("we will call you").wait_over()
    assert [left["QueueResult"] for left in product.asked("/left")] == ["leave"]
    assert product.asked("/left")[0]["QueueSid"].startswith("QU")


def test_a_hang_up_while_waiting_still_asks_the_action(sim: Simulator, product: Product) -> None:
    product.voice(voice__inbound=ENQUEUE, wait="<Pause length='60'/>", left="<Say>Never heard.</Say>")
    call = sim.phone(CALLER).dial()
    sim.wait_until(lambda: bool(product.asked("/wait")), "the wait")
    call.hang_up()
    sim.run_for(5)
    assert [left["QueueResult"] for left in product.asked("/left")] == ["hangup"]
    assert "Never heard." not in call.heard
    assert len(product.asked("/wait")) == 1


def test_a_waiting_call_is_redirected_through_rest(sim: Simulator, product: Product, client: Client) -> None:
    product.voice(
        voice__inbound=ENQUEUE, wait="<Pause length='60'/>", elsewhere=ROOM.format(attributes=""), left="<Hangup/>"
    )
    call = sim.phone(CALLER).dial()
    sim.wait_until(lambda: bool(product.asked("/wait")), "the wait")
    (queue,) = client.queues.list()
    assert queue.current_size == 1
    assert client.queues(queue.sid).members("Front").fetch().call_sid == call.sid
    client.calls(call.sid).update(url="https://product.test/elsewhere")
    sim.wait_until(lambda: call.view()["conference"] == "room-1", "the conference")
    assert [left["QueueResult"] for left in product.asked("/left")] == ["redirected"]
    assert client.queues(queue.sid).fetch().current_size == 0
    with pytest.raises(TwilioRestException) as caught:
        client.queues(queue.sid).members("Front").update(url="https://product.test/elsewhere")
    assert caught.value.code == 20404


def test_a_member_is_dequeued_through_rest(sim: Simulator, product: Product, client: Client) -> None:
    product.voice(voice__inbound=ENQUEUE, wait="<Pause length='60'/>", elsewhere="<Say>Here you are.</Say>")
    call = sim.phone(CALLER).dial()
    sim.wait_until(lambda: bool(product.asked("/wait")), "the wait")
    client.queues(client.queues.list()[0].sid).members(call.sid).update(url="https://product.test/elsewhere")
    call.wait_heard("here you are").wait_over()
    assert client.queues(client.queues.list()[0].sid).fetch().current_size == 0


def test_a_counselor_dials_the_queue_and_the_caller_hears_the_whisper(
    sim: Simulator, product: Product, client: Client
) -> None:
    product.voice(
        voice__inbound=ENQUEUE,
        wait="<Pause length='60'/>",
        take='<Dial action="/taken"><Queue url="/whisper">calls</Queue></Dial>',
        whisper="<Say>A counselor is here.</Say>",
        left="<Say>The counselor has left.</Say>",
        taken="<Hangup/>",
    )
    caller = sim.phone(CALLER).dial()
    sim.wait_until(lambda: bool(product.asked("/wait")), "the wait")
    client.calls.create(to=COUNSELOR, from_=LINE, url="https://product.test/take")
    counselor = sim.phone(COUNSELOR).answer()
    caller.wait_heard("a counselor is here").wait_talking_with(COUNSELOR)
    assert product.asked("/whisper")[0]["DequeingCallSid"] == counselor.sid
    assert product.asked("/left") == []
    counselor.hang_up()
    caller.wait_heard("the counselor has left")
    assert product.asked("/left")[0]["QueueResult"] == "bridged"


def test_an_empty_queue_is_waited_for_and_an_unknown_one_fails(
    sim: Simulator, product: Product, client: Client
) -> None:
    product.voice(take='<Dial timeout="10" action="/taken"><Queue>calls</Queue></Dial>', taken="<Hangup/>")
    client.calls.create(to=COUNSELOR, from_=LINE, url="https://product.test/take")
    sim.phone(COUNSELOR).answer().wait_over()
    client.queues.create(friendly_name="calls")
    client.calls.create(to=COUNSELOR, from_=LINE, url="https://product.test/take")
    sim.phone(COUNSELOR).answer().wait_over()
    assert [taken["DialCallStatus"] for taken in product.asked("/taken")] == ["failed", "no-answer"]


def _meet(sim: Simulator, product: Product, client: Client, attributes: str = "") -> tuple[CallDriver, CallDriver, str]:
    product.voice(voice__inbound=ROOM.format(attributes=""), join=ROOM.format(attributes=attributes), after="<Hangup/>")
    caller = sim.phone(CALLER).dial()
    client.calls.create(to=COUNSELOR, from_=LINE, url="https://product.test/join")
    counselor = sim.phone(COUNSELOR).answer()
    caller.wait_talking_with(COUNSELOR)
    return caller, counselor, client.conferences.list(friendly_name="room-1", status="in-progress")[0].sid


def test_conference_events_come_from_the_first_participant(sim: Simulator, product: Product, client: Client) -> None:
    caller, counselor, _sid = _meet(sim, product, client, 'endConferenceOnExit="true"')

    counselor.hang_up()
    caller.wait_over()
    events = product.asked("/room")
    assert [event["StatusCallbackEvent"] for event in events] == [
        "participant-join",
        "participant-join",
        "conference-start",
        "participant-leave",
        "participant-leave",
        "conference-end",
    ]
    assert [event["SequenceNumber"] for event in events] == [str(number) for number in range(6)]
    assert events[-1]["ReasonConferenceEnded"] == "participant-with-end-conference-on-exit-left"
    assert product.asked("/after")[-1]["DialCallStatus"] == "answered"
    assert product.forged == 0


def test_hold_mute_and_coaching_decide_who_hears_whom(sim: Simulator, product: Product, client: Client) -> None:
    caller, counselor, sid = _meet(sim, product, client)
    seat = client.conferences(sid).participants(caller.sid)
    product.voice(music="<Say>One moment.</Say>")
    seat.update(hold=True, hold_url="https://product.test/music")
    caller.wait_heard("one moment")
    assert caller.talking_with() == []
    seat.update(hold=False)
    caller.wait_talking_with(COUNSELOR)
    seat.update(muted=True)
    assert counselor.view()["hears"] == []
    seat.update(muted=False)
    client.conferences(sid).participants.create(
        to=SUPERVISOR, from_=LINE, coaching=True, call_sid_to_coach=counselor.sid, label="coach"
    )
    supervisor = sim.phone(SUPERVISOR).answer()
    sim.wait_until(lambda: counselor.view()["hears"] == [CALLER, SUPERVISOR], "the coach")
    supervisor.say("Ask about the dose.")
    counselor.wait_heard("ask about")
    assert "Ask about the dose." not in caller.heard
    assert set(supervisor.view()["hears"]) == {CALLER, COUNSELOR}
    assert client.conferences(sid).participants("coach").fetch().coaching is True
    client.conferences(sid).participants("coach").delete()
    supervisor.wait_over()


def test_a_redirect_takes_a_caller_out_and_an_announcement_is_heard(
    sim: Simulator, product: Product, client: Client
) -> None:
    caller, counselor, sid = _meet(sim, product, client)
    product.voice(notice="<Say>This call is private.</Say>", out="<Say>Outside.</Say>")
    client.conferences(sid).update(announce_url="https://product.test/notice")
    counselor.wait_heard("private")
    client.calls(caller.sid).update(url="https://product.test/out")
    caller.wait_heard("outside").wait_over()
    assert counselor.status == "in-progress"
    client.conferences(sid).update(status="completed")
    counselor.wait_over()
    assert client.conferences(sid).fetch().status == "completed"
