"""STOP, START and HELP as whole messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.consent import Keyword, answer_to, keyword_of, takes_back


@pytest.mark.parametrize(
    "body", ["STOP", " stop. ", "Stop!!", "STOPALL", "opt-out", "Unsubscribe", "ALTO", "darme de baja"]
)
def test_stop_is_honoured_as_a_whole_message(body: str) -> None:
    assert keyword_of(body) is Keyword.STOP


@pytest.mark.parametrize(
    "body",
    [
        "help me stop drinking",
        "I want to stop",
        "stop drinking help",
        "how do i quit xanax",
        "please help",
        "quiero parar de tomar",
        "ayuda a mi hijo",
        "the end of my rope",
        "info klonopin",
        "yes",
        "",
    ],
)
def test_a_longer_message_is_no_keyword(body: str) -> None:
    assert keyword_of(body) is None


def test_help_and_start_in_both_languages() -> None:
    assert keyword_of("Help") is keyword_of("AYUDA") is Keyword.HELP
    assert keyword_of("start") is keyword_of("Empezar") is Keyword.START


def test_yes_means_start_only_to_someone_who_had_stopped() -> None:
    assert keyword_of("Sí", stopped=True) is Keyword.START
    assert keyword_of("Sí") is None


def test_what_the_provider_recognised_decides() -> None:
    assert keyword_of("arret", "STOP") is Keyword.STOP


def test_a_person_in_danger_who_writes_stop_gets_a_human_and_no_more_texts() -> None:
    answer = answer_to(Keyword.STOP, in_danger=True, answered=False)
    assert (answer.texts_stopped, answer.human, answer.reply) == (True, True, "text.stop")


@pytest.mark.parametrize(
    ("words", "takes"),
    [
        ("Please don't share anything with that place", True),
        ("don’t tell them", True),
        ("I revoke my consent", True),
        ("ya no doy permiso", True),
        ("no le digan nada al centro", True),
        ("don't tell me what to do", False),
        ("I give my consent", False),
        ("doy permiso", False),
    ],
)
def test_what_was_allowed_is_taken_back_in_free_words(words: str, takes: bool) -> None:
    assert takes_back(words) is takes


def test_we_write_nothing_where_the_provider_has_answered() -> None:
    assert answer_to(Keyword.HELP, in_danger=False, answered=True).reply is None


@given(st.text())
def test_any_text_is_read_without_an_error(body: str) -> None:
    assert keyword_of(body) in (None, *Keyword)


@given(st.sampled_from(["help me", "i want", "please", "quiero"]), st.sampled_from(["stop", "quit", "end", "cancel"]))
def test_a_keyword_inside_a_sentence_never_opts_out(before: str, keyword: str) -> None:
    assert keyword_of(f"{before} {keyword}") is None
    assert keyword_of(f"{keyword} {before}") is None


def test_a_keyword_far_above_other_words_is_not_the_whole_message() -> None:
    assert keyword_of("stop" + "\n" * 90 + "he is not breathing") is None
    assert keyword_of("\n" * 90 + "STOP") is Keyword.STOP
