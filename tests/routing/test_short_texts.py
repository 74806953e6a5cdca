"""Short texts, in which one word decides: danger that must be heard, and plain words that must not be taken for it."""

import pytest

from routing.triage import TriageRules
from routing.vocabulary import Urgency

CALL_911 = [
    *("choking", "he is choking", "se esta ahogando", "help, drowning", "hes drowning"),
    *(
        "convulsiones ahora",
        "fent overdose behind the store",
        "narcan isnt working",
        "my mom is bleeding from the head",
    ),
    *("emergency", "this is an emergency", "es una emergencia", "I need an ambulance", "necesito una ambulancia"),
    *("call 911 for me", "someone is breaking in"),
]
CALL_988 = [
    *("no me busquen", "dont look for me", "dejen de buscarme ya me voy", "no quiero que me encuentren"),
    *("dont need rehab need a casket", "i need a coffin not a clinic", "que me entierren", "plan my funeral"),
    *("i dont want to live without him", "no quiero vivir sin ella", "i dont want to live with this pain anymore"),
    *("i cant do this anymore", "ya no puedo seguir", "why would i want to live", "jumping off the roof now"),
]
HARMLESS = [
    *("I want to live", "quiero vivir", "I am so tired", "so tired", "i want to go home", "leave me alone"),
    *("dejame en paz", "dont call my house", "need a bed tonight", "tome mis pastillas", "choked up"),
    *("i dont want to live in a shelter", "i dont want to live here", "no quiero vivir en un albergue"),
    *("no me busquen en el trabajo", "stop looking for me a bed i found one", "we picked a casket for my dad"),
    *("i cant do this anymore i need detox", "i cant take this job anymore", "i want to kill this addiction"),
    *("its not an emergency", "no es una emergencia", "emergency medicaid", "should i call an ambulance"),
    *("i almost called 911 on him yesterday", "he wont answer his phone", "he is not answering my texts"),
    *(
        "choking up just writing this",
        "drowning in medical debt",
        "is choking a side effect",
        "narcan kits for my program",
    ),
    *("ya no aguanto su alcoholismo", "my dad has had two heart attacks", "her nose is bleeding from snorting"),
]


@pytest.mark.parametrize("text", CALL_911)
def test_a_short_cry_for_help_asks_for_911(triage_rules: TriageRules, text: str) -> None:
    assert triage_rules.understand(text).urgency is Urgency.CALL_911


@pytest.mark.parametrize("text", CALL_988)
def test_a_short_word_of_despair_asks_for_988(triage_rules: TriageRules, text: str) -> None:
    assert triage_rules.understand(text).urgency in {Urgency.WARM_TRANSFER_988, Urgency.CALL_911_THEN_988}


@pytest.mark.parametrize("text", HARMLESS)
def test_plain_words_are_no_danger(triage_rules: TriageRules, text: str) -> None:
    assert triage_rules.understand(text).urgency is Urgency.NONE


def test_a_harmless_sentence_hides_no_danger_in_the_next(triage_rules: TriageRules) -> None:
    assert triage_rules.understand("I want to live. He is turning blue").urgency is Urgency.CALL_911
    assert triage_rules.understand("I am so tired. I want to die").urgency is Urgency.WARM_TRANSFER_988


def test_a_phrase_in_brackets_is_a_whole_sentence(triage_rules: TriageRules) -> None:
    assert triage_rules.understand("ok. drowning. please").in_danger
    assert not triage_rules.understand("we talked about drowning help for pools").in_danger
