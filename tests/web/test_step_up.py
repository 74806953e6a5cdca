"""Grave acts ask again who is there, and lose nothing of what was typed; which ones is one list."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flask import Flask

from models.sign_ins import SignIn
from routing.vocabulary import Role
from services.house import House
from tests.fixtures.people import PASSWORD, Browser
from tests.web.test_guards import address, routes
from web.console.step_up import GRAVE
from web.guards import ADMINS

# What only admins may do and what asks for nothing more: each can be seen and put back on its own page.
ORDINARY = {
    *("setup.check", "setup.call"),  # looks; rings one phone and changes nothing
    *("words_desk.check", "words_desk.change", "plan_desk.change", "form_desk.change"),  # versions, each can come back
    *("imports.upload", "imports.decide", "imports.undo", "roster_file.look"),  # looked at first, undone as a whole
    *("pairs.decide", "pairs.reopen", "place.fix", "place.believe", "place.hold", "place.release"),
    *("place.register_phone", "place.remove_phone", "place.judge", "place.checked"),
}


def grow_old(house: House) -> None:
    """The password was last given an hour ago."""
    with house.db.begin() as session:
        session.query(SignIn).update({"confirmed_at": datetime.now(UTC) - timedelta(hours=1)})


def test_what_an_admin_alone_may_do_is_grave_or_can_be_put_back(application: Flask) -> None:
    views = application.view_functions
    theirs = {
        rule.endpoint
        for rule, method in routes(application)
        if method == "POST" and getattr(views[rule.endpoint], "allowed_roles", None) == ADMINS
    }
    assert theirs <= GRAVE | ORDINARY
    assert not GRAVE & ORDINARY
    assert set(views) >= GRAVE | ORDINARY


def test_every_grave_act_asks_again_who_is_there(
    application: Flask, house: House, sign_in_as: Callable[[Role], Browser]
) -> None:
    admin = sign_in_as(Role.ADMIN)
    grow_old(house)
    for rule, method in routes(application):
        if rule.endpoint in GRAVE:
            fields = {"csrf_token": admin.token, "role": "<admin>"} if method == "POST" else None
            answer = admin.client.open(address(application, rule), method=method, data=fields)
            if method == "GET":
                assert answer.headers["Location"].startswith("/step-up?next="), rule.rule
            else:
                page = answer.get_data(as_text=True)
                assert (answer.status_code, "Your password, please" in page) == (401, True), rule.rule
                assert '<input type="hidden" name="role" value="&lt;admin&gt;">' in page


def test_a_line_goes_live_by_who_gives_the_password_again(house: House, sign_in_as: Callable[[Role], Browser]) -> None:
    admin = sign_in_as(Role.ADMIN)
    house.rules = replace(house.rules, live=True)
    grow_old(house)
    form = {"csrf_token": admin.token, "act": "rest"}
    assert admin.client.post("/setup/live", data=form).status_code == 401
    wrong = admin.client.post("/setup/live", data=form | {"password": "no"})
    assert wrong.status_code == 422
    assert "That password is not right" in wrong.get_data(as_text=True)
    assert house.rules.live
    assert admin.client.post("/setup/live", data=form | {"password": PASSWORD}).status_code == 302
    assert not house.rules.live
    typed = {"csrf_token": admin.token, "organisation_name": "Quay Line"}
    assert admin.client.post("/setup/settings", data=typed).status_code == 302, "for five minutes nobody is asked again"
    assert house.rules.organisation_name == "Quay Line"
