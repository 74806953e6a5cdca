"""The console as it runs: web and events processes of their own, and Chromium in front of them."""

import itertools
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from sqlalchemy import Engine, delete

from config.settings import load_settings
from models.contacts import Contact
from models.disclosures import Disclosure, DisclosureConsent
from models.people import Counselor, Shift, counselor_by_email
from routing.vocabulary import Role
from services.counselors import NewCounselor, add_counselor
from services.directory.importing import ImportWish, import_directory
from services.house import House
from tests.fixtures.chromium import PATIENCE_MS
from tests.fixtures.database import Copies
from tests.fixtures.directory import place, plain_csv
from tests.fixtures.line import free_ports
from tests.fixtures.people import PASSWORD
from workers.household import build_house
from workers.relay import build_relay

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 180
ANSWER_SECONDS = 20
REFUSED_BY_A_STORY = ("Failed to load resource", "Response Status", "htmx:afterRequest", "htmx:sendError")
AREAS = (857, 781, 508)  # of colleagues' phones; callers are in others
_colleagues = itertools.count()
GUNICORN = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"]


@dataclass(frozen=True)
class Console:
    """A running console: its address, and a house on the same database whose changes reach open pages."""

    url: str
    house: House
    environment: dict[str, str]
    events: list[subprocess.Popen[bytes]]

    def start_events(self) -> None:
        """Start the events process, again after it was stopped."""
        app = ["--worker-class", "gevent", "--bind", f"127.0.0.1:{self.environment['EVENTS_PORT']}"]
        self.events.append(_start([*GUNICORN, *app, "web.events:create_events_app()"], self.environment))
        _wait_for(f"http://127.0.0.1:{self.environment['EVENTS_PORT']}/healthz")

    def stop_events(self) -> None:
        """Take the live events away, as a crash would."""
        process = self.events.pop()
        process.kill()
        process.wait()


def _start(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=ANSWER_SECONDS):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"{url} did not answer within {START_SECONDS} s")


@pytest.fixture(scope="session")
def console(copies: Copies, own_redis_url: str, keys: None) -> Iterator[Console]:
    """Web and events on a database of their own."""
    port, events_port, simulator_port = free_ports(3)
    environment = {
        "APP_ENV": "test",
        "DATABASE_URL": copies.make(),
        "REDIS_URL": own_redis_url,
        "PORT": str(port),
        "EVENTS_PORT": str(events_port),
        "SIMULATOR_PORT": str(simulator_port),  # where nobody listens, save a test that starts a simulator there
    }
    settings = load_settings(environment)
    house = build_house(settings, statement_timeout_ms=30_000, after_commit=build_relay(settings, for_web=False).nudge)
    web = _start([*GUNICORN, "app:create_app()"], environment)
    running = Console(f"http://127.0.0.1:{environment['PORT']}", house, environment, [])
    try:
        running.start_events()
        _wait_for(f"{running.url}/healthz")
        yield running
    finally:
        for process in [web, *running.events]:
            process.kill()  # how they stop in peace is tested where they are supervised
            process.wait()
        assert isinstance(house.db.bind, Engine)
        house.db.bind.dispose()


def _complains(said: ConsoleMessage) -> bool:
    """Whether a page complains of itself, and not of an answer or a connection that a story refuses it."""
    return said.type in ("error", "warning") and not said.text.startswith(REFUSED_BY_A_STORY)


@pytest.fixture
def context(chromium: Browser, console: Console) -> Iterator[BrowserContext]:
    """A fresh browser window in English, by day, on a desk; whatever its pages complain about fails the test."""
    opened = chromium.new_context(
        base_url=console.url, viewport={"width": 1280, "height": 860}, locale="en-US", color_scheme="light"
    )
    opened.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    opened.on("weberror", lambda error: complaints.append(str(error.error)))
    opened.on("console", lambda said: complaints.append(said.text) if _complains(said) else None)
    yield opened
    opened.close()
    assert complaints == []


@pytest.fixture(autouse=True)
def quiet_line(console: Console) -> None:
    """No contact of an earlier test, and nobody on shift."""
    with console.house.db.begin() as session:
        for kept in (Disclosure, DisclosureConsent, Contact, Shift):
            session.execute(delete(kept))


@pytest.fixture
def colleague(console: Console) -> Callable[..., Counselor]:
    """Adds somebody who can sign in."""

    def add(name: str, role: Role = Role.COUNSELOR) -> Counselor:
        number = next(_colleagues)  # no two have the same phone, and no caller has it
        email = f"{name.lower().replace(' ', '.')}.{number}@line.example"
        phone = f"+1{AREAS[number // 100]}55501{number % 100:02}"
        new = NewCounselor(email, name, role.value, phone, PASSWORD, "America/New_York")
        assert add_counselor(console.house, new, datetime.now(UTC)) == ()
        with console.house.db.begin() as session:
            found = counselor_by_email(session, email)
            assert found is not None
            return found

    return add


@pytest.fixture
def signed_in(context: BrowserContext, colleague: Callable[..., Counselor]) -> Callable[..., tuple[Page, Counselor]]:
    """Signs a new colleague in by the page, and gives both."""

    def enter(name: str = "Ana Ruiz", role: Role = Role.COUNSELOR) -> tuple[Page, Counselor]:
        person = colleague(name, role)
        page = context.new_page()
        page.goto("/sign-in")
        page.get_by_label("E-mail address").fill(person.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/contacts")
        return page, person

    return enter


@pytest.fixture(scope="session")
def directory(console: Console, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The invented sample directory, and far away a place that is perhaps another one anew."""
    files = [ImportWish(ROOT / "samples" / "directory.csv")]
    rows = [("Mesa House", "9 Mesa Road"), ("Butte Recovery", "80 Butte Road")]
    for year, (name, street) in enumerate(rows, 2024):
        path = tmp_path_factory.mktemp("directory") / f"wyoming-{year}.csv"
        fields = place(name, street1=street, city="Cheyenne", state="WY", zip="82001", phone="307-555-0144")
        path.write_text(plain_csv([fields]))
        files.append(ImportWish(path, "state:WY", as_of=date(year, 1, 1), retire_confirmed=True))
    for wish in files:
        assert not import_directory(console.house, wish, datetime.now(UTC)).errors
