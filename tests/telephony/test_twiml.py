"""What phones are told: every phrase exists in both languages, and no text becomes markup."""

import uuid
import xml.etree.ElementTree as ET

import pytest

from config.phrases import load_phrases
from routing import call_flow
from routing.call_flow import NextStep
from routing.documents import Ask, Document, HangUp, Ring, Say, Target
from routing.phrases import Phrases
from routing.vocabulary import Language, Urgency
from telephony.twiml import Twiml

BASE = "https://line.example.org"


@pytest.fixture(scope="module")
def renderer() -> Twiml:
    return Twiml(BASE, Phrases(load_phrases()), "+18335550100")


def test_the_greeting_asks_for_a_key_and_then_queues(renderer: Twiml) -> None:
    contact = uuid.uuid4()
    root = ET.fromstring(renderer.render(call_flow.greeting(contact, organisation="Harborline", funding="")))
    first, then, enqueue = root
    for gather, takes in ((first, "dtmf"), (then, "dtmf speech")):  # sentences inside: a key or a voice cuts them short
        assert (gather.get("action"), gather.get("input")) == (f"{BASE}/voice/key/{contact}", takes)
    assert "9 1 1" in ET.tostring(first, encoding="unicode")
    assert enqueue.get("waitUrl") == f"{BASE}/voice/wait/{contact}"
    assert "9 1 1" in ET.tostring(root, encoding="unicode")


def test_a_name_with_markup_stays_a_name(renderer: Twiml) -> None:
    document = call_flow.greeting(uuid.uuid4(), organisation="<Hangup/> & Sons", funding="")
    root = ET.fromstring(renderer.render(document))
    assert root.find(".//Hangup") is None


def test_a_whisper_says_nothing_about_the_caller_but_the_language(renderer: Twiml) -> None:
    document = call_flow.whisper(uuid.uuid4(), Language.SPANISH, again=False, bridged=False, press_seconds=10)
    said = "".join(ET.fromstring(renderer.render(document)).itertext())
    assert said == "Helpline call, language Spanish. Press 1 to take it, 2 to pass."


def test_ringing_from_the_call_whispers_and_shows_our_number(renderer: Twiml) -> None:
    ring = Ring((Target("+16175550101", "/voice/number/x", "/status/call?leg=x"),), 20, "/voice/dialed/y")
    root = ET.fromstring(renderer.render(Document(Language.ENGLISH, (ring,))))
    dial, number = root[0], root[0][0]
    assert dial.get("callerId") == "+18335550100"
    assert number.get("url") == f"{BASE}/voice/number/x"
    assert number.get("method") == "POST"


def test_no_steps_is_an_empty_answer_which_connects(renderer: Twiml) -> None:
    assert len(ET.fromstring(renderer.render(Document(Language.ENGLISH, ())))) == 0


def test_words_and_keys_are_taken_together(renderer: Twiml) -> None:
    ask = Ask((Say("voice.ask_zip"),), "/voice/heard/zip/x", digits=5, speech=True)
    gather = ET.fromstring(renderer.render(Document(Language.SPANISH, (ask, HangUp()))))[0]
    assert gather.get("input") == "dtmf speech"
    assert gather.get("language") == "es-US"


def test_every_sentence_of_every_danger_exists_in_both_languages() -> None:
    phrases = Phrases(load_phrases())
    for language in Language:
        for urgency in Urgency:
            if urgency is not Urgency.NONE:
                assert phrases.text(f"voice.danger_{urgency.value}", language)
    assert NextStep.RING
