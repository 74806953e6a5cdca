"""A passkey from a device in Chromium: added, used alone, used after the password, used to see a number."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import update

from models.people import Counselor
from models.sign_ins import SignIn
from tests.browser.conftest import Console
from tests.browser.test_a_counselors_night import call_in
from tests.browser.test_for_everybody import serious_findings
from tests.fixtures.people import PASSWORD

pytestmark = pytest.mark.browser
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def give_password(page: Page, person: Counselor) -> None:
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def sign_out(page: Page) -> None:
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("E-mail address")).to_be_visible()


def test_a_passkey_is_added_and_opens_every_door(
    console: Console, context: BrowserContext, colleague: Callable[..., Counselor]
) -> None:
    contact_id, person = call_in(console, "+16175550162"), colleague("Ida Berg")
    home = console.url.replace("127.0.0.1", "localhost")  # passkeys belong to a name, never to a bare address
    page = context.new_page()
    chromium = context.new_cdp_session(page)
    chromium.send("WebAuthn.enable")
    chromium.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page.goto(f"{home}/sign-in")
    give_password(page, person)
    page.wait_for_url("**/contacts")

    page.goto(f"{home}/second-factor")
    page.get_by_label("What you call the device").fill("My phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("listitem").filter(has_text="-")).to_have_count(10)  # recovery codes
    page.goto(f"{home}/second-factor")
    expect(page.get_by_role("listitem").filter(has_text="My phone")).to_be_visible()
    assert serious_findings(page) == []

    sign_out(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/contacts")
    with console.house.db.begin() as session:
        long_ago = datetime.now(UTC) - timedelta(hours=1)
        session.execute(update(SignIn).where(SignIn.counselor_id == person.id).values(confirmed_at=long_ago))
    page.goto(f"{home}/contacts/{contact_id}")
    page.get_by_role("button", name="Show number").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator("#number .revealed")).to_be_visible()

    sign_out(page)
    give_password(page, person)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/contacts")
    page.goto(f"{home}/second-factor")
    page.get_by_role("button", name="Remove: My phone").click()
    expect(page.get_by_text("None yet.")).to_be_visible()
