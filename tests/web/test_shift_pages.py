"""The week with its gaps, people's shifts by form, and a shift that goes from one page to another."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from models.people import AuditEvent, Counselor
from routing.shift_words import parse_shifts, written
from routing.vocabulary import Role
from services import schedules
from services.house import House
from tests.fixtures.people import Browser

SignIn = Callable[[Role], Browser]
NIGHTS = {"days": "4", "start": "22:00", "end": "06:00", "repeats": "weekly"}


def give(house: House, person: Counselor, words: str, *languages: str) -> None:
    with house.db.begin() as session:
        found = session.get_one(Counselor, person.id)
        found.shifts = [schedules.shift(pattern) for pattern in parse_shifts(words)]
        found.languages = list(languages) or ["en"]


def shifts_of(house: House, person: Counselor) -> list[str]:
    with house.db.begin() as session:
        return sorted(written(pattern) for pattern in schedules.patterns(session.get_one(Counselor, person.id)))


@pytest.fixture
def leader(sign_in_as: SignIn) -> Browser:
    return sign_in_as(Role.SUPERVISOR)


@pytest.fixture
def counselor(sign_in_as: SignIn) -> Browser:
    return sign_in_as(Role.COUNSELOR)


def test_the_week_says_in_words_where_nobody_is(house: House, leader: Browser, counselor: Browser) -> None:
    give(house, counselor.person, "daily 06:00-24:00; daily 00:00-02:00", "en")
    status, page = leader.get("/coverage?from=2026-11-23")
    assert status == 200
    assert page.count("Nobody 02:00–06:00") == 7, "said once for anyone, not again for English"
    assert "Nobody on the roster for: Spanish." in page
    assert "Gaps: 1" in page
    assert "Monday, 23 Nov" in page
    assert leader.get("/coverage?from=1026-11-23")[0] == 404
    assert counselor.get("/coverage")[0] == 403


def test_a_day_of_twenty_three_hours_is_whole(house: House, leader: Browser, counselor: Browser) -> None:
    give(house, counselor.person, "daily 00:00-24:00", "en", "es")
    _, page = leader.get("/coverage?from=2026-03-08")
    assert "Nobody <" not in page
    assert page.count("Covered</span></h2>") == 7


def test_shifts_are_added_and_removed_by_form(house: House, leader: Browser, counselor: Browser) -> None:
    address = f"/roster/{counselor.person.id}"
    assert leader.post(f"{address}/shifts", **NIGHTS)[0] == 302
    assert (
        leader.post(f"{address}/shifts", **NIGHTS | {"repeats": "nth:-1", "start": "09:00", "end": "17:00"})[0] == 302
    )
    assert leader.post(f"{address}/shifts", **NIGHTS | {"repeats": "2", "from": "2026-01-02"})[0] == 302
    once = {"repeats": "once", "from": "2026-12-24", "start": "18:00", "end": "23:00"}
    assert leader.post(f"{address}/shifts", **once)[0] == 302
    assert shifts_of(house, counselor.person) == [
        "2026-12-24 18:00-23:00",
        "every 2 weeks fri 22:00-06:00 from 2026-01-02",
        "fri 22:00-06:00",
        "last fri 09:00-17:00",
    ]
    _, page = leader.get(address)
    for words in (
        "Last Friday of the month <strong>09:00–17:00",
        "Once, Thursday, 24 Dec 2026:",
        "Every 2 weeks, Friday",
    ):
        assert words in page
    gone = re.findall(r'action="([^"]+/remove)"', page)
    assert [leader.post(action)[0] for action in gone[:1]] == [302]
    assert len(shifts_of(house, counselor.person)) == 3
    assert leader.post(gone[0])[0] == 404
    with house.db.begin() as session:
        kinds = session.scalars(select(AuditEvent.kind)).all()
    assert (kinds.count("shift_added"), kinds.count("shift_removed")) == (4, 1)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"days": ""}, "Choose one day or more"),
        ({"start": "25:00"}, "such as 22:00"),
        ({"repeats": "3"}, "Choose the first day"),
        ({"repeats": "once"}, "Choose the first day"),
        ({"repeats": "never"}, "Choose how"),
        ({"from": "2026-02-01", "until": "2026-01-01"}, "comes before the first"),
    ],
)
def test_a_form_that_makes_no_shift_changes_nothing_and_says_why(
    house: House, leader: Browser, fields: dict[str, str], said: str
) -> None:
    status, page = leader.post(f"/roster/{leader.person.id}/shifts", **NIGHTS | fields)
    assert (status, said in page) == (422, True)
    assert shifts_of(house, leader.person) == []


def test_the_roster_shows_who_answers_with_masked_phones(leader: Browser, counselor: Browser) -> None:
    _, page = leader.get("/roster")
    assert "••• ••• ••10" in page
    assert counselor.person.phone
    assert counselor.person.phone not in page
    assert counselor.get("/roster")[0] == 403


def test_a_shift_goes_from_one_persons_page_to_anothers(house: House, leader: Browser, counselor: Browser) -> None:
    give(house, counselor.person, f"{datetime.now(UTC).date() + timedelta(days=3)} 09:00-17:00")
    _, page = counselor.get("/shifts")
    fields = {name: re.findall(f'name="{name}" value="([^"]+)"', page)[0] for name in ("starts", "ends")}
    assert counselor.post("/shifts/offer", **fields, to="")[0] == 302
    assert counselor.post("/shifts/offer", **fields, to="")[0] == 422, "it is offered already"
    assert "Offered: yours until somebody takes it" in counselor.get("/shifts")[1]
    _, page = leader.get("/shifts")
    take = re.findall(r'action="([^"]+/take)"', page)[0]
    assert leader.post(take)[0] == 302
    assert "no longer open" in leader.post(take)[1] or "You work then yourself" in leader.post(take)[1]
    assert "No shifts in the next two weeks." in counselor.get("/shifts")[1]
    assert f"{leader.person.name} works for {counselor.person.name}" in leader.get("/coverage")[1]


def test_time_off_and_reminders_are_ones_own(house: House, leader: Browser, counselor: Browser) -> None:
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    span = {"starts": f"{tomorrow}T09:00", "ends": f"{tomorrow}T17:00"}
    assert counselor.post("/shifts/time-off", **span)[0] == 302
    assert "Give a day and a time" in counselor.post("/shifts/time-off", **span | {"ends": "soon"})[1]
    assert leader.post(f"/roster/{counselor.person.id}/time-off", **span | {"ends": span["starts"]})[0] == 422
    _, page = counselor.get("/shifts")
    assert "09:00–17:00" in page
    withdraw = re.findall(r'action="([^"]+/withdraw)"', page)[0]
    assert leader.post(withdraw)[0] == 422, "it is not theirs"
    assert counselor.post(withdraw)[0] == 302
    assert counselor.post("/shifts/reminder", minutes="60")[0] == 302
    assert counselor.post("/shifts/reminder", minutes="61")[0] == 400
    with house.db.begin() as session:
        assert session.get_one(Counselor, counselor.person.id).reminder_minutes == 60
