"""The reports page: figures in words for those who answer for the line, the same numbers as CSV."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from models.contacts import Contact, record
from models.people import AuditEvent
from routing.vocabulary import ContactStatus, Role
from services.alarms import AlarmKind, raise_alarm
from services.house import House
from services.reports import today
from tests.fixtures.people import Browser

SignIn = Callable[[Role], Browser]


@pytest.fixture
def calls(house: House, add_contact: Callable[..., Contact]) -> None:
    """One call answered after 12 s, one given up."""
    answered, left = (add_contact(ContactStatus.CLOSED, waited=3600) for _ in range(2))
    in_time = timedelta(seconds=12)
    with house.db.begin() as session:
        record(session, answered.id, "connected", answered.opened_at + in_time)
        record(session, left.id, "caller_left", left.opened_at + in_time, waited=12)


@pytest.mark.usefixtures("calls")
def test_an_auditor_reads_the_figures_and_takes_them_home(sign_in_as: SignIn) -> None:
    browser = sign_in_as(Role.AUDITOR)
    status, page = browser.get("/reports")
    days = page.partition('id="days-table"')[2].partition("</table>")[0]
    assert ('<td class="figure">' in days, days.count('data-label="Answered"') > 0) == (False, True)
    assert status == 200
    assert "50.0 %" in page
    assert 'class="piece in_time"' in page
    yesterday = (datetime.now(UTC) - timedelta(days=2)).date()
    _, text = browser.get(f"/reports/figures.csv?since={yesterday}&zone=UTC")
    figures = dict(csv.reader(io.StringIO(text)))
    assert (figures["calls_offered"], figures["first_wait_gave_up"], figures["answered_within_15_s"]) == (
        "2",
        "1",
        "0.5",
    )
    for table in ("days", "hours", "needs", "follow_ups", "referrals"):
        assert browser.get(f"/reports/{table}.csv")[0] == 200
    assert browser.get("/reports/everything.csv")[0] == 404


@pytest.mark.usefixtures("calls")
def test_the_board_tells_todays_figures_and_to_those_who_lead_the_alarms(house: House, sign_in_as: SignIn) -> None:
    with house.db.begin() as session:
        raise_alarm(session, AlarmKind.PROVIDER, datetime.now(UTC))
        opened = session.scalars(select(Contact.opened_at)).first()
    assert opened is not None
    figures = today(house, opened)
    assert (figures.offered, figures.answered, figures.within) == (2, 1, (0.5, 0.5))
    browser = sign_in_as(Role.SUPERVISOR)
    assert "/board/today" in browser.get("/board")[1]
    assert "Twilio" in browser.get("/board/today")[1]
    counselor = sign_in_as(Role.COUNSELOR)
    assert "Twilio" not in counselor.get("/board/today")[1]
    with house.db.begin() as session:
        raise_alarm(session, AlarmKind.PROVIDER, datetime.now(UTC))
    seen = "/board/alarms/" + browser.get("/board/today")[1].split("/board/alarms/")[1].split('"')[0]
    assert counselor.post(seen, count="2")[0] == 403
    assert browser.post(seen, count="1")[0] == 409, "it happened again since the page was read"
    page = browser.post(seen, count="2")[1]
    assert (seen in page, "Seen: 1" in page, f"by {browser.person.name}" in page) == (False, True, True)
    with house.db.begin() as session:
        told = session.scalars(select(AuditEvent).where(AuditEvent.kind == "alarm_seen")).one()
        assert (told.actor_id, told.data) == (browser.person.id, {"alarm": "provider", "count": 2})
        raise_alarm(session, AlarmKind.PROVIDER, datetime.now(UTC))
    assert "/board/alarms/" in browser.get("/board/today")[1], "unfolded once it happens again"


@pytest.mark.parametrize(
    "asked",
    ["since=tomorrow", "since=2026-02-02&until=2026-01-01", "zone=Mars/Base", "until=9999-12-31", "since=2020-01-01"],
)
def test_a_period_that_cannot_be_is_refused_in_words(sign_in_as: SignIn, asked: str) -> None:
    status, page = sign_in_as(Role.SUPERVISOR).get(f"/reports?{asked}")
    assert status == 400
    assert "<h1" in page


def test_without_calls_it_says_so(sign_in_as: SignIn) -> None:
    assert "Nobody reached out" in sign_in_as(Role.ADMIN).get("/reports?since=2026-01-01&until=2026-01-02")[1]
