"""Retention by page: what would go, a person found by number, handed out, held and forgotten."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flask import Flask

from models.contacts import Contact
from models.sign_ins import SignIn
from routing.vocabulary import ContactStatus, Role
from services.house import House
from tests.fixtures.people import CALLER, Browser


def test_an_admin_hands_out_holds_and_forgets_a_record(
    application: Flask, house: House, sign_in_as: Callable[[Role], Browser], add_contact: Callable[..., Contact]
) -> None:
    contact = add_contact(ContactStatus.CLOSED, waited=86_400 * 30, notes="Wants <detox>.")
    application.extensions["house"] = replace(house, retention={"words": 20})
    admin = sign_in_as(Role.ADMIN)
    page = admin.get("/admin/retention")[1]
    assert '<td class="figure">20</td><td class="figure">1</td><td class="figure">1</td>' in page
    found = admin.client.post("/admin/records", data={"csrf_token": admin.token, "phone": CALLER})
    address = found.headers["Location"].split("?")[0]
    assert address == f"/admin/records/{contact.id}"
    assert CALLER not in admin.get(address)[1]
    told = json.loads(admin.post(address, act="json")[1])
    assert told["contacts"][0]["notes"] == "Wants <detox>."
    readable = admin.post(address, act="html")[1]
    assert "Wants &lt;detox&gt;." in readable
    assert "<h1>Your record</h1>" in readable
    assert not re.search(r"\d{4}-\d\d-\d\dT|call_opened|at_once", readable), "no code words, no machine's times"
    assert admin.post(address, act="hold", reason="A court asks.")[0] == 302
    assert "A court asks." in admin.get("/admin/retention")[1]
    assert admin.client.get(f"/admin/records/caller/{contact.caller_id}").headers["Location"] == f"{address}?whole=1"
    assert 'value="forget"' not in admin.get(address)[1], "what is held is not offered to be forgotten"
    assert f"/admin/records/caller/{contact.caller_id}" in admin.get("/admin/audit?what=hold_placed")[1]
    assert admin.post(address, act="forget", sure="yes")[0] == 409
    hold = admin.get(address)[1].split('name="hold" value="', 1)[1].split('"', 1)[0]
    assert admin.post(address, act="end_hold", hold=hold)[0] == 302
    assert admin.post(address, act="forget")[0] == 400
    with house.db.begin() as session:
        session.query(SignIn).one().confirmed_at = datetime.now(UTC) - timedelta(minutes=6)
    assert admin.client.post(address, data={"csrf_token": admin.token, "act": "json"}).status_code == 401
    with house.db.begin() as session:
        session.query(SignIn).one().confirmed_at = datetime.now(UTC)
    assert admin.post(address, act="forget", sure="yes")[0] == 302
    assert "Number and words were taken out" in admin.get(address)[1]
    auditor = sign_in_as(Role.AUDITOR)
    assert 'name="act"' not in auditor.get(address)[1]
    assert auditor.post(address, act="json")[0] == 403


def test_the_command_says_what_would_go_and_lets_it_go(
    application: Flask, house: House, add_contact: Callable[..., Contact]
) -> None:
    add_contact(ContactStatus.CLOSED, waited=86_400 * 30, notes="Wants detox.")
    application.extensions["house"] = replace(house, retention={"words": 20})
    run = application.test_cli_runner().invoke
    assert json.loads(run(args=["retention", "due", "--json"]).output) == {
        "kind": "words", "days": 20, "now": 1, "soon": 1,
    }  # fmt: skip
    assert "words: 1 gone." in run(args=["retention", "apply"]).output
