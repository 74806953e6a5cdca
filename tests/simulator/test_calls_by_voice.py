"""Calls through the simulator: what is heard, pressed, said, and asked of the product."""

from simulator.driver import Simulator
from tests.simulator.conftest import CALLER, LINE
from tests.simulator.product import Product


def test_a_caller_hears_a_prompt_and_presses_a_key(sim: Simulator, product: Product) -> None:
    product.voice(
        voice__inbound='<Gather numDigits="1" action="/menu"><Say>Press 1 to talk.</Say></Gather><Say>Nothing.</Say>',
        menu="<Say>Thank you.</Say><Hangup/>",
    )
    call = sim.phone(CALLER).dial()
    call.wait_heard("press 1").press("1")
    call.wait_heard("thank you").wait_over()
    assert product.asked("/menu")[0]["Digits"] == "1"
    assert product.asked("/voice/inbound")[0]["CallStatus"] == "ringing"
    assert call.status == "completed"
    assert product.asked("/status/call")[0]["CallStatus"] == "completed"
    assert product.forged == 0
    assert sim.complaints() == []


def test_silence_in_a_gather_goes_on_with_the_next_verb(sim: Simulator, product: Product) -> None:
    product.voice(voice__inbound='<Gather timeout="3" action="/menu"><Say>Well?</Say></Gather><Say>Nothing came.</Say>')
    call = sim.phone(CALLER).dial().wait_heard("nothing came").wait_over()
    assert product.asked("/menu") == []
    assert call.status == "completed"


def test_silence_reaches_the_action_when_it_asked_for_empty_results(sim: Simulator, product: Product) -> None:
    product.voice(voice__inbound='<Gather actionOnEmptyResult="true" timeout="2" action="/menu"/>', menu="<Hangup/>")
    sim.phone(CALLER).dial().wait_over()
    assert product.asked("/menu")[0]["Digits"] == ""


def test_speech_is_recognised_over_the_prompt(sim: Simulator, product: Product) -> None:
    product.voice(
        voice__inbound='<Gather input="dtmf speech" action="/said"><Say>What do you take?</Say></Gather>',
        said="<Say>Noted.</Say>",
    )
    call = sim.phone(CALLER).dial().wait_heard("what do you take")
    call.say("klonopin").wait_heard("noted", timeout=2)
    assert product.asked("/said")[0]["SpeechResult"] == "klonopin"


def test_several_digits_end_with_the_finish_key_or_a_pause(sim: Simulator, product: Product) -> None:
    product.voice(
        voice__inbound='<Gather action="/zip"/>', zip='<Gather action="/again" timeout="2"/>', again="<Hangup/>"
    )
    call = sim.phone(CALLER).dial().wait_status("in-progress")
    call.press("02150#")
    sim.wait_until(lambda: bool(product.asked("/zip")), "the ZIP")
    sim.run_for(1)
    call.press("77").wait_over()
    assert product.asked("/zip")[0]["Digits"] == "02150"
    assert product.asked("/zip")[0]["FinishedOnKey"] == "#"
    assert product.asked("/again")[0]["Digits"] == "77"


def test_a_dialled_counselor_hears_a_whisper_and_both_talk(sim: Simulator, product: Product) -> None:
    product.voice(
        voice__inbound='<Dial action="/after" callerId="+16175550100"><Number url="/whisper" '
        'statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed">+16175550111</Number></Dial>',
        whisper='<Gather numDigits="1" action="/accept"><Say>Helpline call. Press 1.</Say></Gather><Hangup/>',
        accept="",
        after="<Say>Goodbye.</Say>",
    )
    caller = sim.phone(CALLER).dial()
    counselor = sim.phone("+16175550111").answer()
    counselor.wait_heard("helpline call")
    assert caller.talking_with() == []
    counselor.press("1").wait_talking_with(CALLER)
    counselor.say("Hello, I am here.")
    caller.wait_heard("i am here")
    counselor.hang_up()
    caller.wait_heard("goodbye").wait_over()
    after = product.asked("/after")[0]
    assert (after["DialCallStatus"], after["DialBridged"]) == ("completed", "true")
    assert product.asked("/whisper")[0]["ParentCallSid"] == caller.sid
    leg = product.asked("/leg")
    assert [event["CallStatus"] for event in leg] == ["initiated", "ringing", "in-progress", "completed"]
    assert [event["SequenceNumber"] for event in leg] == ["0", "1", "2", "3"]
    assert product.forged == 0
    assert sim.complaints() == []


def test_a_declined_whisper_shows_in_dial_bridged(sim: Simulator, product: Product) -> None:
    product.voice(
        voice__inbound='<Dial action="/after" callerId="+16175550100">'
        '<Number url="/whisper">+16175550111</Number></Dial>',
        whisper="<Say>Helpline call.</Say><Hangup/>",
        after="<Say>Nobody.</Say>",
    )
    sim.switch(declined_whisper_status="no-answer")
    caller = sim.phone(CALLER).dial()
    sim.phone("+16175550111").answer()
    caller.wait_heard("nobody")
    assert product.asked("/after")[0]["DialBridged"] == "false"
    assert product.asked("/after")[0]["DialCallStatus"] == "no-answer"


def test_an_anonymous_caller_cannot_be_shown_by_a_dial(sim: Simulator, product: Product) -> None:
    product.voice(voice__inbound='<Dial action="/after">+16175550111</Dial>', after="<Hangup/>")
    sim.phone(CALLER).dial(LINE, hide_number=True).wait_over()
    assert product.asked("/voice/inbound")[0]["From"] == "anonymous"
    assert product.asked("/after")[0]["DialCallStatus"] == "failed"
    assert sim.complaints()[0].startswith("13214")


def test_a_number_that_is_none_fails_and_988_rings(sim: Simulator, product: Product) -> None:
    product.voice(
        voice__inbound=f'<Dial action="/again" callerId="{LINE}">555-0123</Dial>',
        again=f'<Dial action="/after" callerId="{LINE}">988</Dial>',
        after="<Hangup/>",
    )
    caller = sim.phone(CALLER).dial()
    sim.phone("988").answer()
    caller.wait_talking_with("988")
    assert product.asked("/again")[0]["DialCallStatus"] == "failed"
    assert sim.complaints() == ["13224 '555-0123' is not a telephone number."]


def test_a_call_that_is_rejected_was_never_answered(sim: Simulator, product: Product) -> None:
    product.voice(voice__inbound='<Reject reason="busy"/>')
    call = sim.phone(CALLER).dial().wait_over()
    assert call.status == "busy"
    assert call.view()["answered"] is None


def test_numbers_in_turn_until_one_answers(sim: Simulator, product: Product) -> None:
    sim.phone("+16175550111").behave("busy")
    sim.phone("+16175550112").behave("no-answer")
    numbers = "".join(f"<Number>+1617555011{digit}</Number>" for digit in (1, 2, 3))
    product.voice(voice__inbound=f'<Dial sequential="true" timeout="5" callerId="{LINE}">{numbers}</Dial>')
    caller = sim.phone(CALLER).dial()
    sim.phone("+16175550113").answer(timeout=30)
    caller.wait_talking_with("+16175550113")
    ended = [sim.phone(f"+1617555011{digit}").view()["calls"][-1]["status"] for digit in (1, 2)]
    assert ended == ["busy", "no-answer"]
