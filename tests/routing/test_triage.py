"""What the line understands of a text: danger now, danger long ago, names, places, money."""

import pytest

from routing.triage import TriageRules
from routing.understanding import Understanding
from routing.vocabulary import LevelOfCare, Need, Urgency


@pytest.fixture
def rules(triage_rules: TriageRules) -> TriageRules:
    return triage_rules


def flags(known: Understanding) -> set[str]:
    return {flag.id for flag in known.flags}


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("he's not breathing and his lips are blue", "not_breathing_or_blue"),
        ("making snoring noises, lips look weird", "not_breathing_or_blue"),
        ("my son took a bunch of pills and i cant wake him up", "cannot_wake"),
        ("she is having a siezure on the floor", "seizure"),
        ("mi esposo no despierta", "cannot_wake"),
        ("mi hermana se tomo todo el frasco de pastillas", "overdose"),
    ],
)
def test_danger_now_asks_for_911(rules: TriageRules, text: str, flag: str) -> None:
    known = rules.understand(text)
    assert known.urgency is Urgency.CALL_911
    assert flag in flags(known)


def test_suicide_with_means_asks_for_911_then_988(rules: TriageRules) -> None:
    assert rules.understand("I want to kill myself and I have a gun").urgency is Urgency.CALL_911_THEN_988


@pytest.mark.parametrize("text", ["everyone would be better off without me", "ya no quiero vivir"])
def test_thoughts_of_suicide_ask_for_988(rules: TriageRules, text: str) -> None:
    assert rules.understand(text).urgency is Urgency.WARM_TRANSFER_988


@pytest.mark.parametrize(
    "text",
    [
        "no seizures, never overdosed",
        "this heat is killing me",
        "I am dying to get clean",
        "is he fit for work",
        "she takes Klonopin for seizures",
        "help me stop drinking",
    ],
)
def test_idiom_negation_and_reason_for_use_are_no_danger(rules: TriageRules, text: str) -> None:
    assert rules.understand(text).urgency is Urgency.NONE


def test_a_seizure_last_year_is_a_history_that_raises_the_level_of_care(rules: TriageRules) -> None:
    known = rules.understand("I had a seizure last year when I quit")
    assert known.urgency is Urgency.NONE
    assert flags(known) == {"prior_complicated_withdrawal"}
    assert known.level_of_care is LevelOfCare.MEDICALLY_MANAGED_24H


def test_each_flag_says_which_words_raised_it(rules: TriageRules) -> None:
    (flag,) = rules.understand("help, my brother is Not  Breathing").flags
    assert flag.words == ("Not  Breathing",)


def test_a_whole_first_text_is_understood_at_once(rules: TriageRules) -> None:
    known = rules.understand("i take klonapin, im 34 and depressed. have medicaid, 02150")
    assert [substance.id for substance in known.substances] == ["clonazepam"]
    assert (known.payer, known.zip, known.age, known.need) == ("medicaid", "02150", 34, Need.DETOX)
    assert known.dual_diagnosis
    assert known.urgency is Urgency.NONE


def test_digits_of_another_script_are_digits(rules: TriageRules) -> None:
    assert rules.understand("heroin, \u0660\u0662\u0661\u0665\u0660").zip == "02150"


def test_an_ambiguous_name_decides_nothing_and_asks(rules: TriageRules) -> None:
    known = rules.understand("been doing k every weekend")
    assert known.substances == ()
    assert known.unclear[0].words == "k"
    assert set(known.unclear[0].substances) == {"clonazepam", "dissociative"}


def test_an_opioid_with_a_sedative_is_medically_managed(rules: TriageRules) -> None:
    known = rules.understand("percs and xanax every day")
    assert flags(known) == {"opioid_plus_sedative"}
    assert known.level_of_care is LevelOfCare.MEDICALLY_MANAGED_24H


def test_a_prescribed_medicine_taken_as_directed_goes_to_the_prescriber_first(rules: TriageRules) -> None:
    known = rules.understand("My doctor prescribed ativan and I take it exactly as prescribed")
    assert known.level_of_care is LevelOfCare.PRESCRIBER_FIRST
