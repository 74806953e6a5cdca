"""Every page for everybody: by day and by night, on a phone, in Spanish, and with nothing serious for axe to find."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, ViewportSize, expect
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
# Only what is wrong comes back: all that axe found in order takes longer to hand over than to find.
VIOLATIONS = """rules => axe.run(document, {runOnly: rules, resultTypes: ["violations"]}).then(({violations}) =>
  violations.flatMap(({id, impact, nodes}) => nodes.map(({html}) => [impact, id, html])))"""
PHONE, DESK_SCREEN = ViewportSize(width=360, height=740), ViewportSize(width=1280, height=860)
SMALLEST_SIDES = "links => links.map(link => link.getBoundingClientRect()).map(box => Math.min(box.width, box.height))"
LEAST_TARGET_PX = 24  # WCAG 2.2, target size
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
        told: list[tuple[str, str, str]] = page.evaluate(VIOLATIONS, rules)
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


def test_every_page_is_for_everybody_by_day_by_night_and_on_a_phone(console: Console, signed_in: SignedIn) -> None:
    addresses = full_house(console)
    page, _ = signed_in("Hana Ito", Role.ADMIN)
    found = []
    for address in [*addresses, "/nowhere"]:
        page.goto(address)
        found += [f"{address} {finding}" for finding in (*serious_findings(page), *cut_off_on_a_phone(page))]
    page.goto("/contacts")
    page.keyboard.press("?")
    found += [f"keys {finding}" for finding in serious_findings(page)]
    assert found == []


def test_the_sign_in_page_is_for_everybody_too(context: Any) -> None:
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
