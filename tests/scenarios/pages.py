"""People of the line at its pages, in Chromium."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from playwright.sync_api import Browser, Page

from routing.vocabulary import Role
from runtime.processes import wait_until
from runtime.supervise import read_procfile
from services.counselors import NewCounselor, add_counselor
from tests.fixtures.line import ROOT, Line, answer_of
from tests.fixtures.people import PASSWORD


def with_live_pages(line: Line) -> None:
    """The line's events process, which is started for those stories alone that look at pages."""
    if "events" not in line.supervisor.pids():
        line.supervisor.add({"events": read_procfile(ROOT / "Procfile")["events"]})
    assert wait_until(lambda: bool(answer_of(f"http://127.0.0.1:{line.settings.events_port}/healthz")), 60.0)


@contextmanager
def at_the_pages(line: Line, chromium: Browser, name: str, phone: str, role: Role = Role.COUNSELOR) -> Iterator[Page]:
    """Somebody with this phone, signed in."""
    email = f"{name.lower()}@harborline.example"
    person = NewCounselor(email, name, role.value, phone, PASSWORD, "America/New_York")
    assert add_counselor(line.house, person, datetime.now(UTC)) == ()
    context = chromium.new_context(locale="en-US", viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(f"{line.base_url}/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/contacts")
    yield page
    context.close()
