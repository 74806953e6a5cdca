"""The words of the line on a page: found, previewed, counted; the follow-up plans in words."""

from collections.abc import Callable

import pytest

from routing.vocabulary import Role
from services import phrase_desk
from services.house import House
from services.phrase_desk import PhraseRow
from services.phrase_parts import PARTS
from tests.fixtures.people import Browser
from web.words import table

SignIn = Callable[[Role], Browser]


def test_phrases_are_found_with_their_gaps_filled_and_counted_as_texts(house: House, sign_in_as: SignIn) -> None:
    browser = sign_in_as(Role.ADMIN)
    _, page = browser.get("/phrases?q=check_in")
    assert "follow_up.check_in" in page
    assert "Harborline" in page
    assert "one text" in page or "counts as" in page
    assert 'data-speak="follow_up-check_in-es"' in page
    assert "No phrase holds these words" in browser.get("/phrases?q=zzzz")[1]
    by_accent = browser.get("/phrases?q=para+espanol")[1]
    assert "voice.spanish_key" in by_accent
    assert "Greeting a caller" in by_accent
    assert "as shipped" in browser.get("/phrases?part=nothing")[1]
    assert "Nobody has changed a phrase" in browser.get("/phrases?part=changed")[1]


def test_every_phrase_has_one_part_and_no_part_is_long(house: House) -> None:
    rows: list[PhraseRow] = []
    for part, count, _ in phrase_desk.parts(house):
        pages = [phrase_desk.phrases(house, part, "", page) for page in (1, 2)]
        assert (pages[0].found, pages[0].pages <= 2) == (count, True), part
        assert f"phrase_part.{part}" in table("es")
        rows += [row for page in pages[: pages[0].pages] for row in page.rows]
    assert sorted(row.key for row in rows) == sorted(house.phrases.table)
    for row in rows:
        assert "{" not in "".join(row.preview.values()), row.key
    beginnings = [beginning for one in PARTS.values() for beginning in one]
    idle = [beginning for beginning in beginnings if not any(row.key.startswith(beginning) for row in rows)]
    assert (idle, len(set(beginnings))) == ([], len(beginnings))


@pytest.mark.usefixtures("zip_codes")
def test_plans_are_told_with_due_times_channels_and_words(house: House, sign_in_as: SignIn) -> None:
    browser = sign_in_as(Role.AUDITOR)
    _, page = browser.get("/plans")
    assert "After a referral" in page
    assert "1 d" in page
    assert house.phrases.table["follow_up.week"]["en"].split("{")[0][:20].replace("'", "&#39;") in page
    assert browser.get("/phrases")[0] == 200
