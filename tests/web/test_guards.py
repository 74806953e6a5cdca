"""Every route has a guard: strangers get nowhere, and every role sees only its own."""

import re
import uuid
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from routing.vocabulary import Role
from tests.fixtures.people import Browser
from web import api, guards

WEBHOOKS = ("/voice/", "/sms/", "/status/")
OPEN = {"/healthz", "/readyz", "/metrics"}


def routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def address(app: Flask, rule: Rule) -> str:
    examples = {"uuid": uuid.uuid4(), "int": 1}
    kinds = {name: kind for kind, name in re.findall(r"<(?:(\w+)[^>]*:)?(\w+)>", rule.rule)}
    values = {name: examples.get(kinds[name], "x") for name in rule.arguments}
    with app.test_request_context():
        built = rule.build(values)
    assert built is not None
    return built[1]


def test_a_stranger_gets_nowhere(application: Flask) -> None:
    client = application.test_client()
    for rule, method in routes(application):
        status = client.open(address(application, rule), method=method).status_code
        if rule.rule in OPEN or rule.rule.startswith("/assets/") or rule.endpoint in guards.PUBLIC_ENDPOINTS:
            # 302: a code is asked for after the password only; 400: a post without its token
            assert status in {200, 302, 400, 404, 503}, (rule.rule, method, status)
        elif rule.endpoint.startswith("referral_pages."):
            assert status in {400, 410}, rule.rule  # no token, no page
        elif rule.endpoint in api.OPEN_ENDPOINTS:
            assert status == 200, rule.rule
        elif rule.rule.startswith(api.PREFIX):
            assert status == 401, rule.rule
        elif rule.endpoint.startswith("consent_pages."):
            assert status == 410, rule.rule  # no key, no page
        elif rule.rule.startswith(WEBHOOKS):
            assert status in {403, 405}, (rule.rule, method, status)
        else:
            assert status == (302 if method == "GET" else 401), (rule.rule, method, status)


def test_every_page_names_its_roles(application: Flask) -> None:
    for rule, _ in routes(application):
        if guards.is_public(rule.rule, rule.endpoint) or rule.endpoint == "static":
            continue
        assert getattr(application.view_functions[rule.endpoint], "allowed_roles", None), rule.endpoint


@pytest.mark.parametrize("role", list(Role))
def test_every_role_sees_only_its_own(application: Flask, sign_in_as: Callable[[Role], Browser], role: Role) -> None:
    browser = sign_in_as(role)
    for rule, method in routes(application):
        if guards.is_public(rule.rule, rule.endpoint) or rule.endpoint == "signing.sign_out":
            continue
        roles = getattr(application.view_functions[rule.endpoint], "allowed_roles", frozenset())
        path = address(application, rule)
        status = browser.get(path)[0] if method == "GET" else browser.post(path)[0]
        assert (status == 403) == (role not in roles), (rule.rule, method, status)


def test_reports_are_a_supervisors_pages_and_an_auditors(application: Flask) -> None:
    """Every report, on a page or as CSV: counselors answer, those who answer for the line read how it did."""
    reports = {rule.endpoint for rule, _ in routes(application) if rule.rule.startswith("/reports")}
    assert {"reports.page", "form_desk.report", "neutrality.page", "experiments.page"} < reports
    assert {application.view_functions[endpoint].allowed_roles for endpoint in reports} == {guards.REPORTING}  # type: ignore[attr-defined]


def test_an_auditor_changes_nothing(application: Flask) -> None:
    """What an auditor may post concerns their own sign-in, or is a reading that goes on record."""
    may = {
        rule.endpoint
        for rule, method in routes(application)
        if method != "GET" and Role.AUDITOR in getattr(application.view_functions[rule.endpoint], "allowed_roles", ())
    }
    own = {f"second_factor.{act}" for act in ("begin", "confirm", "codes")}
    own |= {f"passkeys.{act}" for act in ("options", "add", "remove", "step_up_options")}
    readings = {"contacts.reveal", "records.find"}  # posted so that no number stands in an address
    assert may == {"signing.sign_out", "signing.step_up", *own, *readings}


def test_a_post_without_its_token_changes_nothing(sign_in_as: Callable[[Role], Browser]) -> None:
    browser = sign_in_as(Role.COUNSELOR)
    response = browser.client.post("/presence", data={"presence": "away"})
    assert response.status_code == 400
    assert "Load it again" in response.get_data(as_text=True)
