"""What goes wrong: webhooks, TwiML, phones; and that it goes wrong the same way every time."""

from typing import Any

import pytest
from twilio.rest import Client

from simulator import driver, sdk
from simulator.driver import Simulator
from simulator.settings import Settings, Timing
from tests.simulator.conftest import CALLER, LINE
from tests.simulator.product import Product

COUNSELOR = "+16175550111"
FALLBACK = "<Say>Please hold on.</Say>"


@pytest.mark.parametrize(
    ("name", "code"), [("error", "11200"), ("slow", "11205"), ("lost", "11205"), ("answer-lost", "11205")]
)
def test_a_failed_voice_request_turns_to_the_fallback(sim: Simulator, product: Product, name: str, code: str) -> None:
    product.voice(voice__inbound="<Say>Welcome.</Say>", voice__fallback=FALLBACK)
    sim.fault("webhook", name, target="voice", times=1)
    call = sim.phone(CALLER).dial().wait_heard("please hold on").wait_over()
    assert "Welcome." not in call.heard
    (asked,) = product.asked("/voice/fallback")
    assert (asked["ErrorCode"], asked["ErrorUrl"]) == (code, "https://product.test/voice/inbound")
    assert len(product.asked("/voice/inbound")) == (1 if name in {"slow", "answer-lost"} else 0)


@pytest.mark.parametrize("times", [1, 2])
def test_only_a_refused_connection_is_tried_again_with_the_same_token(
    sim: Simulator, product: Product, times: int
) -> None:
    product.voice(voice__inbound="<Say>Welcome.</Say>", voice__fallback=FALLBACK)
    sim.fault("webhook", "refused", target="voice", times=times)
    call = sim.phone(CALLER).dial()
    call.wait_heard("please hold on")
    assert sim.webhooks("voice")[0]["tries"] == 2


def test_overrides_in_the_fragment_ask_for_more_tries(sim: Simulator, product: Product, client: Client) -> None:
    answers = iter([500, 500, "<Response><Say>At last.</Say></Response>"])
    product.routes["/flaky"] = lambda _params: next(answers)
    client.calls.create(to=COUNSELOR, from_=LINE, url="https://product.test/flaky#rc=3&rp=5xx")
    sim.phone(COUNSELOR).answer().wait_heard("at last")
    tokens = product.tokens[-3:]
    assert len(set(tokens)) == 1
    assert product.forged == 0


def test_without_a_good_fallback_the_caller_hears_an_apology(sim: Simulator, product: Product) -> None:
    product.routes.update({"/voice/inbound": 500, "/voice/fallback": 500})
    sim.phone(CALLER).dial().wait_heard("application error").wait_over()
    assert len(product.asked("/voice/fallback")) == 1


@pytest.mark.parametrize(
    ("document", "code"),
    [("<Response><Say>Open", 12100), ("<Reply/>", 12102), ("<Response>" + "x" * 70_000 + "</Response>", 11750)],
)
def test_broken_twiml_turns_to_the_fallback(sim: Simulator, product: Product, document: str, code: int) -> None:
    product.routes["/voice/inbound"] = document
    product.voice(voice__fallback=FALLBACK)
    sim.phone(CALLER).dial().wait_heard("please hold on")
    assert product.asked("/voice/fallback")[0]["ErrorCode"] == str(code)
    assert sim.complaints()[0].startswith(str(code))


def test_misspelt_twiml_is_only_warned_about(sim: Simulator, product: Product) -> None:
    product.voice(voice__inbound='<Gather numdigits="1"><Say>One?</Say></Gather><Sey>Two</Sey><Say>Three.</Say>')
    sim.phone(CALLER).dial().wait_heard("three").wait_over()
    assert sim.complaints() == [
        "12200 <Gather> has no attribute 'numdigits'.",
        "12200 <Sey> is not known inside <Response>.",
    ]


def test_callbacks_come_doubled_reordered_or_not_at_all(sim: Simulator, product: Product, client: Client) -> None:
    sim.fault("webhook", "reordered", target="message-status", times=1)
    client.messages.create(to=CALLER, from_=LINE, body="One", status_callback="https://product.test/one")
    sim.run_for(5)
    sim.fault("webhook", "doubled", target="message-status", times=1)
    client.messages.create(to=CALLER, from_=LINE, body="Two", status_callback="https://product.test/two")
    sim.run_for(5)
    sim.fault("webhook", "lost", target="message-status", times=1)
    client.messages.create(to=CALLER, from_=LINE, body="Three", status_callback="https://product.test/three")
    sim.run_for(5)
    got = {name: [s["MessageStatus"] for s in product.asked(f"/{name}")] for name in ("one", "two", "three")}
    assert got == {"one": ["delivered", "sent"], "two": ["sent", "sent", "delivered"], "three": ["delivered"]}


