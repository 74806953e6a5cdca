"""The Twilio SDK behind our port, against the simulator: what succeeds, and what each failure means to us."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.serving import make_server

from simulator.clock import RealClock
from simulator.driver import InProcess, Simulator
from simulator.exchange import Exchange
from simulator.recordings import Recording
from simulator.server import create_app
from simulator.settings import Settings, Timing
from simulator.transport import HttpTransport
from telephony.client import TwilioTelephony
from telephony.ports import CallGone, ProviderRefused, ProviderUnsure, Telephony

LINE, PERSON = "+18335550100", "+16175550123"
NOWHERE = "http://127.0.0.1:9/hook"
Served = tuple[Simulator, str]


@pytest.fixture
def served() -> Iterator[Served]:
    settings = Settings(numbers=(LINE,), public_base_url="http://127.0.0.1:9", timing=Timing(message=0.05, setup=0.05))
    exchange = Exchange(settings, RealClock(), HttpTransport())
    server = make_server("127.0.0.1", 0, create_app(exchange), threaded=True)
    exchange.engine.start()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Simulator(InProcess(exchange)), f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    exchange.engine.stop()
    thread.join(60)
    server.server_close()


@pytest.fixture
def sim(served: Served) -> Simulator:
    return served[0]


def telephone(served: Served, timeout: float = 10.0) -> Telephony:
    settings = served[0].exchange.settings
    return TwilioTelephony(settings.account_sid, settings.auth_token, base_url=served[1], timeout=timeout)


@pytest.fixture
def telephony(served: Served) -> Telephony:
    return telephone(served)


def send(telephony: Telephony, body: str = "We are here.", to: str = PERSON) -> str:
    return telephony.send_text(to=to, sender=LINE, body=body, status_url=NOWHERE)


def call(telephony: Telephony, to: str = PERSON) -> str:
    return telephony.place_call(to=to, sender=LINE, url=NOWHERE, status_url=NOWHERE, ring_seconds=20)


def test_a_text_arrives_and_is_listed(sim: Simulator, telephony: Telephony) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)
    sid = send(telephony)
    assert sim.phone(PERSON).wait_text("We are here")
    (listed,) = telephony.sent_texts(to=PERSON, sender=LINE, since=before)
    assert (listed.sid, listed.body) == (sid, "We are here.")
    assert listed.sent_at is not None
    assert listed.sent_at.tzinfo is not None
    assert telephony.sent_texts(to=PERSON, sender=LINE, since=before + timedelta(hours=1)) == []


def test_what_came_in_is_listed_and_our_own_texts_are_not(sim: Simulator, telephony: Telephony) -> None:
    since = datetime.now(UTC) - timedelta(minutes=1)
    sid = sim.phone(PERSON).text("is anybody there")
    send(telephony)
    received = telephony.received_texts(recipient=LINE, since=since)
    assert [(text.sid, text.sender, text.body) for text in received] == [(sid, PERSON, "is anybody there")]


def test_calls_that_came_in_are_listed_with_who_called(sim: Simulator, telephony: Telephony) -> None:
    since = datetime.now(UTC) - timedelta(minutes=1)
    call(telephony)
    came = sim.phone(PERSON).dial()
    listed = telephony.received_calls(recipient=LINE, since=since)
    assert [(found.sid, found.caller) for found in listed] == [(came.sid, PERSON)]


def test_a_call_rings_is_asked_about_and_hung_up_twice(sim: Simulator, telephony: Telephony) -> None:
    sid = call(telephony)
    ringing = sim.phone(PERSON).wait_ring()
    assert telephony.call_status(sid) == "ringing"
    telephony.end_call(sid, unless_answered=True)
    sim.wait_until(lambda: ringing.status != "ringing", "the end of ringing")
    telephony.end_call(sid)  # a call already over is fine


def test_a_call_that_is_over_or_never_was_cannot_be_redirected(sim: Simulator, telephony: Telephony) -> None:
    sid = call(telephony)
    sim.phone(PERSON).wait_ring().decline().wait_over()
    with pytest.raises(CallGone):
        telephony.redirect_call(sid, NOWHERE)
    with pytest.raises(CallGone):
        telephony.call_status("CA" + "0" * 32)


def test_stop_at_the_carrier_is_refused_with_its_number_for_good(sim: Simulator, telephony: Telephony) -> None:
    sim.phone(PERSON).text("STOP")
    with pytest.raises(ProviderRefused) as refused:
        send(telephony)
    assert (refused.value.code, refused.value.retry) == (21610, False)


def test_a_busy_provider_may_be_asked_again(sim: Simulator, telephony: Telephony) -> None:
    sim.fault("rest", "429", times=1)
    with pytest.raises(ProviderRefused) as refused:
        send(telephony)
    assert refused.value.retry
    assert send(telephony)


@pytest.mark.parametrize(("fault", "arrived"), [("error-before", 0), ("error-after", 1)])
def test_after_a_server_error_we_do_not_know(sim: Simulator, telephony: Telephony, fault: str, arrived: int) -> None:
    sim.fault("rest", fault, target="POST Messages", times=1, status=500)
    since = datetime.now(UTC) - timedelta(seconds=2)
    with pytest.raises(ProviderUnsure):
        send(telephony)
    assert len(telephony.sent_texts(to=PERSON, sender=LINE, since=since)) == arrived


@pytest.mark.parametrize("fault", ["timeout-before", "timeout-after"])
def test_after_no_answer_in_time_we_do_not_know(sim: Simulator, served: Served, fault: str) -> None:
    sim.fault("rest", fault, target="POST Messages", times=1, seconds=2)
    with pytest.raises(ProviderUnsure):
        send(telephone(served, timeout=0.3))


def test_a_list_that_cannot_be_read_is_not_an_empty_list(sim: Simulator, telephony: Telephony) -> None:
    sim.fault("rest", "error-before", target="GET Messages", times=1, status=503)
    with pytest.raises(ProviderUnsure):
        telephony.sent_texts(to=PERSON, sender=LINE, since=datetime.now(UTC))
    sim.fault("rest", "429", target="GET Messages", times=1)
    with pytest.raises(ProviderRefused):
        telephony.sent_texts(to=PERSON, sender=LINE, since=datetime.now(UTC))


def test_a_provider_that_cannot_be_reached_did_nothing(served: Served) -> None:
    away = TwilioTelephony("AC" + "0" * 32, "token", base_url="http://127.0.0.1:9", timeout=1)
    with pytest.raises(ProviderRefused) as refused:
        send(away)
    assert refused.value.retry


def test_no_exception_carries_a_number_or_the_words(sim: Simulator, telephony: Telephony) -> None:
    sim.phone(PERSON).text("STOP")
    with pytest.raises(ProviderRefused) as refused:
        send(telephony, body="private words")
    assert PERSON not in str(refused.value)
    assert "private" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_recording_is_fetched_as_sound_and_can_be_removed(sim: Simulator, telephony: Telephony) -> None:
    sid = call(telephony)
    exchange = sim.exchange
    recording = Recording("RE" + "0" * 32, exchange.calls[sid], 0.0, 3, "Please call me back.", status="completed")
    exchange.recordings[recording.sid] = recording

    assert telephony.recording(recording.sid)[:4] == b"RIFF"
    telephony.delete_recording(recording.sid)
    telephony.delete_recording(recording.sid)
    assert exchange.recordings == {}
    with pytest.raises(ProviderRefused):
        telephony.recording(recording.sid)


def test_copies_at_the_provider_are_removed_and_one_that_is_gone_is_fine(telephony: Telephony, sim: Simulator) -> None:
    text, ring = send(telephony), call(telephony)
    telephony.end_call(ring)
    for _ in range(2):
        telephony.delete_text(text)
        telephony.delete_call(ring)
    assert text not in sim.exchange.messages
    assert ring not in sim.exchange.calls
