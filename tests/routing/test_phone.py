"""Numbers are written one way and shown only as far as needed."""

import pytest

from routing.phone import dialled, e164, masked, spoken


@pytest.mark.parametrize("words", ["+16175550123", "617-555-0123", "(617) 555 0123", "1 617 555 0123"])
def test_a_number_is_written_one_way(words: str) -> None:
    assert e164(words) == "+16175550123"


@pytest.mark.parametrize("words", ["", "soon", "555-0123", "+1617555012345"])
def test_what_is_no_number_is_none(words: str) -> None:
    assert e164(words) is None


@pytest.mark.parametrize("words", ["617-555-0123 x20", "(617) 555-0123 ext. 20", "+16175550123;ext=20"])
def test_an_extension_is_dialled_and_shown(words: str) -> None:
    assert dialled(words) == "+16175550123;ext=20"
    assert spoken(words) == spoken("+16175550123;ext=20") == "(617) 555-0123 ext. 20"


def test_a_number_without_an_extension_is_dialled_as_it_is_and_words_never() -> None:
    assert dialled("617-555-0123") == "+16175550123"
    assert dialled("ask for 20") is None


def test_a_masked_number_shows_two_digits() -> None:
    assert masked("+16175550123") == "••• ••• ••23"
    assert masked(None) == ""


def test_a_number_is_shown_as_people_write_it() -> None:
    assert spoken("+16175550123") == "(617) 555-0123"
    assert spoken("+525555555501").startswith("+52 55")
