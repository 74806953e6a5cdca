"""What an admin may write: gaps, numbers and answers stay, nothing never said gets in; all shipped phrases pass."""

import pytest

from config.follow_ups import load_follow_ups
from config.phrases import load_phrases
from routing.follow_up import By, plans_from
from routing.phrase_rules import invited, problems

SHIPPED = load_phrases()


def test_the_shipped_phrases_keep_every_rule() -> None:
    plans = plans_from(load_follow_ups(SHIPPED)).plans
    texts = {step.words_neutral or step.words for plan in plans for step in plan.steps if step.by is By.TEXT}
    found = {key: problems(key, words, words, unasked=key in texts) for key, words in SHIPPED.items()}
    assert {key: wrong for key, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize(
    ("key", "en", "rule", "about"),
    [
        ("text.stop", "{organisation}: no more texts. Write START to begin again. Call 911.", "number", "988"),
        ("voice.emergency", "Hang up and call 911 now. For 9 8 8 press 8.", "spelt", "911"),
        ("text.poison_control", "Call Poison Control now: 1-800-222-1223, or 911.", "number", "1-800-222-1222"),
        ("follow_up.week", "A week has gone by. Reply 1 and a person will call you.", "missing", "{organisation}"),
        ("follow_up.week", "{organisation} {link}: still here. Reply 1.", "unknown", "{link}"),
        ("follow_up.week", "{organisation.__class__}: still here. Reply 1.", "brace", ""),
        ("follow_up.week", "{organisation}: still here. Reply {1.", "brace", ""),
        ("follow_up.week", "{organisation}: do you want to quit? Reply 1.", "invites", "quit"),
        ("follow_up.week", "{organisation}: reply END if you feel better, or 1.", "invites", "END"),
        ("follow_up.week", "{organisation}: still in detox? Reply 1.", "tells_on", "detox"),
        ("follow_up.week", " ", "empty", ""),
        ("follow_up.did_they_take_you", "{organisation}: did it work out? Reply YES, or 1.", "answer", "NO"),
        ("text.goodbye", "Take care, and stay clean.", "never", "clean"),
        ("voice.welcome", "You have reached {organisation}. This is confidential.", "private", ""),
        ("notice.short", "Keep this to yourself.", "given", ""),
        ("coverage.weekdays", "Monday Tuesday", "list", "7"),
        ("voice.thanks", "Thank you. " * 100, "long", "1000"),
    ],
)
def test_a_rule_that_is_broken_is_named_with_its_words(key: str, en: str, rule: str, about: str) -> None:
    written = {**SHIPPED[key], "en": en}
    found = problems(key, SHIPPED[key], written, unasked=key.startswith("follow_up."))
    assert (rule, "en", about) in found
    assert {wrong.language for wrong in found} == {"en"}


def test_only_what_could_be_answered_with_a_bare_word_invites_it() -> None:
    assert invited("¿Quiere parar o seguir?") == ["parar"]
    assert invited("How did it end? STOP ends texts. STOP para no recibir más.") == []
    assert invited("Please do not stop suddenly on your own.") == []