def test_voicemail_answers_but_never_accepts(sim: Simulator, product: Product) -> None:
    sim.phone(COUNSELOR).behave("voicemail", after=3)
    product.voice(
        voice__inbound=f'<Dial action="/after" callerId="{LINE}"><Number url="/whisper">{COUNSELOR}</Number></Dial>',
        whisper='<Gather numDigits="1" timeout="8" action="/accept"><Say>Press 1.</Say></Gather><Hangup/>',
        after="<Say>Still looking.</Say>",
    )
    caller = sim.phone(CALLER).dial().wait_heard("still looking")
    assert product.asked("/accept") == []
    assert product.asked("/after")[0]["DialBridged"] == "false"
    assert caller.status == "in-progress"


@pytest.mark.parametrize(("winner", "heard"), [("pickup", "nobody"), ("acceptance", "hello")])
def test_a_voicemail_may_or_may_not_swallow_a_simultaneous_ring(
    sim: Simulator, product: Product, winner: str, heard: str
) -> None:
    sim.switch(simultaneous_ring_won_by=winner)
    sim.phone(COUNSELOR).behave("voicemail", after=2)
    sim.phone("+16175550112").behave("answers", after=6, keys="1", think=3, words="hello")
    number = '<Number url="/whisper">{}</Number>'
    both = number.format(COUNSELOR) + number.format("+16175550112")
    product.voice(
        voice__inbound=f'<Dial action="/after" callerId="{LINE}">{both}</Dial>',
        whisper='<Gather numDigits="1" timeout="6" action="/accept"><Say>Press 1.</Say></Gather><Hangup/>',
        accept="",
        after="<Say>Nobody.</Say>",
    )
    caller = sim.phone(CALLER).dial()
    if winner == "pickup":
        caller.wait_heard(heard)
    else:
        caller.wait_talking_with("+16175550112")
    assert bool(product.asked("/accept")) == (winner == "acceptance")


@pytest.mark.parametrize("moment", [0.0, 0.03, 0.5, 1.0, 3.0, 4.1, 6.0, 7.5, 9.0])
@pytest.mark.parametrize("switch", ["never", "if_bridged", "always"])
def test_a_caller_may_hang_up_at_any_moment(
    sim: Simulator, product: Product, client: Client, moment: float, switch: str
) -> None:
    sim.switch(dial_action_after_hangup=switch)
    sim.phone(COUNSELOR).behave("answers", after=3, keys="1")
    product.voice(
        voice__inbound=f'<Say>Hi.</Say><Dial action="/after" callerId="{LINE}">'
        f'<Number url="/whisper">{COUNSELOR}</Number></Dial>',
        whisper='<Gather numDigits="1" action="/accept"><Say>Press 1.</Say></Gather><Hangup/>',
        accept="",
    )
    caller = sim.phone(CALLER).dial()
    sim.run_for(moment)
    caller.hang_up()
    sim.run_for(60)
    assert all(call.status in {"completed", "canceled", "no-answer"} for call in client.calls.list())
    bridged = any(line["text"].startswith("connected") for line in caller.view()["heard"])
    if switch == "never" or (switch == "if_bridged" and not bridged):
        assert product.asked("/after") == []
    if switch == "if_bridged" and bridged:
        assert product.asked("/after")[0]["DialBridged"] == "true"


def test_a_voicemail_of_a_caller_is_recorded_transcribed_and_fetched(
    sim: Simulator, product: Product, client: Client
) -> None:
    product.voice(
        voice__inbound='<Record action="/recorded" recordingStatusCallback="/file" transcribe="true" '
        'transcribeCallback="/words" maxLength="60"/>'
    )
    call = sim.phone(CALLER).dial().wait_heard("(beep)")
    call.say("Please call me back, it is about my brother.")
    sim.run_for(4)
    call.hang_up()
    sim.run_for(20)
    (recorded,) = product.asked("/recorded")
    assert recorded["Digits"] == "hangup"
    assert product.asked("/file")[0]["RecordingStatus"] == "completed"
    assert product.asked("/words")[0]["TranscriptionText"] == "Please call me back, it is about my brother."
    recording = client.recordings(recorded["RecordingSid"]).fetch()
    assert recording.duration == recorded["RecordingDuration"]
    media = client.request("GET", recorded["RecordingUrl"])
    assert media.status_code == 200
    client.recordings(recording.sid).delete()
    assert client.recordings.list() == []


def _history(seed: int) -> list[Any]:
    """A busy minute under random faults, as the product saw it."""
    settings = Settings(numbers=(LINE,), public_base_url="https://product.test", seed=seed, timing=Timing())
    product = Product(settings)
    sim = driver.in_process(settings, product.app)
    client = sdk.in_process_client(sim.exchange)
    product.voice(voice__inbound='<Enqueue waitUrl="/wait">calls</Enqueue>', wait='<Pause length="3"/>')
    for name in ("doubled", "late", "reordered", "lost"):
        sim.fault("webhook", name, target="*-status", probability=0.3)
    for last in range(5):
        sim.phone(f"+1617555014{last}").dial()
        sim.run_for(0.7)
        client.messages.create(to=CALLER, from_=LINE, body=str(last), status_callback="https://product.test/s")
    sim.run_for(60)
    return [product.requests, product.tokens]


def test_the_same_seed_gives_the_same_history() -> None:
    assert _history(3) == _history(3)
    assert _history(3) != _history(4)
