"""A supervisor drags a shift in the calendar, is asked what is meant, and sees the gaps drawn anew."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from models.people import Counselor
from routing.shift_words import parse_shifts
from routing.vocabulary import Role
from services import schedules
from tests.browser.conftest import Console
from tests.browser.test_for_everybody import serious_findings

pytestmark = pytest.mark.browser
SignedIn = Callable[..., tuple[Page, Counselor]]


def test_a_shift_is_dragged_longer_and_moved_by_keys(
    console: Console, signed_in: SignedIn, colleague: Callable[..., Counselor]
) -> None:
    night_owl = colleague("Noor Haddad")
    with console.house.db.begin() as session:
        found = session.get_one(Counselor, night_owl.id)
        found.shifts = [schedules.shift(pattern) for pattern in parse_shifts("daily 08:00-16:00")]
    page, _ = signed_in("Rosa Klein", Role.SUPERVISOR)
    monday = datetime.now(UTC).date() + timedelta(days=14 - datetime.now(UTC).weekday())
    page.goto(f"/coverage?from={monday}")
    tuesday = page.locator(".day").nth(1)
    row = tuesday.locator(".duty li").filter(has_text="Noor Haddad")
    bar = row.locator("rect[data-move]")
    bar.scroll_into_view_if_needed()
    box, track = bar.bounding_box(), row.locator("svg").bounding_box()
    assert box
    assert track
    page.mouse.move(box["x"] + box["width"] - 3, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 3 + track["width"] * 4 / 24, box["y"] + 8, steps=4)
    expect(row.locator(".hours")).to_contain_text("08:00–20:00")
    page.mouse.up()
    dialog = page.get_by_role("dialog", name="Change Noor Haddad’s shift")
    expect(dialog.get_by_label("Until")).to_have_value(f"{monday + timedelta(days=1)}T20:00")
    expect(dialog.get_by_text("In lists: 08:00–20:00, on the clock of America/New_York")).to_be_visible()
    assert serious_findings(page) == []
    dialog.get_by_role("button", name="Save").click()  # which shifts are meant is not said: the browser asks
    dialog.get_by_label("This one only").check()
    dialog.get_by_role("button", name="Save").click()
    saved = page.get_by_role("status").filter(has_text="Saved: Noor Haddad")
    expect(saved).to_contain_text("08:00–20:00")
    expect(saved).to_contain_text("00:00–08:00, 20:00–24:00")  # the gaps of the day, in words
    expect(saved).to_be_in_viewport()
    expect(saved).to_be_focused()
    expect(tuesday.locator(".lanes li").first).to_contain_text("00:00–08:00, 20:00–24:00")
    expect(page.locator(".day").nth(2).locator(".lanes li").first).to_contain_text("00:00–08:00, 16:00–24:00")

    change = page.locator(".day").nth(2).get_by_role("link", name="Change: Noor Haddad")
    change.focus()
    page.keyboard.press("Enter")
    later = dialog.get_by_role("button", name="A day later")
    expect(later).to_be_visible()  # not before: then the focus would go to the first field
    later.focus()
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("From")).to_have_value(f"{monday + timedelta(days=3)}T08:00")
    expect(dialog.get_by_text("In lists: 08:00–16:00")).to_be_visible()
    dialog.get_by_label("Until").fill(f"{monday + timedelta(days=4)}T00:00")
    expect(dialog.get_by_text("In lists: 08:00–24:00")).to_be_visible()
    dialog.get_by_label("Until").fill(f"{monday + timedelta(days=3)}T16:00")
    dialog.get_by_label("This one only").check()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("They work then already: Thursday")
    page.keyboard.press("Escape")
    page.goto(change.get_attribute("href") or "")  # the same by itself, as without the script
    assert serious_findings(page) == []
    page.go_back()
    expect(page.locator(".day").nth(2).locator(".duty")).to_contain_text("08:00–16:00")
