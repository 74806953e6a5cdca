"""The words of the line on a page: found, previewed, counted; the follow-up plans in words."""

from collections.abc import Callable

import pytest

from routing.vocabulary import Role
from services import phrase_desk
from services.house import House
from tests.fixtures.people import Browser

SignIn = Callable[[Role], Browser]


def test_phrases_are_found_with_their_gaps_filled_and_counted_as_texts(house: House, sign_in_as: SignIn) -> None:
    browser = sign_in_as(Role.ADMIN)
    _, page = browser.get("/phrases?q=check_in")
    assert "follow_up.check_in" in page
    assert "{organisation}" in page  # as it is written
    assert "Harborline" in page
    assert "one text" in page or "counts as" in page
    assert 'data-speak="follow_up-check_in-es"' in page
    assert "No phrase holds these words" in browser.get("/phrases?q=zzzz")[1]
    assert browser.get("/phrases?family=nothing")[0] == 200
    for row in phrase_desk.phrases(house, "", ""):
        assert "{" not in "".join(row.preview.values()), row.key
    assert sum(len(phrase_desk.phrases(house, family, "")) for family in phrase_desk.families(house)) == len(
        house.phrases.table
    )


@pytest.mark.usefixtures("zip_codes")
def test_plans_are_told_with_due_times_channels_and_words(house: House, sign_in_as: SignIn) -> None:
    browser = sign_in_as(Role.AUDITOR)
    _, page = browser.get("/plans")
    assert "After a referral" in page
    assert "1 d" in page
    assert house.phrases.table["follow_up.week"]["en"].split("{")[0][:20].replace("'", "&#39;") in page
    assert browser.get("/phrases")[0] == 200
