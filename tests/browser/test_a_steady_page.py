"""Pages that change by themselves under somebody's hands: no press goes astray, the keyboard stays where it was."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from models.contacts import Contact
from models.outbox import touch
from models.people import Counselor
from routing.vocabulary import ContactStatus, LegStatus, Role, Urgency
from services import answering, text_contacts
from tests.browser.conftest import Console
from tests.browser.test_a_counselors_night import call_in, ring
from tests.browser.test_in_sight import writes_in_danger

pytestmark = pytest.mark.browser
SignedIn = Callable[..., tuple[Page, Counselor]]
NUMBER = "+16175550189"


def changes(console: Console, contact_id: UUID, **facts: object) -> None:
    """Something about the contact changes elsewhere, and open pages are told."""
    with console.house.db.begin() as session:
        contact = session.get_one(Contact, contact_id)
        for name, value in facts.items():
            setattr(contact, name, value)
        touch(session, contact_id)


def test_no_press_goes_astray_and_the_keyboard_stays_where_it_was(console: Console, signed_in: SignedIn) -> None:
    page, ana = signed_in("Rita Bloom")
    contact_id = call_in(console, "+16175550176")
    leg_id = ring(console, contact_id, ana)
    answering.pressed(console.house, leg_id, "1", datetime.now(UTC))
    with console.house.db.begin() as session:
        contact = session.get_one(Contact, contact_id)
        contact.status, contact.connected_at = ContactStatus.CONNECTED, datetime.now(UTC)
        contact.room = leg_id.hex
        for leg in contact.legs:
            leg.status = LegStatus.JOINED
    page.wait_for_url(f"**/contacts/{contact_id}")  # by itself
    page.reload()
    keys = page.locator(".call-bar .call-keys").first

    # What is the same stays the very same, while what has changed beside it comes.
    reach = page.locator("#reach-form")
    reach.evaluate("one => one.dataset.mine = 'yes'")
    changes(console, contact_id, language="es")
    expect(page.locator("#contact-head")).to_contain_text("Spanish")
    expect(reach).to_have_attribute("data-mine", "yes")

    # By keyboard: the button that took the place of the pressed one has the focus.
    keys.get_by_role("button", name="Mute").press("Enter")
    expect(keys.get_by_role("button", name="Unmute")).to_be_focused()

    # By hand: a field is left for it and saves itself, news come between the press and the release, and all waits.
    page.get_by_role("textbox", name="Age").press_sequentially("41")
    box = keys.get_by_role("button", name="I need help").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.evaluate("clearTimeout(limit)")  # a slow machine presses slowly
    page.wait_for_function("() => missed")
    page.evaluate("missed = false")
    changes(console, contact_id, urgency=Urgency.CALL_911)
    page.wait_for_function("() => missed")
    page.mouse.up()
    expect(keys.get_by_role("button", name="Help asked for")).to_be_visible()
    expect(page.locator("#contact-danger")).to_contain_text("911")
    expect(page.get_by_role("textbox", name="Age")).to_have_value("41")

    # What is no longer there to be pressed gives the focus to its part: the next Enter must not hang up.
    keys.get_by_role("button", name="988").press("Enter")
    expect(keys.get_by_role("button", name="988")).to_have_count(0)
    expect(page.locator("#call-bar")).to_be_focused()


def test_an_answer_that_is_being_written_stays_before_the_eyes(console: Console, signed_in: SignedIn) -> None:
    page, _ = signed_in("Lena Vos")
    address = writes_in_danger(console, NUMBER)
    contact_id = UUID(address.rpartition("/")[2])
    changes(console, contact_id, urgency=Urgency.NONE)
    page.goto(address)
    page.get_by_role("button", name="Take this conversation").press("Enter")
    composer = page.locator("#composer")
    expect(composer).to_be_focused()
    composer.press_sequentially("I am he")
    composer.evaluate("one => scrollBy(0, one.getBoundingClientRect().top - 400)")
    stood = composer.evaluate("one => one.getBoundingClientRect().top")
    now = datetime.now(UTC)
    with console.house.db.begin() as session:
        contact = session.get_one(Contact, contact_id)
        for at in range(12):
            inbound = text_contacts.Inbound(f"SM{contact_id.hex[:-2]}{at:02}", NUMBER, "+18335550100", f"Please, {at}")
            text_contacts.keep(session, contact, inbound, now)
    changes(console, contact_id, urgency=Urgency.CALL_911)
    expect(page.locator("#contact-danger")).to_contain_text("911")
    expect(page.locator(".thread")).to_contain_text("Please, 11")
    expect(composer).to_be_focused()
    expect(composer).to_have_value("I am he")
    assert abs(composer.evaluate("one => one.getBoundingClientRect().top") - stood) < 5


def test_whoever_goes_through_a_list_by_keyboard_stays_at_their_row(console: Console, signed_in: SignedIn) -> None:
    page, noor = signed_in("Noor Haddad", Role.SUPERVISOR)
    page.goto("/board")
    button = page.locator(f"#board button[hx-post*='{noor.id}']")
    button.focus()
    waits = call_in(console, "+16175550178")
    expect(page.locator(f"#waiting-{waits}")).to_be_visible()  # the board was drawn anew
    expect(button).to_be_focused()
