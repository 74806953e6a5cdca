"""The official SDK finds what it expects in the simulator's REST API."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from requests.exceptions import ReadTimeout
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from simulator.driver import Simulator
from tests.simulator.conftest import CALLER, LINE
from tests.simulator.product import Product

COUNSELOR = "+16175550111"


def test_a_call_is_placed_reported_and_fetched(sim: Simulator, product: Product, client: Client) -> None:
    product.voice(out="<Say>Hello there.</Say>")
    made = client.calls.create(
        to=COUNSELOR,
        from_=LINE,
        url="https://product.test/out",
        status_callback="https://product.test/progress",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
    )
    assert made.status == "queued"
    sim.phone(COUNSELOR).answer().wait_heard("hello there").wait_over()
    sim.run_for(1)
    call = client.calls(made.sid).fetch()
    assert (call.status, call.direction, call.to) == ("completed", "outbound-api", COUNSELOR)
    assert isinstance(call.start_time, datetime)
    events = product.asked("/progress")
    assert [event["CallStatus"] for event in events] == ["initiated", "ringing", "in-progress", "completed"]
    assert events[-1]["SipResponseCode"] == "200"
    assert product.asked("/out")[0]["Direction"] == "outbound-api"


def test_without_named_events_only_the_final_status_is_reported(
    sim: Simulator, product: Product, client: Client
) -> None:
    sim.phone(COUNSELOR).behave("busy")
    client.calls.create(to=COUNSELOR, from_=LINE, twiml="<Response/>", status_callback="https://product.test/progress")
    sim.wait_until(lambda: bool(product.asked("/progress")), "the end")
    assert [event["CallStatus"] for event in product.asked("/progress")] == ["busy"]


def test_a_call_canceled_while_queued_reports_nothing(sim: Simulator, product: Product, client: Client) -> None:
    sim.timing(calls_per_second=1)
    first = client.calls.create(to=COUNSELOR, from_=LINE, twiml="<Response/>")
    second = client.calls.create(
        to=CALLER, from_=LINE, twiml="<Response/>", status_callback="https://product.test/progress"
    )
    client.calls(second.sid).update(status="canceled")
    sim.run_for(5)
    assert client.calls(second.sid).fetch().status == "canceled"
    assert client.calls(first.sid).fetch().status == "ringing"
    assert product.asked("/progress") == []


def test_calls_start_one_a_second_by_default(sim: Simulator, client: Client) -> None:
    sim.timing(calls_per_second=1)
    numbers = [f"+1617555011{digit}" for digit in range(3)]
    for number in numbers:
        client.calls.create(to=number, from_=LINE, twiml="<Response/>")
    rang = []
    for number in numbers:
        sim.phone(number).wait_ring()
        rang.append(sim.exchange.engine.now)
    assert [round(later - earlier) for earlier, later in pairwise(rang)] == [1, 1]


def test_updating_a_finished_call_is_21220(sim: Simulator, client: Client) -> None:
    made = client.calls.create(to=COUNSELOR, from_=LINE, twiml="<Response/>")
    sim.phone(COUNSELOR).answer().wait_over()
    with pytest.raises(TwilioRestException) as caught:
        client.calls(made.sid).update(url="https://product.test/elsewhere")
    assert (caught.value.status, caught.value.code) == (400, 21220)


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        (lambda c: c.calls("CA" + "0" * 32).fetch(), 404, 20404),
        (lambda c: c.calls.create(to="nobody", from_=LINE, twiml="<Response/>"), 400, 21211),
        (lambda c: c.calls.create(to=CALLER, from_=CALLER, twiml="<Response/>"), 400, 21210),
        (lambda c: c.messages.create(to="555", from_=LINE, body="x"), 400, 21211),
        (lambda c: c.messages.create(to=CALLER, from_="+16175550199", body="x"), 400, 21606),
        (lambda c: c.messages.create(to=CALLER, from_=LINE, body="x" * 1601), 400, 21617),
    ],
)
def test_refusals_carry_twilios_codes(client: Client, request_: object, status: int, code: int) -> None:
    assert callable(request_)
    with pytest.raises(TwilioRestException) as caught:
        request_(client)
    assert (caught.value.status, caught.value.code) == (status, code)


def test_a_wrong_token_is_refused(sim: Simulator, client: Client) -> None:
    wrong = Client(client.username, "wrong", http_client=client.http_client)
    with pytest.raises(TwilioRestException) as caught:
        wrong.calls("CA" + "0" * 32).fetch()
    assert caught.value.status == 401


def test_lists_are_paged_and_filtered(sim: Simulator, client: Client) -> None:
    for body in ("one", "two", "three"):
        client.messages.create(to=CALLER, from_=LINE, body=body)
    client.messages.create(to=COUNSELOR, from_=LINE, body="other")
    sim.run_for(5)
    bodies = [message.body for message in client.messages.list(to=CALLER, page_size=2)]
    assert bodies == ["three", "two", "one"]
    day = datetime.fromtimestamp(sim.exchange.engine.now, UTC)
    assert len(client.messages.list(date_sent_after=day.replace(hour=0, minute=0))) == 4
    assert client.messages.list(date_sent_before=datetime(2020, 1, 1, tzinfo=UTC)) == []


def test_numbers_can_be_pointed_elsewhere(client: Client, sim: Simulator, product: Product) -> None:
    (number,) = client.incoming_phone_numbers.list(phone_number=LINE)
    assert number.voice_url == "https://product.test/voice/inbound"
    number.update(voice_url="https://product.test/elsewhere", voice_fallback_url="https://static.test/fallback")
    sim.phone(CALLER).dial().wait_over()
    assert len(product.asked("/elsewhere")) == 1
    assert client.api.accounts(client.account_sid).fetch().status == "active"


@pytest.mark.parametrize(("name", "happened"), [("error-before", 0), ("error-after", 1)])
def test_a_server_error_strikes_before_or_after_the_effect(
    sim: Simulator, client: Client, name: str, happened: int
) -> None:
    sim.fault("rest", name, target="POST Messages", times=1)
    with pytest.raises(TwilioRestException) as caught:
        client.messages.create(to=CALLER, from_=LINE, body="hello")
    assert caught.value.status == 500
    assert len(client.messages.list()) == happened
    client.messages.create(to=CALLER, from_=LINE, body="again")
    assert len(client.messages.list()) == happened + 1


def test_a_429_has_no_effect_and_a_time_out_may_have_one(sim: Simulator, client: Client) -> None:
    sim.fault("rest", "429", target="POST Calls", times=1)
    with pytest.raises(TwilioRestException) as caught:
        client.calls.create(to=CALLER, from_=LINE, twiml="<Response/>")
    assert (caught.value.status, caught.value.code) == (429, 20429)
    sim.fault("rest", "timeout-after", target="POST Calls", times=1)
    with pytest.raises(ReadTimeout):
        client.calls.create(to=CALLER, from_=LINE, twiml="<Response/>")
    assert len(client.calls.list(to=CALLER)) == 1


def test_machine_detection_waits_or_reports_apart(sim: Simulator, product: Product, client: Client) -> None:
    sim.phone(COUNSELOR).behave("voicemail", after=2)
    product.voice(out='<Pause length="20"/>')
    client.calls.create(to=COUNSELOR, from_=LINE, url="https://product.test/out", machine_detection="Enable")
    sim.wait_until(lambda: bool(product.asked("/out")), "the TwiML request")
    assert product.asked("/out")[0]["AnsweredBy"] == "machine_start"
    client.calls.create(
        to=COUNSELOR,
        from_=LINE,
        url="https://product.test/out",
        machine_detection="DetectMessageEnd",
        async_amd="true",
        async_amd_status_callback="https://product.test/amd",
    )
    sim.wait_until(lambda: bool(product.asked("/amd")), "the detection")
    assert product.asked("/amd")[0]["AnsweredBy"] == "machine_end_beep"
    assert "AnsweredBy" not in product.asked("/out")[1]
