"""Texts both ways, the carrier's opt-out, and those that do not arrive."""

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from simulator.driver import Simulator
from simulator.segments import segments
from tests.simulator.conftest import CALLER, LINE
from tests.simulator.product import Product


def test_a_text_reaches_the_product_and_its_reply_the_phone(sim: Simulator, product: Product) -> None:
    product.voice(sms__inbound="<Message>Thank you for writing.</Message>")
    phone = sim.phone(CALLER)
    sid = phone.text("I need help with drinking")
    assert phone.wait_text("thank you".capitalize()) == "Thank you for writing."
    (asked,) = product.asked("/sms/inbound")
    assert (asked["MessageSid"], asked["From"], asked["Body"]) == (sid, CALLER, "I need help with drinking")
    assert product.forged == 0
    assert sim.complaints() == []


def test_a_sent_text_is_reported_sent_and_delivered(sim: Simulator, product: Product, client: Client) -> None:
    made = client.messages.create(to=CALLER, from_=LINE, body="Hello", status_callback="https://product.test/s?row=7")
    assert made.status == "queued"
    sim.phone(CALLER).wait_text("Hello")
    sim.run_for(1)
    assert [(s["MessageStatus"], s["row"]) for s in product.asked("/s")] == [("sent", "7"), ("delivered", "7")]
    assert client.messages(made.sid).fetch().status == "delivered"
    assert product.forged == 0


def test_stop_blocks_at_the_carrier_and_still_reaches_the_product(
    sim: Simulator, product: Product, client: Client
) -> None:
    phone = sim.phone(CALLER)
    phone.text(" Stop ")
    phone.wait_text("unsubscribed")
    with pytest.raises(TwilioRestException) as caught:
        client.messages.create(to=CALLER, from_=LINE, body="Still there?")
    assert (caught.value.status, caught.value.code) == (400, 21610)
    phone.text("help me stop, please")
    phone.text("START")
    phone.wait_text("subscribed to messages")
    client.messages.create(to=CALLER, from_=LINE, body="Welcome back")
    phone.wait_text("Welcome back")
    assert [asked["Body"] for asked in product.asked("/sms/inbound")] == [" Stop ", "help me stop, please", "START"]


def test_a_text_that_does_not_arrive_says_why(sim: Simulator, product: Product, client: Client) -> None:
    sim.fault("message", "undelivered", target=CALLER, status=30003, times=1)
    client.messages.create(to=CALLER, from_=LINE, body="Hello", status_callback="https://product.test/s")
    sim.wait_until(lambda: len(product.asked("/s")) == 2, "two reports")
    assert product.asked("/s")[1]["MessageStatus"] == "undelivered"
    assert product.asked("/s")[1]["ErrorCode"] == "30003"
    assert sim.phone(CALLER).texts == []


def test_an_unverified_toll_free_number_delivers_nothing(sim: Simulator, client: Client) -> None:
    sim.exchange.settings.unverified_numbers = frozenset({LINE})
    made = client.messages.create(to=CALLER, from_=LINE, body="Hello")
    sim.run_for(5)
    assert client.messages(made.sid).fetch().error_code == 30034


def test_a_broken_answer_turns_to_the_sms_fallback(sim: Simulator, product: Product) -> None:
    product.routes["/sms/inbound"] = 500
    product.voice(sms__fallback="<Message>We are still here.</Message>")
    phone = sim.phone(CALLER)
    phone.text("hello")
    phone.wait_text("still here")
    assert product.asked("/sms/fallback")[0]["ErrorCode"] == "11200"


def test_segments_count_as_carriers_do() -> None:
    assert [segments("x" * 160), segments("x" * 161), segments("€" * 81)] == [1, 2, 2]
    assert [segments("ñ" * 160), segments("’" * 70), segments("’" * 71)] == [1, 1, 2]
