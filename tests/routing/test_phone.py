"""Numbers are written one way and shown only as far as needed."""

import pytest

from routing.phone import e164, masked, spoken


@pytest.mark.parametrize("words", ["+16175550123", "617-555-0123", "(617) 555 0123", "1 617 555 0123"])
def test_a_number_is_written_one_way(words: str) -> None:
    assert e164(words) == "+16175550123"


@pytest.mark.parametrize("words", ["", "soon", "555-0123", "+1617555012345"])
def test_what_is_no_number_is_none(words: str) -> None:
    assert e164(words) is None


def test_a_masked_number_shows_two_digits() -> None:
    assert masked("+16175550123") == "••• ••• ••23"
    assert masked(None) == ""


def test_a_number_is_shown_as_people_write_it() -> None:
    assert spoken("+16175550123") == "(617) 555-0123"
    assert spoken("+525555555501").startswith("+52 55")
