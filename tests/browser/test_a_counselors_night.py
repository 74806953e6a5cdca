"""A counselor's night at the console, in a real browser: contacts come up by themselves and nothing typed is lost."""

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from models.contacts import Contact, Leg, Receipt, record
from models.outbox import touch
from models.people import Counselor
from routing.vocabulary import ContactStatus, Disposition, LegKind, LegStatus, Presence, Role
from runtime.processes import wait_until
from services import answering, dispositions, intake, rings
from services.contact_answers import Given, write_answers
from services.directory.importing import ImportWish, import_directory
from tests.browser.conftest import Console
from tests.fixtures.chromium import PATIENCE_MS
from tests.fixtures.directory import place, plain_csv

pytestmark = pytest.mark.browser
SignedIn = Callable[..., tuple[Page, Counselor]]


def call_in(console: Console, number: str = "+16175550151") -> uuid.UUID:
    """Somebody calls; the contact's id."""
    sid = f"CA{uuid.uuid4().hex}"
    call = intake.InboundCall(sid, number, "+18335550100")
    intake.open_call(console.house, call, datetime.now(UTC))
    with console.house.db.begin() as session:
        contact_id = session.get_one(Receipt, sid).contact_id
        assert contact_id is not None
        return contact_id


def ring(console: Console, contact_id: uuid.UUID, counselor: Counselor) -> uuid.UUID:
    """The counselor's phone rings and is picked up; the leg's id."""
    now = datetime.now(UTC)
    with console.house.db.begin() as session:
        contact = session.get_one(Contact, contact_id)
        leg = rings.add_leg(session, contact, LegKind.COUNSELOR, counselor.phone or "", counselor.id, now)
    answering.answered(console.house, leg.id, f"CA{leg.id.hex}", now)
    return leg.id


def end(console: Console, leg_id: uuid.UUID) -> None:
    """The conversation is over. (How calls end is the scenarios' business; here it is what pages show.)"""
    now = datetime.now(UTC)
    with console.house.db.begin() as session:
        contact = session.get_one(Contact, session.get_one(Leg, leg_id).contact_id)
        contact.status, contact.ended_at = ContactStatus.ENDED, now
        for leg in contact.legs:
            leg.status, leg.ended_at = LegStatus.ENDED, now
        record(session, contact.id, "conversation_ended", now)
        touch(session, contact.id)


def test_a_call_comes_up_is_noted_and_wrapped_up(console: Console, signed_in: SignedIn) -> None:
    page, ana = signed_in(role=Role.SUPERVISOR)  # whose header is the fullest
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(console.url)))
    for number in range(4):
        contact_id = call_in(console, f"+161755501{51 - number}")
        row = page.locator(f"#contact-{contact_id}")
        expect(row).to_contain_text("Waiting")
        expect(row).to_contain_text(f"••{51 - number}")
    assert asked.count("/my-line") < asked.count("/contacts"), "who rings is asked only when it may be mine"
    page.evaluate("document.getElementById('presence').dataset.stays = ''")
    leg_id = ring(console, contact_id, ana)
    expect(page.locator("#my-line")).to_contain_text("A contact is ringing your phone")
    expect(page.locator("#presence[data-stays]")).to_have_count(1)  # else a press on it in that moment would be lost
    answering.pressed(console.house, leg_id, "1", datetime.now(UTC))
    page.wait_for_url(f"**/contacts/{contact_id}")  # by itself
    expect(page.locator(".timeline")).to_contain_text("Ana Ruiz took the contact.")
    page.get_by_role("textbox", name="Notes").fill("Sister can drive today.")
    expect(page.locator("#notes-state")).to_contain_text("Saved")
    with console.house.db.begin() as session:
        person = session.get_one(Counselor, ana.id)
        person.presence, person.presence_until = Presence.WRAP_UP, datetime.now(UTC) + timedelta(hours=1)
    end(console, leg_id)
    expect(page.locator(".contact-head .status")).to_have_text("To wrap up")
    expect(page.locator("#owed a")).to_be_visible()
    expect(page.locator("#presence .pill")).to_be_visible()
    for language in ("Español", "English"):  # the header is no wider than the screen, in either
        page.locator(".menu summary").click()
        page.get_by_role("button", name=language).click()
        expect(page.locator("#owed a")).to_be_visible()
        for width in (390, 768, 1000, 1280, 1400):
            page.set_viewport_size({"width": width, "height": 720})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (language, width)
    page.set_viewport_size({"width": 1280, "height": 720})
    page.get_by_label("Referred to a facility").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved. How it ended: Referred")).to_be_in_viewport()
    expect(page.locator("#owed a")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("textbox", name="Notes")).to_have_value("Sister can drive today.")
    with console.house.db.begin() as session:
        assert session.get_one(Contact, contact_id).status is ContactStatus.CLOSED


