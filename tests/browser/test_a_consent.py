"""A consent on a phone: from the text to the signature, in both languages, and on paper."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from models.contacts import Contact
from models.directory import Listing
from models.people import Counselor
from models.texts import TextMessage
from routing.vocabulary import Role
from services import written_consents
from services.written_consents import Wish
from tests.browser.conftest import Console
from tests.browser.test_a_counselors_night import call_in
from tests.browser.test_for_everybody import serious_findings

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("directory")]
SignedIn = Callable[..., tuple[Page, Counselor]]


def link(console: Console) -> str:
    """The address in the last text, without the host."""
    with console.house.db.begin() as session:
        body = session.scalars(select(TextMessage.body).order_by(TextMessage.created_at.desc())).first()
    found = re.search(r"/consent/\w+\?k=[\w-]+", body or "")
    assert found
    return found[0]


def test_a_consent_is_signed_on_a_phone_and_stands_on_the_record(
    console: Console, signed_in: SignedIn, context: BrowserContext
) -> None:
    desk, ana = signed_in("Ana Ruiz", Role.ADMIN)
    contact_id = call_in(console, "+16175550177")
    with console.house.db.begin() as session:
        session.get_one(Contact, contact_id).triage = {
            "substances": [{"value": "clonazepam", "source": "speech"}],
            "zip": {"value": "02150", "source": "keypad"},
        }
        listing = session.scalars(select(Listing.id).order_by(Listing.id)).first() or 0
    wish = Wish(listing, ["name", "phone", "substances", "payer"], ["treatment", "arrival"], 30, agreed=True)
    assert written_consents.prepare(console.house, contact_id, ana.id, wish, datetime.now(UTC)) is None

    phone = context.new_page()
    phone.set_viewport_size({"width": 360, "height": 740})
    found: list[str] = []

    def looks_fine(name: str) -> None:
        found.extend(f"{name} {finding}" for finding in serious_findings(phone))
        assert phone.evaluate("document.documentElement.scrollWidth") <= 360, name

    phone.goto(link(console))
    looks_fine("door")
    phone.get_by_role("button", name="Show the page").click()
    expect(phone.get_by_role("heading", name="Permission to share")).to_be_visible()
    looks_fine("sign")
    phone.get_by_role("button", name="Español").click()
    expect(phone.get_by_role("heading", name="Permiso para compartir")).to_be_visible()
    looks_fine("sign-es")
    phone.get_by_label("Su nombre completo").fill("María Quinn")
    phone.get_by_label("Lo he leído").check()
    phone.get_by_role("button", name="Firmar").click()
    expect(phone.locator("main")).to_contain_text("Firmado al escribir el nombre María Quinn")
    looks_fine("copy")
    phone.goto(link(console))
    phone.get_by_role("button", name="Mostrar la página").click()
    phone.locator("summary").click()
    phone.get_by_role("button", name="Retirarlo ahora").click()
    expect(phone.locator("main")).to_contain_text("Retirado el")
    looks_fine("taken-back")

    desk.goto(f"/admin/records/{contact_id}")
    expect(desk.locator("main")).to_contain_text("María Quinn")
    desk.emulate_media(media="print")
    expect(desk.locator("header.top")).to_be_hidden()
    assert found == []
