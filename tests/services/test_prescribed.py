"""A medicine that is prescribed and taken as directed: never "stop", never a list first, never a dead end."""

import pytest

from services import conversation, first_words, hand_over, knowing, suggestions, waiting
from services.house import House
from services.match_desk import build_desk
from tests.fixtures.paper import PaperTelephony
from tests.services.calls import Stage, says
from tests.services.texting import Thread, contact_of

PRESCRIBED = "I take klonopin exactly as my doctor prescribed, 02150"


@pytest.fixture(scope="session")
def desk(matching_content):
    return build_desk(matching_content)


@pytest.fixture
def caller(text_house: House) -> Thread:
    return Thread(text_house)


@pytest.mark.parametrize(
    ("words", "says_so"),
    [
        (PRESCRIBED, "do not stop or cut down suddenly"),
        ("my doctor prescribed me xanax, is it safe to stop?", "do not stop or cut down suddenly"),
        ("mi doctor me recetó clonazepam y lo tomo como me lo recetaron", "no deje ni baje la medicina de golpe"),
    ],
)
def test_by_text_the_prescriber_comes_first_and_no_list_follows(caller: Thread, words: str, says_so: str) -> None:
    (answer,) = caller.text(words)
    assert says_so in answer
    assert "CALL ME" in answer or "LLÁMENME" in answer
    assert "Places near" not in answer
    assert "Medicaid" not in answer
    assert "Lugares cerca" not in answer
    caller.text("but I cannot reach him")
    assert contact_of(caller.house).next_step == hand_over.COUNSELOR  # never a dead end


def test_word_of_misuse_brings_the_list_and_the_doctor(caller: Thread) -> None:
    caller.text(PRESCRIBED)
    (answer,) = caller.text("honestly I am addicted to it")
    assert "Places near 02150" in answer


@pytest.mark.parametrize(
    ("words", "says_so"),
    [
        ("klonopin is prescribed to me but I take too many of them", "speak with your doctor right away"),
        ("xanax, it runs out early every month", "speak with your doctor right away"),
        ("i see two doctors for my ativan", "speak with your doctor right away"),
        ("nothing else gives me relief, only klonopin", "speak with your doctor right away"),
        ("nada más me alivia, solo el clonazepam", "Hable con su medico cuanto antes"),
    ],
)
def test_a_warning_sign_is_answered_with_a_doctor_and_a_person_and_no_score(
    caller: Thread, words: str, says_so: str
) -> None:
    (answer,) = caller.text(words)
    assert says_so in answer.replace("é", "e")
    assert "CALL ME" in answer or "LLÁMENME" in answer or "LLAMENME" in answer


def test_on_the_phone_a_warning_sign_is_answered_once(house: House, paper: PaperTelephony) -> None:
    stage = Stage(house, paper)
    contact_id = stage.dials()
    words = "my xanax runs out early"
    assert says(waiting.heard(house, contact_id, "what", None, words, stage.now)) == ["voice.speak_with_doctor"]
    assert says(waiting.heard(house, contact_id, "zip", None, words, stage.now)) == ["voice.thanks"]
    early = stage.dials("+12125550143")
    greeting = ["voice.confidential", "voice.keys"]
    assert says(first_words.heard(house, early, words, stage.now)) == ["voice.speak_with_doctor", *greeting]
    assert says(first_words.heard(house, early, words, stage.now)) == ["voice.thanks", *greeting]


def test_on_the_phone_it_is_said_once_and_the_match_waits_too(house: House, paper: PaperTelephony) -> None:
    stage = Stage(house, paper)
    contact_id = stage.dials()
    told = says(waiting.heard(house, contact_id, "what", None, "i take klonopin exactly as prescribed", stage.now))
    assert told == ["voice.prescriber_first"]
    assert says(waiting.heard(house, contact_id, "zip", "02150", None, stage.now)) == ["voice.thanks"]
    profile = suggestions.profile_of(house, stage.contact(contact_id))
    assert profile is not None
    assert profile.prescribed_as_directed


def test_a_red_flag_opens_the_list_again(caller: Thread) -> None:
    caller.text(PRESCRIBED)
    assert knowing.prescriber_first(caller.house, contact_of(caller.house))
    (answer,) = caller.text("I am pregnant")
    assert "Places near 02150" in answer
    assert caller.heard is conversation.Heard.CONVERSATION


@pytest.mark.parametrize(
    ("words", "says", "too_late"),
    [
        ("I stopped my klonopin cold turkey 2 days ago, 02150", "Stopped or cut down already", "do not stop"),
        ("dejé el clonazepam de golpe hace dos días, 02150", "Si ya la dej", "no pare de golpe"),
    ],
)
def test_who_has_stopped_already_is_not_told_not_to(caller: Thread, words: str, says: str, too_late: str) -> None:
    told = " ".join(caller.text(words))
    assert says in told
    assert "911" in told
    assert too_late not in told.lower()
    assert "de golpe por su cuenta" not in told
