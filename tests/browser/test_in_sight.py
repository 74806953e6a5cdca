"""What must not leave the sight of a counselor: danger while they write, the keys of a call while they scroll."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from models.contacts import Contact
from models.crypto import lookup_hash
from models.outbox import touch
from models.people import Caller, Counselor
from routing.vocabulary import Channel, ContactStatus, Language, Urgency
from services import answering
from tests.browser.conftest import Console
from tests.browser.test_a_counselors_night import call_in, ring

pytestmark = pytest.mark.browser
SignedIn = Callable[..., tuple[Page, Counselor]]
PHONE, DESK = ViewportSize(width=390, height=800), ViewportSize(width=1280, height=800)
UNCOVERED = """one => { const box = one.getBoundingClientRect();
  return one.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)); }"""


def seen(one: Locator, focused: Locator | None = None) -> bool:
    """Whether its middle is on the screen with nothing over it, as soon as the page stands still.

    A part that was swapped or moved meanwhile is looked up, and what is `focused` brought into sight, anew.
    """
    for _ in range(100):
        if focused is not None:
            focused.blur()
            focused.focus()
        if one.evaluate(UNCOVERED):
            return True
        one.page.wait_for_timeout(200)
    return False


def writes_in_danger(console: Console, number: str = "+16175550171") -> str:
    """Somebody in danger waits for an answer by text; the address of their page."""
    now = datetime.now(UTC)
    with console.house.db.begin() as session:
        contact = Contact(
            channel=Channel.TEXT,
            caller=Caller(number=number, number_hash=lookup_hash(number), created_at=now),
            language=Language.ENGLISH,
            status=ContactStatus.CONVERSING,
            urgency=Urgency.CALL_911,
            helpline_number="+18335550100",
            opened_at=now,
            waiting_since=now,
        )
        session.add(contact)
        session.flush()
        touch(session, contact.id)
        return f"/contacts/{contact.id}"


def test_danger_and_the_keys_of_a_call_stay_in_sight(console: Console, signed_in: SignedIn) -> None:
    page, ana = signed_in()
    page.goto("/voicemails")
    address = writes_in_danger(console)
    expect(page.locator("#texters-waiting")).to_contain_text("Somebody waits for an answer by text")  # live
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    page.locator("#open-texter").click()
    page.get_by_role("button", name="Take this conversation").click()
    expect(page.locator("#composer")).to_be_visible()
    expect(page).to_have_url(re.compile(address))
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        composer = page.locator("#composer")
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        composer.evaluate("one => scrollBy(0, one.getBoundingClientRect().top - 300)")
        composer.focus()
        assert seen(page.locator("#open-rescue")), size
        assert seen(composer), size
        for part in (page.locator(name) for name in ("#notes", "#wrap-up-form .primary", "#emergency > summary")):
            part.focus()
            assert seen(page.locator("#open-rescue")), (size, part)
            assert seen(part, part), (size, part)
    page.locator("#composer").focus()  # whoever writes is not led to the call that they answer
    call = call_in(console, "+16175550172")
    leg = ring(console, call, ana)
    answering.pressed(console.house, leg, "1", datetime.now(UTC))
    with console.house.db.begin() as session:
        contact = session.get_one(Contact, call)
        contact.status, contact.connected_at, contact.urgency = (
            ContactStatus.CONNECTED,
            datetime.now(UTC),
            Urgency.CALL_911,
        )
    page.goto(f"/contacts/{call}")
    keys = page.locator(".call-bar .call-keys").first
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        for part in ("#notes", "#wrap-up-later summary"):
            page.locator(part).focus()
            for name in ("Hold", "I need help", "Hang up"):
                assert seen(keys.get_by_role("button", name=name)), (size, part, name)
            assert seen(page.locator("#open-rescue")), (size, part)
            assert seen(page.locator(part), page.locator(part)), (size, part)
