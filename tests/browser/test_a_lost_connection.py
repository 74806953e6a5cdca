"""A connection that comes and goes, and a server that fails: what was typed stays, and words say what happened."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from models.contacts import Contact
from models.outbox import touch
from models.people import Counselor
from models.texts import TextMessage
from routing.vocabulary import Channel, ContactStatus, LegStatus
from services import answering
from tests.browser.conftest import Console
from tests.browser.test_a_counselors_night import call_in, ring

pytestmark = pytest.mark.browser
NOT_SENT = "Not sent. Press again once the connection is back."
SignedIn = Callable[..., tuple[Page, Counselor]]


def test_what_is_typed_without_a_connection_is_kept_and_sent_later(console: Console, signed_in: SignedIn) -> None:
    page, _ = signed_in("Chloe Martin")
    contact_id = call_in(console, "+16175550153")
    page.goto(f"/contacts/{contact_id}")
    page.locator("#reach-form > summary").click()
    page.context.set_offline(True)
    expect(page.locator("#connection")).to_contain_text("Connection lost")
    page.get_by_role("textbox", name="Notes").fill("Typed in a tunnel.")
    page.get_by_role("textbox", name="ZIP code").fill("02150")
    page.locator("#reach-name").fill("Pat")
    page.locator("#reach-save button").click()
    expect(page.locator("#notes-state")).to_contain_text("Not saved yet")
    expect(page.locator("#reach-save").get_by_role("status")).to_contain_text("Not saved yet")
    expect(page.locator("#failed")).to_be_hidden()  # one message, and a mark at each thing that did not leave
    page.context.set_offline(False)
    expect(page.locator("#notes-state")).to_contain_text(re.compile(r"Saved \d\d:"))
    expect(page.locator("#reach-form > summary")).to_contain_text("Pat")
    expect(page.locator("[data-not-kept], [data-not-sent]")).to_have_count(0)
    expect(page.locator("#failed")).to_be_hidden()
    expect(page.locator("#connection")).to_be_hidden()
    for _ in range(150):  # each part is sent by itself: the ZIP code may be the last
        with console.house.db.begin() as session:
            contact = session.get_one(Contact, contact_id)
            kept = (contact.notes, contact.triage["zip"] and contact.triage["zip"]["value"])
        if kept == ("Typed in a tunnel.", "02150"):
            break
        page.wait_for_timeout(200)
    assert kept == ("Typed in a tunnel.", "02150")
    expect(page.get_by_role("textbox", name="ZIP code")).to_have_value("02150")


def _refusal(status: int, body: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=status, body=body)


def test_an_act_that_fails_is_said_in_words_and_a_text_is_never_sent_twice(
    console: Console, signed_in: SignedIn
) -> None:
    page, ana = signed_in("Zoe Lind")
    contact_id = call_in(console, "+16175550175")
    leg_id = ring(console, contact_id, ana)
    line = page.locator("#my-line")
    expect(line.get_by_role("timer")).to_have_attribute("aria-live", "off")
    expect(line.get_by_role("timer")).to_contain_text(":")
    page.evaluate("document.querySelector('#my-line > *').dataset.read = 'out'")
    page.evaluate("htmx.ajax('get', '/my-line', '#my-line')")  # resolves once it was swapped
    expect(line.locator("[data-read]")).to_have_count(1)  # nothing has changed: nothing is read out again

    page.goto("/directory")
    page.locator("#q").fill("Harbor")
    expect(line).to_contain_text("A contact is ringing your phone")
    answering.pressed(console.house, leg_id, "1", datetime.now(UTC))
    expect(line.locator("[data-pop*=contacts]")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/directory(\?|$)"))  # nobody is torn away from what they write
    page.evaluate("htmx.ajax('get', '/my-line', '#my-line')")
    page.locator("#q").blur()
    page.wait_for_url(f"**/contacts/{contact_id}")  # by itself
    with console.house.db.begin() as session:
        contact = session.get_one(Contact, contact_id)
        contact.status, contact.connected_at = ContactStatus.CONNECTED, datetime.now(UTC)
        contact.room = contact.claim_leg_id.hex if contact.claim_leg_id else None
        for leg in contact.legs:
            leg.status = LegStatus.JOINED
    page.reload()
    failed, hang_up = page.locator("#failed[role=alert]"), page.get_by_role("button", name="Hang up")
    for status, body, words in (
        (500, "<h1>Oh</h1>", "Something broke on our side"),
        (403, "", "Your role does not open this"),
        (400, '<p role="alert">This page had been open for too long.</p>', "open for too long"),
    ):
        page.route("**/hang-up", _refusal(status, body))
        hang_up.click()
        expect(failed).to_contain_text(words)
        page.unroute("**/hang-up")
    page.route("**/hang-up", lambda route: route.abort())
    hang_up.click()  # says so beside itself, aloud, and goes on saying so when the button beside it works
    expect(hang_up).to_have_accessible_description(NOT_SENT)
    expect(page.locator("[role=status][data-not-sent]")).to_have_text(NOT_SENT)
    page.get_by_role("button", name="Mute").click()
    expect(page.locator(".call-state")).to_contain_text("You are muted")
    expect(hang_up).to_have_accessible_description(NOT_SENT)
    page.unroute("**/hang-up")
    failed.get_by_role("button", name="Close").click()
    expect(failed).to_be_hidden()

    with console.house.db.begin() as session:
        contact = session.get_one(Contact, contact_id)
        contact.channel, contact.status = Channel.TEXT, ContactStatus.CONVERSING
    page.reload()
    composer = page.locator("#composer")
    page.route("**/text", lambda route: route.abort())
    composer.fill("Please stay with me.")
    page.get_by_role("button", name="Send").click()
    expect(failed).to_contain_text("No answer from the server")
    with console.house.db.begin() as session:
        session.get_one(Contact, contact_id).language = "es"
        touch(session, contact_id)
    expect(page.locator(".facts").first).to_contain_text("Spanish")  # the page has changed by itself
    expect(composer).to_have_value("Please stay with me.")
    page.unroute("**/text")

    def answer_gets_lost(route: Route) -> None:
        route.fetch()
        route.abort()

    failed.get_by_role("button", name="Close").click()
    page.route("**/text", answer_gets_lost)
    page.get_by_role("button", name="Send").click()
    expect(failed).to_be_visible()  # the answer is lost by now
    expect(page.locator(".thread")).to_contain_text("Please stay with me.")  # told by the live event
    page.unroute("**/text")
    page.get_by_role("button", name="Send").click()
    expect(composer).to_have_value("")
    expect(failed).to_be_hidden()
    with console.house.db.begin() as session:
        assert len(session.scalars(select(TextMessage).where(TextMessage.contact_id == contact_id)).all()) == 1
