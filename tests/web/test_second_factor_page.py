"""Setting up a second factor by the page, signing in with it, and the picture that an app reads."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyotp
from flask import Flask

from models.sign_ins import SignIn
from routing.vocabulary import Role
from services.house import House
from tests.fixtures.authenticator import Authenticator
from tests.fixtures.people import PASSWORD, Browser, token_in
from web import qr

ADDRESS = "otpauth://totp/Harborline:ana%40line.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Harborline"


def test_the_picture_is_the_one_that_others_draw() -> None:
    """The digest was made with two other encoders (version 10, level M, mask 0)."""
    digest = hashlib.sha256(bytes(dark for row in qr.modules(ADDRESS.encode()) for dark in row)).hexdigest()
    assert digest == "c456b3fc526b6db942844140669be3920b5960d781172b74bae8c878f5e5ebcf"
    assert qr.svg("x" * 214, "too long") is None


def test_an_admin_who_must_have_it_gets_nowhere_without(
    application: Flask, house: House, sign_in_as: Callable[[Role], Browser]
) -> None:
    browser = sign_in_as(Role.ADMIN)
    strict = replace(house, rules=replace(house.rules, second_factor_roles=("admin",)))
    application.extensions["house"] = strict
    turned = browser.client.get("/contacts")
    assert (turned.status_code, turned.headers["Location"]) == (302, "/second-factor")
    status, page = browser.get("/second-factor")
    assert status == 200
    assert "Your role needs a second factor" in page
    assert browser.post("/second-factor")[0] == 302
    page = browser.get("/second-factor")[1]
    assert '<svg class="qr"' in page
    key = re.search(r'secret">([A-Z2-7 ]+)</p>', page)
    assert key is not None
    app = pyotp.TOTP(key[1].replace(" ", ""))
    assert browser.post("/second-factor/confirm", code="12")[0] == 422
    status, page = browser.post("/second-factor/confirm", code=app.now())
    assert status == 200
    recovery = re.findall(r'<li class="number">([\w-]+)</li>', page)
    assert browser.get("/contacts")[0] == 200
    _sign_in_with(application, browser, recovery[0])


def _sign_in_with(application: Flask, browser: Browser, code: str) -> None:
    client = application.test_client()
    fields = {"email": browser.person.email, "password": PASSWORD}
    fields["csrf_token"] = token_in(client.get("/sign-in").get_data(as_text=True))
    asked = client.post("/sign-in?next=/board", data=fields)
    assert asked.headers["Location"] == "/sign-in/code?next=/board"
    assert client.get("/board").status_code == 302  # half-way is not in
    token = token_in(client.get(asked.headers["Location"]).get_data(as_text=True))
    wrong = client.post(asked.headers["Location"], data={"csrf_token": token, "code": "000000"})
    assert wrong.status_code == 403
    right = client.post(asked.headers["Location"], data={"csrf_token": token, "code": code})
    assert right.headers["Location"] == "/board"
    assert client.get("/board").status_code == 200


def test_what_matters_asks_for_the_password_anew_and_the_session_moves_on(
    application: Flask, house: House, sign_in_as: Callable[[Role], Browser]
) -> None:
    browser = sign_in_as(Role.COUNSELOR)
    with house.db.begin() as session:
        session.query(SignIn).one().confirmed_at = datetime.now(UTC) - timedelta(minutes=6)
    asked = browser.client.get("/second-factor")
    assert asked.headers["Location"] == "/step-up?next=/second-factor"
    assert browser.post("/step-up?next=/second-factor", password="no")[0] == 422
    before = browser.client.get_cookie("harborline")
    assert browser.post("/step-up?next=/second-factor", password=PASSWORD)[0] == 302
    after = browser.client.get_cookie("harborline")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    page = browser.get("/second-factor")[1]
    assert "works at localhost, and nowhere else" in page
    assert "data-passkey" in page
    browser.client.set_cookie("harborline", after.value, domain="127.0.0.1")
    bare = browser.client.get("/second-factor", base_url="http://127.0.0.1:8000").get_data(as_text=True)
    assert "open http://localhost:8000 for them" in bare
    assert "data-passkey" not in bare, "browsers refuse every passkey there"
    assert browser.post("/presence", presence="away")[0] == 200  # the tokens of open pages stay good


def test_a_passkey_alone_is_enough_where_a_second_factor_is_asked_for(
    application: Flask, house: House, sign_in_as: Callable[[Role], Browser]
) -> None:
    browser, device = sign_in_as(Role.ADMIN), Authenticator("http://localhost", "localhost")
    application.extensions["house"] = replace(house, rules=replace(house.rules, second_factor_roles=("admin",)))
    assert browser.get("/board")[0] == 302
    answer = device.make(browser.post("/passkeys/options")[1])
    with house.db.begin() as session:  # the five minutes run out while the device asks for a finger
        session.query(SignIn).one().confirmed_at = datetime.now(UTC) - timedelta(minutes=6)
    status, page = browser.post("/passkeys", credential=answer, name="Key")
    assert (status, page.count('<li class="number">')) == (200, 10)
    assert browser.get("/board")[0] == 200
    assert browser.post("/passkeys/options")[0] == 403, "a challenge is for who proved lately who they are"
    assert (
        browser.client.post("/passkeys", data={"csrf_token": browser.token, "credential": answer, "name": "Key"})
        .headers["Location"]
        .endswith("passkey=answer")
    ), "the challenge is used up"

    client = application.test_client()
    token = {"csrf_token": token_in(client.get("/sign-in").get_data(as_text=True))}
    options = client.post("/sign-in/passkey/options", data=token).get_data(as_text=True)
    answer = device.use(options)
    elsewhere = application.test_client()
    other = {"csrf_token": token_in(elsewhere.get("/sign-in").get_data(as_text=True))}
    refused = elsewhere.post("/sign-in/passkey", data=other | {"credential": answer})
    assert (refused.status_code, "was not accepted" in refused.get_data(as_text=True)) == (403, True)
    entered = client.post("/sign-in/passkey?next=/board", data=token | {"credential": answer})
    assert entered.headers["Location"] == "/board"
    assert client.get("/board").status_code == 200

    fresh = application.test_client()
    fields = {"email": browser.person.email, "password": PASSWORD}
    fields["csrf_token"] = token_in(fresh.get("/sign-in").get_data(as_text=True))
    assert fresh.post("/sign-in", data=fields).headers["Location"].startswith("/sign-in/code")
    assert "Use a passkey" in fresh.get("/sign-in/code").get_data(as_text=True)
    token = {"csrf_token": token_in(fresh.get("/sign-in").get_data(as_text=True))}  # they begin anew
    asked = fresh.post("/sign-in/passkey/options", data=token).get_json()
    assert asked["allowCredentials"] == [], "whoever begins anew is a stranger again"
