"""An admin looks at places that are perhaps the same, side by side, and says what they are; a command can too."""

import json
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import func, select

from models.facility_pairs import undecided_pairs
from models.people import AuditEvent
from routing.vocabulary import Role
from services.directory.importing import ImportWish, import_directory
from services.house import House
from tests.fixtures.directory import WriteCsv, place
from tests.fixtures.people import Browser
from tests.services.outside import NOON
from tests.web.test_place_page import send

SignIn = Callable[[Role], Browser]


@pytest.fixture
def asked(house: House, zip_codes: None, write_csv: WriteCsv) -> list[int]:
    """Twelve places went and came again under other names; the ids of their pairs."""
    for year, name in ((2024, "Mill"), (2025, "Canal")):
        rows = [place(f"{name} House {n}", street1=f"{n} {name} Road", phone=f"617-555-01{n:02d}") for n in range(12)]
        rows[0]["codes"] += " SP" if year == 2025 else " VET"
        wish = ImportWish(write_csv(rows), "national", as_of=date(year, 1, 1), retire_confirmed=True)
        assert not import_directory(house, wish, NOON).errors
    with house.db.begin() as session:
        return [pair.id for pair in undecided_pairs(session, limit=50, offset=0)[0]]


def test_two_places_stand_side_by_side_and_an_admins_word_is_kept_and_undone(
    house: House, asked: list[int], sign_in_as: SignIn
) -> None:
    admin, path = sign_in_as(Role.ADMIN), "/directory/pairs"
    page = unescape(admin.get(path)[1])
    assert page.count('<h2 id="pair-') == 10
    assert "Page 1 of 2" in page
    assert "Mill House 0 and Canal House 0" in page
    assert page.index("Veterans") < page.index("Spanish")
    assert "Quizá el mismo lugar" in admin.get(f"{path}?page=2", **{"Accept-Language": "es"})[1]
    status, page = send(admin, f"{path}/{asked[0]}?page=2", verdict="same", reason="They moved.")
    assert (status, "Joined. What people said of either place is kept." in page) == (200, True)
    assert "Page 2 of 2" in page
    assert "They moved." in page
    status, page = send(admin, f"{path}/{asked[0]}", verdict="two")
    assert (status, page.count("Somebody has decided this already.")) == (409, 1)
    assert page.index("Somebody has decided") > page.index('id="decided"'), "at the pair that it is about"
    status, page = send(admin, f"{path}/{asked[1]}", verdict="two", reason="long" * 126)
    form = page.partition(f'name="reason" maxlength="500" autocomplete="off" value="{"long" * 126}"')[2]
    assert (status, form.startswith('><p class="wrong" role="alert">')) == (422, True), "with what was written"
    assert send(admin, f"{path}/{asked[1]}", verdict="perhaps")[0] == 400
    assert send(admin, f"{path}/999999", verdict="two")[0] == 404
    assert "Noted as two places." in send(admin, f"{path}/{asked[1]}", verdict="two")[1]
    assert "The two are asked about again." in send(admin, f"{path}/{asked[0]}/reopen")[1]
    with house.db.begin() as session:
        assert undecided_pairs(session, limit=0, offset=0)[1] == 11
        kinds = select(AuditEvent.kind, func.count()).where(AuditEvent.actor_id == admin.person.id)
        noted = {row[0]: row[1] for row in session.execute(kinds.group_by(AuditEvent.kind))}
    assert noted["facilities_joined"] == noted["facilities_parted"] == noted["facilities_told_apart"] == 1


def test_a_command_lists_and_decides_them_too(application: Flask, asked: list[int]) -> None:
    def run(*words: object) -> tuple[int, str, str]:
        done = application.test_cli_runner().invoke(args=["directory", *(str(word) for word in words)])
        return done.exit_code, done.stdout, done.stderr

    listed = [json.loads(line) for line in run("pairs", "--json")[1].splitlines()]
    assert [pair["id"] for pair in listed] == asked
    assert listed[0]["alike"] == ["town", "phone"]
    assert "(alike: town, phone)" in run("pairs")[1]
    assert "Joined." in run("pair", asked[0], "same", "--reason", "moved")[1]
    code, _, wrong = run("pair", asked[0], "two")
    assert (code, wrong.splitlines()[-1]) == (2, "Nothing was changed.")
    assert "Undone." in run("pair", asked[0], "undo")[1]
