"""A night at the pages of the running line, with everybody's phones: a warm transfer, and a supervisor who joins."""

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from models.contacts import Leg
from routing.vocabulary import LegKind, Role
from services.directory.zip_codes import ensure_zip_codes
from simulator.driver import CallDriver
from tests.fixtures.line import Line
from tests.scenarios.pages import at_the_pages, with_live_pages

pytestmark = [pytest.mark.slow, pytest.mark.browser]
ANA, SARA, CALLER = "+16175550111", "+16175550120", "+12125550142"
CONVERSATION = "**/contacts/*-*"


@pytest.fixture
def night(line: Line) -> Line:
    """Ana is on shift, and there are places to go to."""
    with line.house.db.begin() as session:
        ensure_zip_codes(session)
    line.directory()
    line.roster(f"Ana,{ANA},en")
    with_live_pages(line)
    return line


def talk(line: Line, page: Page) -> tuple[CallDriver, CallDriver]:
    """Somebody calls, Ana's phone rings, the page shows it, she presses 1 and they talk on the contact's own page."""
    caller = line.sim.phone(CALLER).dial()
    ana = line.sim.phone(ANA).answer(60)
    expect(page.locator("#my-line")).to_contain_text("A contact is ringing your phone")
    ana.wait_heard("Press 1").press("1")
    caller.wait_talking_with(ANA)
    page.wait_for_url(CONVERSATION)
    return caller, ana


def intake_line(line: Line) -> str:
    """The number of the place that was asked into the call."""
    with line.house.db.begin() as session:
        return session.scalar(select(Leg.number).where(Leg.kind == LegKind.FACILITY)) or ""


def test_a_call_is_noted_matched_handed_to_an_intake_line_and_wrapped_up(night: Line, chromium: Browser) -> None:
    with at_the_pages(night, chromium, "Ana", ANA) as page:
        caller, ana = talk(night, page)
        page.keyboard.press("n")
        page.keyboard.type("Sister can drive today.")
        expect(page.locator("#notes-state")).to_contain_text("Saved")
        page.get_by_role("textbox", name="ZIP code").fill("02150")
        page.get_by_role("textbox", name="Substances").fill("klonopin")
        page.keyboard.press("Enter")
        expect(page.locator("#matches")).to_contain_text("Lists detox from benzodiazepines.")

        expect(page.locator("#transfer")).to_be_attached()  # the page knows by now that they talk
        page.locator("h1").first.click()
        page.keyboard.press("w")
        place = page.locator("#intake-place option:checked").inner_text()
        page.get_by_role("button", name="Call intake").click()
        caller.wait_heard("You are on a short hold")
        night.sim.wait_until(lambda: bool(intake_line(night)), "the place to be rung")
        number = intake_line(night)
        desk = night.sim.phone(number).answer()
        desk.wait_talking_with(ANA)
        expect(page.locator(".call-guest")).to_contain_text(place)
        page.get_by_role("button", name="Bring the caller in").click()
        caller.wait_talking_with(ANA, number)
        page.get_by_role("button", name="Leave them together").click()
        caller.wait_talking_with(number)
        ana.hang_up()

        expect(page.locator("#wrap-up")).to_be_visible()
        page.get_by_label("Referred to a facility").check()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Written: Referred to a facility")).to_be_visible()
        page.reload()
        expect(page.get_by_role("textbox", name="Notes")).to_have_value("Sister can drive today.")
        assert caller.talking_with() == [number]


def test_a_supervisor_listens_joins_and_takes_the_call_from_the_board(night: Line, chromium: Browser) -> None:
    with (
        at_the_pages(night, chromium, "Ana", ANA) as page,
        at_the_pages(night, chromium, "Sara", SARA, Role.SUPERVISOR) as sara,
    ):
        caller, ana = talk(night, page)
        sara.keyboard.press("b")
        sara.wait_for_url("**/board")
        sara.get_by_role("button", name="Listen to Ana's call").click()
        desk = night.sim.phone(SARA).answer(60)
        desk.wait_heard("to supervise").press("1")
        ana.wait_heard("A supervisor is listening")
        expect(page.locator(".call-bar")).to_contain_text("Sara: listening")
        assert caller.talking_with() == [ANA]

        sara.wait_for_url(CONVERSATION)
        sara.get_by_role("button", name="Join the call").click()
        caller.wait_talking_with(ANA, SARA)
        sara.locator("#call-more > summary").click()
        sara.get_by_role("button", name="Take it over").click()
        caller.wait_talking_with(SARA)
        ana.wait_heard("handed over")
        expect(sara.locator(".contact-head")).to_contain_text("Sara")
