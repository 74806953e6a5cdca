"""Calls in the browser: a small window of its own, which lives on while the console goes from page to page."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue

from services import softphone
from services.softphone import RENEW_SECONDS, SoftphoneRefused
from web import guards
from web.console.assets import asset
from web.console.speech import words
from web.guards import ANSWERING, allow
from web.house import house

SDK = "vendor/twilio-voice-2.18.5.min.js"
# Where that SDK connects to: signalling, and what it tells of a call's quality (the README of its package)
TWILIO = ("wss://voice-js.roaming.twilio.com", "https://eventgw.twilio.com")

blueprint = Blueprint("softphone", __name__, url_prefix="/softphone")


def is_set_up() -> bool:
    """Whether this line can ring in browsers."""
    return current_app.extensions["access_tokens"] is not None


def _simulator() -> str:
    """The origin of whoever stands in for Twilio; empty: Twilio itself."""
    settings = current_app.extensions["settings"]
    base = urlsplit("" if settings.is_production else settings.twilio_api_base_url)
    return f"{base.scheme}://{base.netloc}" if base.netloc else ""


@blueprint.get("")
@allow(ANSWERING)
def page() -> ResponseReturnValue:
    """The window. It alone may use the microphone and connect to Twilio."""
    if not is_set_up():
        return render_template("softphone.html", refused=SoftphoneRefused.NOT_SET_UP), 404
    simulator = _simulator()
    sdk = f"{simulator}/voice-sdk/voice.js" if simulator else asset(SDK)
    response = make_response(render_template("softphone.html", refused=None, sdk=sdk, renew_seconds=RENEW_SECONDS))
    elsewhere = (simulator,) if simulator else TWILIO
    response.headers["Content-Security-Policy"] = guards.policy(connect=elsewhere, script=simulator)
    response.headers["Permissions-Policy"] = guards.permissions(microphone="(self)")
    return response


@blueprint.post("/token")
@allow(ANSWERING)
def token() -> ResponseReturnValue:
    """A pass for this person's own calls."""
    issued = softphone.token(house(), current_app.extensions["access_tokens"], guards.person().id)
    return _refusal(issued) if isinstance(issued, SoftphoneRefused) else jsonify(token=issued)


@blueprint.post("/begin")
@allow(ANSWERING)
def begin() -> ResponseReturnValue:
    """This browser can ring from now on."""
    if not is_set_up():
        return _refusal(SoftphoneRefused.NOT_SET_UP)
    softphone.begin(house(), guards.person().id, guards.now())
    return Response(status=204)


@blueprint.post("/renew")
@allow(ANSWERING)
def renew() -> ResponseReturnValue:
    """It is still there."""
    refused = softphone.renew(house(), guards.person().id, guards.now())
    return _refusal(refused) if refused else Response(status=204)


@blueprint.post("/leave")
@allow(ANSWERING)
def leave() -> ResponseReturnValue:
    """It goes; also sent as a beacon by a window that is being `closed`, and with it the call in it."""
    softphone.leave(house(), guards.person().id, guards.now(), closed=bool(request.form.get("closed")))
    return Response(status=204)


@blueprint.post("/heard")
@allow(ANSWERING)
def heard() -> ResponseReturnValue:
    """It rings."""
    softphone.heard(house(), guards.person().id, guards.now())
    return Response(status=204)


@blueprint.post("/decline")
@allow(ANSWERING)
def decline() -> ResponseReturnValue:
    """Not now: somebody else is rung."""
    declined = softphone.decline(house(), guards.person().id, guards.now())
    return Response(status=204 if declined else 409)


def _refusal(why: SoftphoneRefused) -> ResponseReturnValue:
    return jsonify(error=words()(f"softphone_refused.{why}")), 409