def test_a_lost_connection_is_said_and_caught_up(console: Console, signed_in: SignedIn) -> None:
    page, _ = signed_in("Ben Okafor")
    expect(page.get_by_role("heading", name="Contacts", exact=True)).to_be_visible()
    console.stop_events()
    try:
        expect(page.locator("#connection")).to_contain_text("Connection lost")
        contact_id = call_in(console, "+16175550152")
    finally:
        console.start_events()
    expect(page.locator("#connection")).to_contain_text("Connected again")
    expect(page.locator(f"#contact-{contact_id}")).to_be_visible()


def test_two_people_who_write_at_once_lose_nothing(console: Console, signed_in: SignedIn) -> None:
    page, _ = signed_in("Dev Patel")
    contact_id = call_in(console, "+16175550154")
    page.goto(f"/contacts/{contact_id}")
    other = page.context.new_page()
    other.goto(f"/contacts/{contact_id}")
    other.get_by_role("textbox", name="Notes").fill("From the other desk.")
    expect(other.locator("#notes-state")).to_contain_text("Saved")
    page.get_by_role("textbox", name="Notes").fill("From this desk.")
    expect(page.locator("#notes-state")).to_contain_text("From the other desk.")
    expect(page.get_by_role("textbox", name="Notes")).to_have_value("From this desk.")
    page.get_by_role("button", name="Save what is in the box").click()
    expect(page.locator("#notes-state")).to_contain_text(re.compile(r"Saved \d\d:"))
    with console.house.db.begin() as session:
        assert session.get_one(Contact, contact_id).notes == "From this desk."


