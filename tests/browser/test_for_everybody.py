"""Every page for everybody: by day and by night, on a phone, in Spanish, and with nothing serious for axe to find."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from models.people import Counselor
from routing.vocabulary import Role
from tests.browser.conftest import Console
from tests.browser.full_house import fill, pages_left_out
from tests.browser.test_a_counselors_night import call_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("directory")]
SignedIn = Callable[..., tuple[Page, Counselor]]
AXE = (Path(__file__).parent / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
IN_THE_DARK = ["color-contrast"]  # all that another scheme can change
Scheme = Literal["light", "dark"]
SERIOUS = {"serious", "critical"}
# The rules with these tags; a rule that finds nothing above moderate is not asked. (What it says of itself goes for all
# that it finds, and what says nothing of itself is asked.)
RULES_THAT_MATTER = """tags => axe._audit.rules
  .filter(rule => rule.enabled && tags.some(tag => rule.tags.includes(tag)))
  .filter(rule => !["minor", "moderate"].includes(rule.impact))
  .map(rule => rule.id)"""
# Only what is wrong comes back: all that axe found in order takes longer to hand over than to find.
VIOLATIONS = """rules => axe.run(document, {runOnly: rules, resultTypes: ["violations"]}).then(({violations}) =>
  violations.flatMap(({id, impact, nodes}) => nodes.map(({html}) => [impact, id, html])))"""
PHONE, DESK_SCREEN = ViewportSize(width=360, height=740), ViewportSize(width=1280, height=860)
SMALLEST_SIDES = "links => links.map(link => link.getBoundingClientRect()).map(box => Math.min(box.width, box.height))"
LEAST_TARGET_PX = 24  # WCAG 2.2, target size


@pytest.fixture
def axe(context: BrowserContext) -> None:
    """axe-core in every page from its beginning; not a script element: the page's own policy refuses that."""
    context.add_init_script(AXE)


def serious_findings(page: Page) -> list[str]:
    """What axe-core calls serious or critical on the page as it stands, by day, and its contrasts by night."""
    if not page.evaluate("Boolean(self.axe)"):
        page.evaluate(AXE)  # a story that looks at few pages
    by_day: list[str] = page.evaluate(RULES_THAT_MATTER, TAGS)
    assert set(IN_THE_DARK) <= set(by_day)
    schemes: tuple[tuple[Scheme, list[str]], ...] = (("light", by_day), ("dark", IN_THE_DARK))
    found = []
    for scheme, rules in schemes:
        page.emulate_media(color_scheme=scheme)
        told: list[tuple[str, str, str]] = page.evaluate(VIOLATIONS, {"type": "rule", "values": rules})
        found += [f"{scheme} {rule}: {element[:120]}" for impact, rule, element in told if impact in SERIOUS]
    return found


def cut_off_on_a_phone(page: Page) -> list[str]:
    """What does not fit on a phone, or is too small there for a finger, on the page as it stands."""
    page.set_viewport_size(PHONE)
    width: int = page.evaluate("document.documentElement.scrollWidth")
    links: list[float] = page.locator(".places a:visible").evaluate_all(SMALLEST_SIDES)
    page.set_viewport_size(DESK_SCREEN)
    found = [f"{width} px wide"] if width > PHONE["width"] else []
    return found + [f"a link of {side} px" for side in links if side < LEAST_TARGET_PX]


@pytest.mark.usefixtures("axe")
def test_every_page_is_for_everybody_by_day_by_night_and_on_a_phone(console: Console, signed_in: SignedIn) -> None:
    page, ana = signed_in("Ana Ruiz")
    addresses = fill(console, ana)
    assert pages_left_out(addresses) == set(), "a new page stands in the list, so that it is looked at"
    page.wait_for_url(f"**{addresses[0]}")  # her call comes up by itself: not in the middle of what follows
    found = findings(page, addresses[0])
    page.context.clear_cookies()
    page, _ = signed_in("Hana Ito", Role.ADMIN)
    for address in [*addresses, "/nowhere"]:
        found += findings(page, address)
    page.goto("/contacts")
    page.keyboard.press("?")
    found += [f"keys {finding}" for finding in serious_findings(page)]
    assert found == []


def findings(page: Page, address: str) -> list[str]:
    """What is wrong with a page for somebody."""
    page.goto(address)
    return [f"{address} {finding}" for finding in (*serious_findings(page), *cut_off_on_a_phone(page))]


@pytest.mark.usefixtures("axe")
def test_the_sign_in_page_is_for_everybody_too(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/sign-in")
    assert serious_findings(page) == []


def test_the_interface_speaks_spanish(console: Console, signed_in: SignedIn) -> None:
    contact_id = call_in(console, "+16175550161")
    page, _ = signed_in("Jo Rivas")
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Español").click()
    expect(page.get_by_role("heading", name="Contactos", exact=True)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    page.goto(f"/contacts/{contact_id}")
    expect(page.locator(".timeline")).to_contain_text("La llamada se registró")
