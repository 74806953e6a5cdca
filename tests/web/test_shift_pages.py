"""The week with its gaps, people's shifts by form, and a shift that goes from one page to another."""

import html
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from models.people import AuditEvent, Counselor
from models.texts import TextMessage
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


def ahead(fits: Callable[[date], bool]) -> date:
    """The first fitting day, from a week on."""
    return next(day for n in range(7, 400) if fits(day := datetime.now(UTC).date() + timedelta(days=n)))


def clocks_change(day: date) -> bool:
    """The second Sunday of March: New York has 23 hours."""
    return (day.month, day.weekday()) == (3, 6) and 8 <= day.day <= 14


@pytest.fixture
def leader(sign_in_as: SignIn) -> Browser:
    return sign_in_as(Role.SUPERVISOR)


@pytest.fixture
def counselor(sign_in_as: SignIn) -> Browser:
    return sign_in_as(Role.COUNSELOR)


def test_the_week_says_in_words_where_nobody_is(house: House, leader: Browser, counselor: Browser) -> None:
    give(house, counselor.person, "daily 06:00-24:00; daily 00:00-02:00", "en")
    monday = ahead(lambda day: day.weekday() == 0 and day.month not in (3, 10, 11))  # no week of other clocks
    status, page = leader.get(f"/coverage?from={monday}")
    assert status == 200
    assert page.count("Nobody 02:00–06:00") == 7, "said once for anyone, not again for English"
    assert "Nobody on the roster for: Spanish." in page
    assert "Gaps: 1" in page
    assert f"Monday, {monday:%-d %b}" in page
    assert "today" in leader.get("/coverage?from=1026-11-23")[1], "no day of ours"
    assert counselor.get("/coverage")[0] == 403


def test_a_day_of_twenty_three_hours_is_whole(house: House, leader: Browser, counselor: Browser) -> None:
    give(house, counselor.person, "daily 00:00-24:00", "en", "es")
    _, page = leader.get(f"/coverage?from={ahead(clocks_change)}")
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


def changes(page: str) -> list[str]:
    """The address of every shift on the calendar that can be moved, in order."""
    return [html.unescape(link) for link in re.findall(r'<a class="button small" data-move href="([^"]+)"', page)]


def test_a_shift_is_put_elsewhere_once_or_from_now_on_and_gaps_follow(
    house: House, leader: Browser, counselor: Browser
) -> None:
    monday = datetime.now(UTC).date() + timedelta(weeks=1, days=7 - datetime.now(UTC).weekday())
    week = f"/coverage?from={monday}"
    friday, before, after = (monday + timedelta(days=n) for n in (4, 3, 11))
    give(house, counselor.person, "fri 22:00-06:00")
    (address,) = changes(leader.get(week)[1])
    _, form = leader.get(address)
    assert f'value="{friday}T22:00"' in form
    assert "Which shifts are meant?" in form
    times = {"starts": f"{friday}T20:15", "ends": f"{monday + timedelta(days=5)}T06:00"}
    status, said = leader.post(address, **times)
    assert (status, "Choose whether this one only" in said) == (422, True)
    assert leader.post(address, **times, scope="once")[0] == 204
    assert shifts_of(house, counselor.person) == [
        f"{friday} 20:15-06:00",
        f"fri 22:00-06:00 from {after}",
        f"fri 22:00-06:00 until {before}",
    ]
    status, said = leader.post(address, **times, scope="once")
    assert (status, "Somebody changed it meanwhile" in said) == (409, True)
    (address,) = changes(leader.get(week)[1])
    assert "Which shifts are meant?" not in leader.get(address)[1], "it comes once"
    back = {"starts": f"{friday}T22:00", "ends": times["ends"]}
    moved = leader.client.post(address, data=back | {"csrf_token": leader.token})
    assert shifts_of(house, counselor.person) == ["fri 22:00-06:00"], "put back, it leaves no trace"
    _, page = leader.get(moved.headers["Location"])
    said = page.partition('id="saved"')[2].partition("</div>")[0]
    assert "Saved: Ana Ruiz, Friday" in said
    assert re.search(r"Gaps on Friday[^<]*00:00–22:00", said), "and on what day nobody is there then"
    assert "Nobody 00:00–22:00" in page
    (address,) = changes(page)
    sooner = {"starts": f"{before}T21:00", "ends": f"{friday}T05:00"}
    assert leader.post(address, **sooner, scope="follow")[0] == 204
    assert shifts_of(house, counselor.person) == [f"fri 22:00-06:00 until {before}", f"thu 21:00-05:00 from {before}"]
    with house.db.begin() as session:
        assert session.scalars(select(AuditEvent.kind)).all().count("shift_moved") == 3
        notices = session.scalars(select(TextMessage).order_by(TextMessage.position)).all()
    assert "is now 21:00 on Thursday" in notices[-1].body
    assert counselor.get(address)[0] == 403


