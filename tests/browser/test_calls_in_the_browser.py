"""A call is taken in Chromium: switched on, rung, answered by key, talked, hung up and turned off again."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from config.settings import load_settings
from models.contacts import Contact, Leg, events_of
from models.people import Counselor, Shift
from routing.vocabulary import LegKind, Presence
from services import bridging, releasing, ringing
from services.browser_legs import identity
from simulator.clock import RealClock
from simulator.driver import PATIENCE, InProcess, Simulator
from simulator.exchange import Exchange
from simulator.server import create_app
from simulator.settings import Settings as SimulatorSettings
from simulator.transport import HttpTransport
from telephony.build import build_telephony
from tests.browser.conftest import Console
from tests.browser.test_for_everybody import serious_findings

pytestmark = pytest.mark.browser
SignedIn = Callable[..., tuple[Page, Counselor]]
COUNT_DEVICES = """() => {
  self.devices = 0;
  Twilio.Device = class extends Twilio.Device { constructor(...all) { super(...all); self.devices += 1; } };
}"""


@pytest.fixture
def sim(console: Console) -> Iterator[Simulator]:
    """The telephone network on which the console's browsers are rung."""
    settings = load_settings(console.environment)
    world = SimulatorSettings(
        settings.twilio_account_sid,
        settings.twilio_auth_token,
        settings.twilio_api_key_sid,
        settings.twilio_api_key_secret,
        settings.helpline_numbers,
        settings.public_base_url,
    )
    exchange = Exchange(world, RealClock(), HttpTransport())
    exchange.settings.timing.speech = 600
    server = make_server("127.0.0.1", settings.simulator_port, create_app(exchange), threaded=True)
    exchange.engine.start()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield Simulator(InProcess(exchange))
    server.shutdown()
    exchange.engine.stop()
    thread.join(60)
    server.server_close()


def the_contact(console: Console) -> Contact | None:
    with console.house.db.begin() as session:
        return session.scalar(select(Contact))


def newest(console: Console) -> Contact:
    with console.house.db.begin() as session:
        return session.scalars(select(Contact).order_by(Contact.opened_at.desc())).all()[0]


def the_leg(console: Console) -> Leg:
    """The counselor's."""
    with console.house.db.begin() as session:
        return session.scalars(select(Leg).where(Leg.kind == LegKind.COUNSELOR)).one()


def story(console: Console, contact: Contact) -> list[str]:
    with console.house.db.begin() as session:
        return [event.kind for event in events_of(session, contact.id)]


def joined(console: Console) -> bool:
    contact = the_contact(console)
    return contact is not None and contact.counselor_joined_at is not None


def rings_the_phone(console: Console, counselor: Counselor) -> bool:
    with console.house.db.begin() as session:
        return session.get_one(Counselor, counselor.id).browser_until is None


def test_a_call_is_taken_in_the_browser(
    console: Console,
    sim: Simulator,
    context: BrowserContext,
    signed_in: SignedIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The page is scanned while it rings, on a real clock
    monkeypatch.setattr(console.house, "rules", replace(console.house.rules, ring_seconds=120))
    context.grant_permissions(["microphone"])
    page, ana = signed_in("Ada Lind")
    with console.house.db.begin() as session:
        session.add_all(Shift(counselor_id=ana.id, weekday=day, start_minute=0, end_minute=0) for day in range(7))
    telephony = build_telephony(load_settings(console.environment))
    expect(page.locator("#softphone-switch")).to_have_attribute("aria-pressed", "false")

    with context.expect_page() as opened:
        page.keyboard.press("s")
    window = opened.value
    expect(window.locator("#state")).to_have_text("Calls ring your phone.")
    assert serious_findings(window) == []
    turn_on = window.get_by_role("button", name="Take calls here")
    late: list[Route] = []
    window.evaluate(COUNT_DEVICES)
    window.route("**/softphone/token", lambda route, _request: late.append(route), times=1)
    with window.expect_request("**/softphone/token"):
        turn_on.click()
    window.locator("[data-act=off]").click()
    expect(window.locator("#state")).to_have_text("Calls ring your phone.")
    turn_on.click()
    expect(window.locator("#state")).to_have_text("Calls ring here.")
    with window.expect_response("**/softphone/token") as answer:
        late[0].continue_()
    answer.value.finished()
    assert window.evaluate("devices") == 1, "whoever turned it off while it started has no second one"
    expect(page.locator("#softphone-switch")).to_have_attribute("aria-pressed", "true")

    caller = sim.phone("+16175550142").dial()
    sim.wait_until(lambda: the_contact(console) is not None, "the contact", PATIENCE)
    contact = the_contact(console)
    assert contact is not None
    ringing.ring(console.house, telephony, contact.id, datetime.now(UTC))
    expect(window.locator("#state")).to_have_text("A helpline call is ringing.")
    assert serious_findings(window) == []
    expect(page.locator("#my-line").get_by_role("button", name="Answer")).to_be_visible()
    page.keyboard.press("a")

    sim.wait_until(lambda: joined(console), "the counselor in the conference", PATIENCE)
    assert bridging.connect(console.house, telephony, contact.id, datetime.now(UTC))
    caller.wait_talking_with(f"client:{identity(ana.id)}")
    expect(window.locator("#state")).to_have_text("You are on a call.")
    page.wait_for_url(f"**/contacts/{contact.id}")  # by itself, and the call goes on

    page.get_by_role("button", name="Hang up").click()
    sim.wait_until(lambda: "hung_up" in story(console, contact), "the wish to hang up", PATIENCE)
    releasing.let_go(console.house, telephony, the_leg(console).id, "released", datetime.now(UTC))
    expect(window.locator("#state")).to_have_text("Calls ring here.")
    expect(page.locator(".contact-head .status")).to_have_text("To wrap up")

    page.keyboard.press("s")
    expect(window.locator("#state")).to_have_text("Calls ring your phone.")
    sim.wait_until(lambda: rings_the_phone(console, ana), "calls to ring the phone again", PATIENCE)

    turn_on.click()
    expect(window.locator("#state")).to_have_text("Calls ring here.")
    with console.house.db.begin() as session:  # the wrap-up is over
        session.get_one(Counselor, ana.id).presence = Presence.AVAILABLE
    sim.phone("+16175550143").dial()
    sim.wait_until(lambda: newest(console).id != contact.id, "the second contact", PATIENCE)
    second = newest(console)
    ringing.ring(console.house, telephony, second.id, datetime.now(UTC))
    window.get_by_role("button", name="Answer").click()
    expect(window.locator("#state")).to_have_text("You are on a call.")
    asked: list[str] = []
    window.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    with window.expect_event("close"):
        window.close(run_before_unload=True)
    sim.wait_until(lambda: rings_the_phone(console, ana), "the server to be told", PATIENCE)
    assert asked == ["beforeunload"]
    browser = sim.exchange.phone(f"client:{identity(ana.id)}")
    sim.wait_until(lambda: not browser.live_calls, "the leg to end with its window", PATIENCE)
    assert sim.complaints() == []