def test_the_whole_way_by_keyboard(console: Console, signed_in: SignedIn) -> None:
    page, _ = signed_in("Elena Soto")
    contact_id = call_in(console, "+16175550155")
    expect(page.locator(f"#contact-{contact_id}")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.wait_for_url("**/board")
    page.keyboard.press("p")
    expect(page.locator("#presence-away")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("c")
    page.wait_for_url("**/contacts")
    page.keyboard.press("j")
    focused = page.locator("main .contacts a:focus")
    expect(focused).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/contacts/*-*")
    page.keyboard.press("n")
    expect(page.get_by_role("textbox", name="Notes")).to_be_focused()
    page.keyboard.type("b ? c")  # letters, while writing
    expect(page.get_by_role("textbox", name="Notes")).to_have_value("b ? c")


def test_single_keys_can_be_turned_off(signed_in: SignedIn) -> None:
    page, _ = signed_in("Fay Lund")
    page.keyboard.press("?")
    page.get_by_label("Single keys work").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("b")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_hidden()
    assert page.url.endswith("/contacts")


def test_a_disposition_written_by_phone_shows_on_the_page(console: Console, signed_in: SignedIn) -> None:
    page, gil = signed_in("Gil Reyes")
    contact_id = call_in(console, "+16175550156")
    page.goto(f"/contacts/{contact_id}")
    leg_id = ring(console, contact_id, gil)
    expect(page.locator("#contact-head .rings")).to_contain_text("Gil Reyes")
    answering.pressed(console.house, leg_id, "1", datetime.now(UTC))
    expect(page.locator(".cockpit.talking .call-bar")).to_be_visible()  # laid out anew for a conversation, by itself
    end(console, leg_id)
    dispositions.close(console.house, contact_id, gil.id, Disposition.INFORMATION, datetime.now(UTC))
    expect(page.locator(".contact-head .status")).to_have_text("Closed")
    expect(page.locator(".timeline")).to_contain_text("Gil Reyes wrote how it ended: Got information.")


def test_a_place_is_looked_up_while_typing(directory: None, signed_in: SignedIn) -> None:
    page, _ = signed_in("Kim Osei")
    page.keyboard.press("d")
    page.wait_for_url("**/directory")
    page.keyboard.press("/")
    page.keyboard.type("lantern street")
    expect(page.get_by_role("heading", name="Lantern Street Recovery")).to_be_visible()
    expect(page.get_by_text("Residential detox")).to_be_visible()
    expect(page).to_have_url(re.compile("q=lantern"))


def test_places_follow_what_the_counselor_writes_down(console: Console, directory: None, signed_in: SignedIn) -> None:
    page, _ = signed_in("Lea Stone")
    contact_id = call_in(console, "+16175550157")
    page.goto(f"/contacts/{contact_id}")
    expect(page.locator("#matches")).to_contain_text("once the ZIP code and the substance are known")
    page.get_by_role("textbox", name="ZIP code").fill("02150")
    page.get_by_role("textbox", name="Substances").fill("klonopin")
    page.keyboard.press("Enter")
    expect(page.locator("#matches .matches > li").first).to_contain_text("Tidewater General Hospital")
    expect(page.locator("#matches")).to_contain_text("Lists detox from benzodiazepines.")
    page.get_by_role("combobox", name="Payment").select_option(label="Medicaid")
    expect(page.locator("#matches")).to_contain_text("Lists Medicaid.")
    expect(page.locator("#known .chip")).to_have_text(re.compile("clonazepam", re.IGNORECASE))


def test_who_asks_for_more_places_goes_on_at_the_first_new_one(
    console: Console, directory: None, signed_in: SignedIn, tmp_path: Path
) -> None:
    rows = [
        place(f"Dock {n}", street1=f"{n} Dock Road", zip="82601", state="WY", city="Casper", phone=f"307-555-01{n:02}")
        for n in range(15)
    ]
    (tmp_path / "casper.csv").write_text(plain_csv(rows))
    assert not import_directory(console.house, ImportWish(tmp_path / "casper.csv"), datetime.now(UTC)).errors
    page, _ = signed_in("Mia Tan")
    contact_id = call_in(console, "+16175550159")
    write_answers(console.house, contact_id, Given({"zip": "82601"}, "klonopin"), datetime.now(UTC))

    def dock_is_known() -> bool:
        page.goto(f"/contacts/{contact_id}")
        return page.locator("#more-places").count() > 0

    assert wait_until(dock_is_known, PATIENCE_MS / 1000), "an import is read beside, within a second or two"
    page.locator("#more-places > summary").click()
    page.get_by_role("button", name="Show 3 more").press("Enter")
    boxes = page.locator("#matches input[name=place]")
    expect(boxes).to_have_count(15)
    expect(boxes.nth(12)).to_be_focused()
    expect(page.get_by_role("button", name="Show 3 more")).to_have_count(0)
    boxes.nth(12).check()
    name = page.locator("#matches .ticked-name").nth(12).inner_text()
    page.locator("#more-places > summary").click()
    expect(page.locator("#to-text")).to_contain_text(name)  # folded away, and still said
    page.get_by_label("They said that a text to this phone is safe").check()
    page.get_by_role("button", name="Text 4 places").click()
    expect(page.locator("#texted")).to_contain_text("••59: ")
    expect(page.locator("#texted")).to_contain_text(name)
    expect(page.locator("#texts")).to_contain_text(name)  # the parts have changed by themselves since
    expect(page.locator("#texted")).to_contain_text(name)


def test_nothing_that_is_typed_or_ticked_is_lost_when_the_page_changes_by_itself(
    console: Console, directory: None, signed_in: SignedIn
) -> None:
    page, _ = signed_in("Max Ode")
    contact_id = call_in(console, "+16175550158")
    write_answers(console.house, contact_id, Given({"zip": "02150"}, "klonopin"), datetime.now(UTC))
    page.goto(f"/contacts/{contact_id}")
    page.locator("#matches input[name=place]").first.uncheck()
    page.locator("#wrap-up-later > summary").click()
    page.get_by_label("Got information").check()
    age = page.get_by_role("textbox", name="Age")
    age.press_sequentially("41")
    write_answers(console.house, contact_id, Given({"payer": "medicare"}), datetime.now(UTC))
    expect(page.get_by_role("combobox", name="Payment")).to_have_value("medicare")
    expect(age).to_have_value("41")
    assert page.evaluate("isUnsaved()")
    with page.expect_response("**/answers"):  # replaced while it was typed in: leaving it saves it all the same
        page.get_by_role("textbox", name="Substances").press_sequentially("half a wo")
    write_answers(console.house, contact_id, Given({"payer": "medicaid"}), datetime.now(UTC))
    expect(page.get_by_role("combobox", name="Payment")).to_have_value("medicaid")
    expect(page.get_by_role("textbox", name="Substances")).to_have_value("half a wo")
    expect(page.get_by_role("textbox", name="Substances")).to_be_focused()
    expect(page.locator("#matches input[name=place]").first).not_to_be_checked()
    expect(page.get_by_label("Got information")).to_be_checked()
    page.reload()
    expect(page.get_by_role("textbox", name="Age")).to_have_value("41")


def test_a_key_transfers_to_the_chosen_place_and_one_corrects_it(
    console: Console, directory: None, signed_in: SignedIn
) -> None:
    page, ivy = signed_in("Ivy Cole")
    contact_id = call_in(console, "+16175550162")
    write_answers(console.house, contact_id, Given({"zip": "02150"}, "klonopin"), datetime.now(UTC))
    answering.pressed(console.house, ring(console, contact_id, ivy), "1", datetime.now(UTC))
    page.wait_for_url(f"**/contacts/{contact_id}")  # by itself
    with console.house.db.begin() as session:
        contact = session.get_one(Contact, contact_id)
        contact.status, contact.connected_at = ContactStatus.CONNECTED, datetime.now(UTC)
    page.reload()
    place = page.locator("#matches [data-place]").nth(1)
    place.locator("[id^=chosen-]").click()
    expect(place.locator("[id^=chosen-]")).to_have_attribute("aria-pressed", "true")
    page.locator("h1").first.click()
    page.keyboard.press("w")
    expect(page.locator("#intake-place")).to_have_value(place.get_attribute("data-place") or "")
    expect(page.get_by_role("button", name="Call intake")).to_be_focused()
    page.keyboard.press("u")
    expect(place.locator("details button").first).to_be_focused()
