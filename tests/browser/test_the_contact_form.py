"""The helpline's own form in a browser: each field saves itself, also without a connection for a while, and stays."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from models.people import Counselor
from routing.forms import FieldKind, FormField, Option
from services import forms
from tests.browser.conftest import Console
from tests.browser.test_a_counselors_night import call_in

pytestmark = pytest.mark.browser
SignedIn = Callable[..., tuple[Page, Counselor]]
FORM = (
    FormField(
        "call_type", FieldKind.CHOICE, "Call type", "Tipo", (Option("a", "Family", "Familia"), Option("b", "B", "B"))
    ),
    FormField("more", FieldKind.TEXT, "Anything else", "Algo más"),
)


def test_a_form_saves_itself_and_survives_a_reload_and_a_tunnel(console: Console, signed_in: SignedIn) -> None:
    page, ana = signed_in("Kit Moreau")
    assert forms.define(console.house, FORM, ana.id, datetime.now(UTC)) == ()
    contact_id = call_in(console, "+16175550157")
    page.goto(f"/contacts/{contact_id}")
    page.get_by_label("Call type").select_option("Family")
    expect(page.locator("#form-state")).to_contain_text(re.compile(r"Saved \d\d:"))
    page.wait_for_function("!isUnkept()")  # leaving asks nothing
    page.context.set_offline(True)
    page.get_by_label("Anything else").fill("Typed in a tunnel.")
    expect(page.locator("[data-not-kept]")).to_have_count(1)
    page.context.set_offline(False)
    expect(page.locator("[data-not-kept]")).to_have_count(0)
    page.wait_for_function("!isUnkept()")
    page.reload()
    expect(page.get_by_label("Call type")).to_have_value("a")
    expect(page.get_by_label("Anything else")).to_have_value("Typed in a tunnel.")
