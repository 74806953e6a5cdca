"""Where somebody is: ZIP codes and towns as people write and say them, and numbers and words that are none."""

import pytest

from routing.triage import TriageRules

ZIPS = {
    "02150": [
        *("oh two one five oh", "cero dos uno cinco cero", "zip is 0 2 1 5 0", "02150-1234", "0215O", "zip02150"),
        *("02 150", "zip code oh twenty one fifty", "zero, two, one, five, zero", "oh two fifteen oh is my zip"),
        *("zip 02150, phone 617-555-0134", "I'm 34 and in 02150", "12345 main street chelsea ma 02150"),
        *("clone a pin 02150", "02150 living on the street", "no longer 60601, now 02150", "not 60601, its 02150"),
        *("I live in 02150 but moving to 60601", "I used to live in 60601, I am in 02150", "low income 02150"),
    ],
    "33125": ["mi codigo postal es treinta y tres uno veinticinco", "vivo en tres tres uno dos cinco y tomo xanax"],
    "85001": ["eighty five oh oh one", "eight five double zero one", "ochenta y cinco cero cero uno"],
    "60601": ["sixty six oh one"],
    "44101": ["i live in cleveland, oh 4 4 1 0 1", "four four one oh one, thirty days sober"],
    "96910": ["Guam 96910"],
    "09012": ["APO AE 09012"],
}
NO_ZIPS = [
    *("call me at 617-555-0134", "six one seven five five five oh one three four", "dob 12/31/1985", "took 30 300 mg"),
    *("i live at 12345 main street", "$12345", "45000 a year", "20000 in debt", "member id: 12345", "00000", "99999"),
    *("in 12345 seconds", "dos o tres al dia", "i take 2 0 5 mg", "nine one one"),
]
TOWNS = {
    ("Springfield", "MA"): "Springfield mass",
    ("Boston", "MA"): "boston massachusetts",
    ("Chelsea", "MA"): "i live in chelsea ma and take klonopin",
    ("Quincy", "MA"): "in Quincy, MA",
    ("Mobile", "AL"): "mobile alabama",
    ("Saint Louis", "MO"): "st. louis, MO",
    ("Cleveland", "OH"): "cleveland oh",
    ("Philadelphia", "PA"): "philidelphia pa",
    ("Washington", "DC"): "Washington, D.C.",
    ("Lowell", None): "cerca de lowell",
    ("Las Vegas", None): "i am in vegas",
    ("Boston", None): "i used to live in miami but now im in boston",
    (None, "PR"): "puerto rico",
    (None, "GU"): "im on guam",
}
NO_TOWNS = [
    *("im in pain", "in need of help", "in recovery", "near death", "i feel normal", "in hope of getting clean"),
    *("Call ME", "i am ill", "he is in detox or rehab", "my daughter madison is on xanax", "I NEED HELP IN HOPE"),
]


@pytest.mark.parametrize(("zip5", "text"), [(zip5, text) for zip5, texts in ZIPS.items() for text in texts])
def test_a_zip_is_heard_however_it_is_said(triage_rules: TriageRules, zip5: str, text: str) -> None:
    assert triage_rules.understand(text).zip == zip5


@pytest.mark.parametrize("text", NO_ZIPS)
def test_other_numbers_are_no_zip(triage_rules: TriageRules, text: str) -> None:
    assert triage_rules.understand(text).zip is None


@pytest.mark.parametrize(("place", "text"), TOWNS.items())
def test_a_town_is_heard_with_its_state(triage_rules: TriageRules, place: tuple[str, str], text: str) -> None:
    known = triage_rules.understand(text)
    assert (known.city, known.state) == place


@pytest.mark.parametrize("text", NO_TOWNS)
def test_words_that_are_names_of_towns_are_none(triage_rules: TriageRules, text: str) -> None:
    known = triage_rules.understand(text)
    assert (known.city, known.state) == (None, None)


def test_a_town_alone_is_an_answer_to_the_question_where(triage_rules: TriageRules) -> None:
    assert triage_rules.understand("chelsea", asked="zip").city == "Chelsea"
    assert triage_rules.understand("chelsea").city is None