def test_what_is_in_the_way_of_a_shift_is_said_and_nothing_moves(
    house: House, leader: Browser, counselor: Browser
) -> None:
    day = datetime.now(UTC).date() + timedelta(days=10)
    words = [f"{day} 09:00-17:00", f"{day} 20:00-23:00", f"{datetime.now(UTC).date() - timedelta(days=2)} 00:00-24:00"]
    nth = f"{('first', 'second', 'third', 'fourth', 'fifth')[(day.day - 1) // 7]} {day:%a} 01:00-02:00".lower()
    give(house, counselor.person, "; ".join([*words, nth]))
    tomorrow = day + timedelta(days=1)
    assert counselor.post("/shifts/time-off", starts=f"{tomorrow}T09:00", ends=f"{tomorrow}T12:00")[0] == 302
    found = changes(leader.get(f"/coverage?from={day}")[1])
    address = next(link for link in found if f'value="{day}T09:00"' in leader.get(link)[1])
    for starts, ends, said in (
        (f"{day}T10:00", f"{day}T21:00", "They work then already:"),
        (f"{tomorrow}T11:00", f"{tomorrow}T17:00", "They are off then:"),
        (f"{day}T09:00", f"{tomorrow}T09:15", "at most 24 hours"),
        (f"{day}T09:00", f"{day}T09:00", "The end comes before"),
        ("2026-01-01T09:00", "2026-01-01T10:00", "That time is over."),
        ("soon", f"{day}T17:00", "Give a day and a time"),
    ):
        status, page = leader.post(address, starts=starts, ends=ends)
        assert (status, said in page) == (422, True), said
    of_month = next(link for link in found if f'value="{day}T01:00"' in leader.get(link)[1])
    away = {"starts": f"{tomorrow}T01:00", "ends": f"{tomorrow}T02:00", "scope": "follow"}
    assert "keeps its weekday" in leader.post(of_month, **away)[1]
    _, page = counselor.get("/shifts")
    hours = re.findall(rf'name="starts" value="({day}[^"]+)"><input type="hidden" name="ends" value="([^"]+)"', page)
    starts, ends = hours[1]
    assert counselor.post("/shifts/offer", starts=starts, ends=ends, to="")[0] == 302
    status, page = leader.post(address, starts=f"{day}T08:00", ends=f"{day}T16:00")
    assert (status, "Take that back first" in page) == (422, True)
    assert len(shifts_of(house, counselor.person)) == 4
    assert words[0] in shifts_of(house, counselor.person)


def test_a_shift_stays_on_its_counselors_own_clock_when_the_clocks_change(
    house: House, leader: Browser, counselor: Browser
) -> None:
    give(house, counselor.person, "sat 20:00-04:00")
    with house.db.begin() as session:
        session.get_one(Counselor, counselor.person.id).timezone = "America/Phoenix"
    sunday = ahead(clocks_change)
    saturday = sunday - timedelta(days=1)
    (address, *_) = changes(leader.get(f"/coverage?from={saturday}")[1])
    _, form = leader.get(address)
    assert f'value="{saturday}T22:00"' in form, "New York is two hours ahead still"
    assert f'value="{sunday}T07:00"' in form, "and three when it ends"
    assert "Mar, 20:00–04:00, and would be" in re.sub(r"\s+", " ", form), "on their own clock"
    assert leader.post(address, starts=f"{saturday}T23:00", ends=f"{sunday}T07:00", scope="follow")[0] == 204
    assert shifts_of(house, counselor.person)[0] == f"sat 20:00-04:00 until {saturday - timedelta(days=1)}"
    assert shifts_of(house, counselor.person)[1] == f"sat 21:00-04:00 from {saturday}"


def test_what_stays_of_a_shift_keeps_its_minute_in_the_night_that_has_it_not(
    house: House, leader: Browser, counselor: Browser
) -> None:
    give(house, counselor.person, "sun 02:30-10:30")
    sunday = ahead(clocks_change)
    (address, *_) = changes(leader.get(f"/coverage?from={sunday}")[1])
    assert f'value="{sunday}T03:00"' in leader.get(address)[1], "02:30 is left out"
    assert leader.post(address, starts=f"{sunday}T03:00", ends=f"{sunday}T11:00", scope="follow")[0] == 204
    assert shifts_of(house, counselor.person)[1] == f"sun 02:30-11:00 from {sunday}"
    assert leader.get(address.rsplit("/", 1)[0] + "/9999-12-31")[0] == 404
