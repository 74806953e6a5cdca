"""Calls in the browser at the edge: whose token, which headers, and what is said where it is not set up."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable

from flask import Flask

from models.people import Counselor
from routing.vocabulary import Role
from services.browser_legs import identity
from services.house import House
from tests.fixtures.people import Browser
from web import guards

SignIn = Callable[[Role], Browser]


def claims(answer: str) -> dict[str, object]:
    body = json.loads(answer)["token"].split(".")[1]
    found: dict[str, object] = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


def test_a_token_lets_one_counselor_be_rung_and_nothing_else(house: House, sign_in_as: SignIn) -> None:
    ana = sign_in_as(Role.COUNSELOR)
    status, answer = ana.post("/softphone/token")
    assert status == 200
    assert claims(answer)["grants"] == {"identity": identity(ana.person.id), "voice": {"incoming": {"allow": True}}}
    assert ana.person.name not in repr(claims(answer))
    assert sign_in_as(Role.AUDITOR).post("/softphone/token")[0] == 403

    assert ana.post("/softphone/begin")[0] == ana.post("/softphone/renew")[0] == 204
    assert ana.post("/softphone/leave")[0] == 204, "a window that is closed"
    status, answer = ana.post("/softphone/renew")
    assert (status, "Your phone rings" in answer) == (409, True)

    with house.db.begin() as session:
        session.get_one(Counselor, ana.person.id).phone = None
    status, answer = ana.post("/softphone/token")
    assert (status, "no phone on the roster" in answer) == (409, True)


def test_what_the_window_posts_by_itself_keeps_nobody_signed_in(application: Flask) -> None:
    posts = [rule for rule in application.url_map.iter_rules() if "POST" in (rule.methods or ())]
    by_hand = set()
    for rule in posts:
        if rule.endpoint.startswith("softphone."):
            with application.test_request_context(rule.rule, method="POST"):
                by_hand |= {rule.endpoint} if guards._by_hand() else set()
    assert by_hand == {"softphone.decline"}


def test_only_the_window_may_use_the_microphone_and_connect_elsewhere(sign_in_as: SignIn) -> None:
    ana = sign_in_as(Role.COUNSELOR)
    window, page = ana.client.get("/softphone").headers, ana.client.get("/contacts").headers
    assert "microphone=(self)" in window["Permissions-Policy"]
    assert "microphone=()" in page["Permissions-Policy"]
    assert window["Content-Security-Policy"].count("http://127.0.0.1:8070") == 2, "the simulator's script and calls"
    assert "8070" not in page["Content-Security-Policy"]


def test_with_twilio_itself_the_pinned_sdk_comes_from_us(application: Flask, sign_in_as: SignIn) -> None:
    settings = application.extensions["settings"]
    application.extensions["settings"] = settings.model_copy(update={"twilio_api_base_url": ""})
    window = sign_in_as(Role.COUNSELOR).client.get("/softphone")
    assert "/assets/vendor/twilio-voice-" in window.get_data(as_text=True)
    policy = window.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "wss://voice-js.roaming.twilio.com" in policy


def test_where_it_is_not_set_up_it_says_what_to_do(application: Flask, sign_in_as: SignIn) -> None:
    ana = sign_in_as(Role.COUNSELOR)
    assert "softphone-switch" in ana.get("/contacts")[1]
    application.extensions["access_tokens"] = None
    assert "softphone-switch" not in ana.get("/contacts")[1]
    for status, answer in (ana.get("/softphone"), ana.post("/softphone/token"), ana.post("/softphone/begin")):
        assert status in (404, 409)
        assert "TWILIO_API_KEY_SID" in answer
