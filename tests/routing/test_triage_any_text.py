"""Triage gives an answer to any text whatever, and its time grows with the length of the text alone."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.triage import TriageRules
from routing.vocabulary import Urgency
from routing.words import MAX_CHARACTERS

SHORT, LONG = 8_192, 65_536
TIMES_LONGER = LONG // SHORT
SLACK = 3  # a shared machine measures unevenly; a quadratic growth would be eight times as slow
SAID = (
    *(
        "not breathing",
        "k",
        "02150",
        "no",
        "took 30 pills",
        "zero two one five zero",
        "won't wake",
        "klonapin",
        "U.S.A.",
    ),
    *(
        "in Quincy, MA",
        "sobredosis",
        "مرحبا",
        "שלום",
        "🆘",
        "e\u0301\u0301",
        "a\u200bb",
        "!!!",
        "...",
        "\ud800",
        "ﷺ",
        "''",
        "—",
    ),
)
PIECES = st.one_of(
    st.sampled_from(SAID),
    st.text(max_size=12),
    st.text(st.characters(categories=["Mn", "Cf", "Cs", "So", "Nd"]), max_size=6),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=25), st.sampled_from([" ", "", "\n", ", "]))
def test_any_text_gets_an_answer(triage_rules: TriageRules, pieces: list[str], glue: str) -> None:
    known = triage_rules.understand(glue.join(pieces))
    assert isinstance(known.urgency, Urgency)
    assert known.language in {"en", "es"}
    for flag in known.flags:
        "".join(flag.words).encode()  # what is quoted can be stored and sent


@pytest.mark.parametrize(
    "text", ["", " ", "\n\t", "🆘🆘", "\u200b", "\ud800\udc00", "٪", "é" * LONG, "?" * LONG, "\u0301" * LONG]
)
def test_a_text_without_a_word_that_is_known_is_no_danger(triage_rules: TriageRules, text: str) -> None:
    assert triage_rules.understand(text).urgency is Urgency.NONE


def test_danger_is_seen_through_what_a_phone_does_to_a_text(triage_rules: TriageRules) -> None:
    for text in (
        "h\u200be is n\u00ado\u200bt breathing",
        "\u202eHE IS NOT BREATHING",
        "he isn’t breathing🆘🆘",
        "ＨＥ ＩＳ ＮＯＴ ＢＲＥＡＴＨＩＮＧ",
    ):
        assert triage_rules.understand(text).in_danger, text


@pytest.mark.parametrize(
    "said",
    [
        "my brother took 30 xanax and he is not breathing and wont wake up ",
        "02150 ",
        "no seizures, no k, no pills. ",
        "in Quincy MA near Boston MA ",
        "a.b.c.",
        "he's'nt'",
        "klonapinn siezurez ",
        "e\u0301\u0301",
    ],
)
def test_time_grows_with_the_length_alone(triage_rules: TriageRules, said: str) -> None:
    def seconds(length: int) -> float:
        text = (said * (length // len(said) + 1))[:length]
        start = time.process_time()
        triage_rules.understand(text)
        return time.process_time() - start

    def is_in_step() -> bool:
        measured.append((seconds(SHORT), seconds(LONG)))
        short, long = (min(times) for times in zip(*measured, strict=True))
        return long <= max(short, 0.002) * TIMES_LONGER * SLACK

    measured: list[tuple[float, float]] = []
    # A busy machine makes single measurements longer and none shorter: what grows with the square never gets there.
    assert any(is_in_step() for _ in range(20)), measured


def test_what_is_beyond_the_limit_costs_nothing(triage_rules: TriageRules) -> None:
    assert triage_rules.understand("x " * MAX_CHARACTERS + "not breathing").urgency is Urgency.NONE
