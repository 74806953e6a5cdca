"""The directory, as it is searched on the console."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from routing.vocabulary import Role
from services.directory.importing import ImportWish, import_directory
from services.house import House
from tests.fixtures.directory import WriteCsv, place
from tests.fixtures.people import Browser
from web.console.directory import _website

SignIn = Callable[[Role], Browser]


@pytest.fixture
def directory(match_house: House, write_csv: WriteCsv) -> None:
    """Thirty places in Chelsea, and one in Boston."""
    rows = [place(f"Quay House {n:02}", street1=f"{n} Quay Street", phone=f"617-555-01{n:02}") for n in range(30)]
    elsewhere = place("Lantern & Hall", city="Boston", zip="02119", street1="9 Lantern Street")
    result = import_directory(match_house, ImportWish(write_csv([*rows, elsewhere])), datetime.now(UTC))
    assert result.added == 31, result.refused


@pytest.mark.usefixtures("directory")
def test_a_place_is_found_by_any_of_its_words(sign_in_as: SignIn) -> None:
    browser = sign_in_as(Role.COUNSELOR)
    _, page = browser.get("/directory?q=lantern+boston")
    assert "1 place" in page
    assert "Lantern &amp; Hall" in page
    assert "(617) 555-0123" in page
    assert "Residential detox" in page
    assert "Medicaid" in page


@pytest.mark.usefixtures("directory")
def test_before_a_search_the_page_says_what_there_is_and_what_to_type(sign_in_as: SignIn) -> None:
    _, page = sign_in_as(Role.COUNSELOR).get("/directory")
    assert "31 places" in page
    assert "all the words must fit" in page
    assert "Last brought up to date" in page
    assert 'href="/directory?state=MA"' in page


@pytest.mark.usefixtures("directory")
def test_long_lists_come_in_pages(sign_in_as: SignIn) -> None:
    browser = sign_in_as(Role.AUDITOR)
    _, first = browser.get("/directory?q=quay&state=ma")
    assert "30 places" in first
    assert "Page 1 of 2" in first
    assert "Quay House 00" in first
    assert "Quay House 29" not in first
    assert "Quay House 29" in browser.get("/directory?q=quay&state=MA&page=2")[1]


@pytest.mark.parametrize(
    ("given", "link"),
    [
        ("www.quay.example", "http://www.quay.example"),
        ("https://quay.example", "https://quay.example"),
        ("javascript:alert(1)", "http://javascript:alert(1)"),
        ("ftp://quay.example", ""),
        ("", ""),
    ],
)
def test_a_website_is_a_link_of_the_web_or_none(given: str, link: str) -> None:
    assert _website(given) == link


def test_an_empty_search_and_an_empty_answer_say_what_to_do(sign_in_as: SignIn) -> None:
    browser = sign_in_as(Role.COUNSELOR)
    assert "The directory is empty" in browser.get("/directory")[1]
    assert "Try fewer words" in browser.get("/directory?q=nowhere")[1]
    assert browser.get("/directory?q=x&page=y&state=%00")[0] == 200
