"""Signing in and out of the console."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config.settings import load_settings
from models.people import Counselor
from routing.vocabulary import Role
from tests.fixtures.people import PASSWORD, Browser, token_in
from web.live_pass import cookie_of


def fill_in(client: FlaskClient, email: str, password: str, path: str = "/sign-in") -> tuple[int, str, str]:
    token = token_in(client.get("/sign-in").get_data(as_text=True))
    response = client.post(path, data={"csrf_token": token, "email": email, "password": password})
    return response.status_code, response.get_data(as_text=True), response.headers.get("Location", "")


def test_a_wrong_password_is_told_without_saying_who_works_here(
    client: FlaskClient, add_person: Callable[[Role], Counselor]
) -> None:
    ana = add_person(Role.COUNSELOR)
    known, unknown = fill_in(client, ana.email, "not this one"), fill_in(client, "x@line.example", "not this one")
    assert known[0] == unknown[0] == 403
    sentence = "do not fit together"
    assert sentence in known[1]
    assert sentence in unknown[1]


def test_after_signing_in_one_is_where_one_wanted_to_go(
    client: FlaskClient, add_person: Callable[[Role], Counselor]
) -> None:
    ana = add_person(Role.COUNSELOR)
    asked = client.get("/follow-ups")
    assert asked.status_code == 302
    assert fill_in(client, ana.email, PASSWORD, asked.headers["Location"])[2] == "/follow-ups"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x"])
def test_nobody_is_led_away_by_the_address(
    client: FlaskClient, add_person: Callable[[Role], Counselor], elsewhere: str
) -> None:
    ana = add_person(Role.COUNSELOR)
    assert fill_in(client, ana.email, PASSWORD, f"/sign-in?next={elsewhere}")[2] == "/contacts"


def test_a_session_starts_with_a_new_cookie_and_ends_at_once(
    client: FlaskClient, add_person: Callable[[Role], Counselor]
) -> None:
    client.get("/sign-in")
    before = client.get_cookie("harborline")
    browser = Browser(client, add_person(Role.COUNSELOR))
    after = client.get_cookie("harborline")
    assert before is not None
    assert after is not None
    assert after.value != before.value
    assert after.http_only
    assert after.same_site == "Lax"
    browser.post("/sign-out")
    client.set_cookie("harborline", after.value)  # somebody had copied it
    assert client.get("/contacts").status_code == 302


def test_too_many_tries_from_one_place_are_slowed_down(client: FlaskClient) -> None:
    statuses = [fill_in(client, "x@line.example", "y")[0] for _ in range(21)]
    assert statuses[:20] == [403] * 20
    assert statuses[20] == 429


def test_who_is_signed_in_shares_no_limit_with_others_at_the_same_address(
    sign_in_as: Callable[[Role], Browser],
) -> None:
    one, other = sign_in_as(Role.COUNSELOR), sign_in_as(Role.SUPERVISOR)
    assert [one.post("/step-up/passkey")[0] for _ in range(21)][-1] == 429
    assert other.post("/step-up/passkey")[0] != 429


def test_whose_session_ends_in_the_middle_comes_back_to_the_contact(sign_in_as: Callable[[Role], Browser]) -> None:
    browser = sign_in_as(Role.COUNSELOR)
    assert browser.client.get_cookie("harborline_known") is not None
    browser.client.delete_cookie("harborline")
    for page, back in (("http://localhost/contacts/1", "?next=/contacts/1"), ("https://evil.example/contacts/1", "")):
        asked = browser.client.get("/my-line", headers={"HX-Request": "true", "HX-Current-URL": page})
        assert (asked.status_code, asked.headers["HX-Redirect"]) == (401, f"/sign-in{back}")


def test_pages_allow_nothing_from_elsewhere(application: Flask, sign_in_as: Callable[[Role], Browser]) -> None:
    response = sign_in_as(Role.COUNSELOR).client.get("/contacts")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src 'self';" in policy
    assert f"connect-src 'self' http://localhost:{application.extensions['settings'].events_port};" in policy
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Cache-Control"] == "no-store"


def test_a_page_speaks_the_language_of_the_browser_or_the_one_chosen(client: FlaskClient) -> None:
    page = client.get("/sign-in", headers={"Accept-Language": "es-MX,es;q=0.9"}).get_data(as_text=True)
    assert "Contraseña" in page
    client.post("/language", data={"csrf_token": token_in(page), "language": "en", "next": "/sign-in"})
    assert "Password" in client.get("/sign-in", headers={"Accept-Language": "es"}).get_data(as_text=True)


def test_what_does_not_exist_is_said_in_words(sign_in_as: Callable[[Role], Browser]) -> None:
    status, page = sign_in_as(Role.COUNSELOR).get("/nowhere")
    assert status == 404
    assert "There is no such page" in page


def test_two_copies_on_one_host_do_not_sign_each_other_out() -> None:
    first, second = (load_settings({"PORT": port}) for port in ("8000", "8100"))
    assert first.cookie_suffix != second.cookie_suffix
    assert cookie_of(first) != cookie_of(second)
