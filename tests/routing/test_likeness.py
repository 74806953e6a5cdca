"""What no phrase says is heard in the whole of a text; a certain phrase stands whatever the rest sounds like."""

from itertools import product

import pytest

from bench.learn import fingerprint
from config.content import load_content
from routing.triage import TriageRules
from routing.vocabulary import Urgency


def test_what_was_learnt_belongs_to_the_corpus_as_it_is() -> None:
    told = "the corpus has changed since: run `python -m bench.learn`"
    assert load_content().likeness.learnt_from == fingerprint(), told


def test_danger_that_no_phrase_covers_is_heard_and_says_by_which_words(triage_rules: TriageRules) -> None:
    known = triage_rules.understand("it would be a mercy if tonight was it for me")
    (flag,) = [flag for flag in known.flags if flag.urgency is Urgency.WARM_TRANSFER_988]
    assert flag.words


@pytest.mark.parametrize("text", ["not breathing", "I want to die", "he is having a seizure", "no quiero vivir"])
def test_a_certain_phrase_is_not_drowned_by_harmless_words(triage_rules: TriageRules, text: str) -> None:
    harmless = "thanks for the list of programs, medicaid pays and parking is free"
    assert triage_rules.understand(f"{harmless}, {text}, {harmless}").in_danger


@pytest.mark.parametrize("text", ["what are your hours", "necesito un centro en houston", "do you take aetna", "hola"])
def test_plain_questions_sound_like_nothing(triage_rules: TriageRules, text: str) -> None:
    assert triage_rules.understand(text).urgency is Urgency.NONE


def test_whoever_asks_for_a_person_is_in_no_danger(triage_rules: TriageRules) -> None:
    english = product(
        ["I want to", "I would like to", "can I", "please let me", "I wish to", "im trying to"],
        ["text with", "write with", "write to", "chat with", "type with", "message", "talk to"],
        ["a person", "a human being", "somebody", "some one", "an actual person", "a counselor"],
    )
    spanish = product(
        ["quiero", "me gustaría", "quisiera", "prefiero", "solo quiero"],
        ["escribir con", "escribirle a", "chatear con", "textear con", "mandarle un mensaje a", "hablar con"],
        ["una persona", "alguien", "un ser humano", "otra persona", "una consejera"],
    )
    wishes = [" ".join(words) for words in (*english, *spanish)]
    assert [wish for wish in wishes if triage_rules.understand(wish).in_danger] == []


@pytest.mark.parametrize(
    "text",
    [
        "I want to write with a person one last time before I go",
        "quiero escribir con una persona, ya no quiero vivir",
        "I want to write to somebody so they find me after",
        "I want to text with a person, I took all my pills",
    ],
)
def test_and_who_says_more_than_that_is_heard(triage_rules: TriageRules, text: str) -> None:
    assert triage_rules.understand(text).in_danger
