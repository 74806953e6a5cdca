"""Every page for everybody: by day and by night, on a phone, in Spanish, and with nothing serious for axe to find."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from models import outbox
from models.contacts import Contact
from models.directory import Listing
from models.follow_ups import FollowUp
from models.outbox import OutboxRow
from models.people import Counselor
from models.voicemails import Voicemail
from routing.vocabulary import FollowUpKind, ReportKind, Role, Urgency
from services.directory.reports import report_facility
from tests.browser.conftest import Console
from tests.browser.test_a_counselors_night import call_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("directory")]
SignedIn = Callable[..., tuple[Page, Counselor]]
AXE = (Path(__file__).parent / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
IN_THE_DARK = {"type": "rule", "values": ["color-contrast"]}  # all that another scheme can change
SCHEMES: tuple[tuple[Literal["light", "dark"], Any], ...] = (("light", RULES), ("dark", IN_THE_DARK))
SERIOUS = {"serious", "critical"}
PAGES = (
    "/contacts",
    "/board",
    "/follow-ups",
    "/referrals",
    "/voicemails",
    "/directory?q=quay",
    "/information/clonazepam",
    "/softphone",
)
DIRECTORY_PAGES = ("calls", "checks", "pairs", "imports", "quarantine")
DIRECTORY_DESK = tuple(f"/directory/{page}" for page in DIRECTORY_PAGES)
ADMIN = (
    "/admin/audit",
    "/admin/records",
    "/admin/people",
    "/admin/people/new",
    "/admin/roster-file",
    "/admin/settings",
    "/form",
    "/phrases?family=follow_up",
    "/phrases/follow_up.week",
    "/plans",
    "/plans/referral",
    "/setup",
    "/reports/form",
    "/second-factor",
)
DESK = (
    "/reports",
    "/coverage",
    "/roster",
    "/shifts",
    "/dispatch",
    "/failures",
    "/second-factor",
    "/reports/experiments",
    "/reports/neutrality",
    *DIRECTORY_DESK,
    *ADMIN,
)  # an admin's


def serious_findings(page: Page) -> list[str]:
    """What axe-core calls serious or critical on the page as it stands, by day, and its contrasts by night."""
    page.evaluate(AXE)  # not a script element: the page's own policy would refuse that, and should
    found = []
    for scheme, rules in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        told: dict[str, Any] = page.evaluate("rules => axe.run(document, {runOnly: rules})", rules)
        found += [
            f"{scheme} {violation['id']}: {node['html'][:120]}"
            for violation in told["violations"]
            if violation["impact"] in SERIOUS
            for node in violation["nodes"]
        ]
    return found


def full_house(console: Console) -> list[str]:
    """Something on every page; the addresses of all of them."""
    contact_id, now = call_in(console, "+16175550161"), datetime.now(UTC)
    with console.house.db.begin() as session:
        contact = session.get_one(Contact, contact_id)
        contact.urgency = Urgency.CALL_911
        contact.triage = {
            "zip": {"value": "02150", "source": "keypad"},
            "said": [{"words": "Please help.", "question": "what", "source": "speech", "at": now.isoformat()}],
            "flags": [{"value": "overdose", "source": "speech"}],
        }
        late = now - timedelta(hours=1)
        session.add(FollowUp(contact_id=contact_id, kind=FollowUpKind.CHECK_IN, due_at=late, created_at=late))
        outbox.put(session, "workers.texts.send", "texts", contact_id, now=late)
        session.execute(update(OutboxRow).values(failures=5, error="KeyError", given_up_at=late))
        sid = f"RE{contact_id.hex}"
        session.add(Voicemail(contact_id=contact_id, recording_sid=sid, received_at=late, deadline_at=late))
        place = session.scalars(select(Listing.facility_id).order_by(Listing.id.desc())).first()
        contact.triage |= {"substances": [{"value": "clonazepam"}], "payer": {"value": "medicaid"}}
    for kind in (ReportKind.FULL, ReportKind.CLOSED):
        assert report_facility(console.house, place or 0, kind, now) is None
    records = (f"/admin/records/{contact_id}",)
    return [*PAGES, *DESK, *records, f"/directory/{place}", f"/contacts/{contact_id}", f"/contacts/{contact_id}/rescue"]


def test_axe_finds_nothing_serious_by_day_or_by_night(console: Console, signed_in: SignedIn) -> None:
    addresses = full_house(console)
    page, _ = signed_in("Hana Ito", Role.ADMIN)
    found = []
    for address in [*addresses, "/nowhere"]:
        page.goto(address)
        found += [f"{address} {finding}" for finding in serious_findings(page)]
    page.goto("/contacts")
    page.keyboard.press("?")
    found += [f"keys {finding}" for finding in serious_findings(page)]
    assert found == []


def test_the_sign_in_page_is_for_everybody_too(context: Any) -> None:
    page = context.new_page()
    page.goto("/sign-in")
    assert serious_findings(page) == []


def test_on_a_phone_nothing_is_cut_off(console: Console, signed_in: SignedIn) -> None:
    addresses = full_house(console)
    page, _ = signed_in("Ivo Blum", Role.ADMIN)
    page.set_viewport_size({"width": 360, "height": 740})
    for address in addresses:
        page.goto(address)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 360, (address, width)
        for link in page.locator(".places a:visible").all():
            box = link.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 24, address  # WCAG 2.2, target size


def test_the_interface_speaks_spanish(console: Console, signed_in: SignedIn) -> None:
    addresses = full_house(console)
    page, _ = signed_in("Jo Rivas")
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Español").click()
    expect(page.get_by_role("heading", name="Contactos", exact=True)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    page.goto(next(address for address in addresses if re.fullmatch(r"/contacts/[-0-9a-f]+", address)))
    expect(page.locator(".timeline")).to_contain_text("La llamada se registró")
