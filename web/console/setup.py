"""The first run of a line, step by step: names and numbers, people, the directory, Twilio, a test call, going live."""

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services import line_setup, test_calls
from services.line_setup import Answer
from web import guards
from web.console import unreadable
from web.guards import ADMINS, allow
from web.house import house

blueprint = Blueprint("setup", __name__)
# What only the environment may hold; the page says whether it is there and never what it is
SECRETS = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "SECRET_KEY", "ENCRYPTION_KEYS")
ADDRESSES = ("PUBLIC_BASE_URL", "HELPLINE_NUMBERS")


@blueprint.get("/setup")
@allow(ADMINS)
def page() -> ResponseReturnValue:
    """Every step with what is done."""
    return _page()


@blueprint.post("/setup/settings")
@allow(ADMINS)
def keep() -> ResponseReturnValue:
    """Keep the settings of one step."""
    # what was not touched is not sent on: somebody else may have changed it since this page was opened
    touched = {name: value for name, value in request.form.items() if value != request.form.get(f"was-{name}")}
    wrong = line_setup.keep(house(), touched, guards.person().id, guards.now())
    if wrong:
        return _page(wrong=wrong, typed=request.form), 409 if line_setup.OUTSIDE in wrong.values() else 422
    return redirect(url_for("setup.page"))


@blueprint.post("/setup/check")
@allow(ADMINS)
def check() -> ResponseReturnValue:
    """What the doctor finds now."""
    findings = line_setup.examine(house(), current_app.extensions["account"], guards.now())
    return render_template("_setup_findings.html", findings=findings)


@blueprint.post("/setup/test-call")
@allow(ADMINS)
def call() -> ResponseReturnValue:
    """Ring one's own phone, or the one typed."""
    has_phone = test_calls.begin(house(), guards.person().id, request.form.get("number", ""), guards.now())
    return _test_call(has_phone=has_phone), 200 if has_phone else 422


@blueprint.get("/setup/test-call")
@allow(ADMINS)
def called() -> ResponseReturnValue:
    """How the test call stands; the page asks until it is over."""
    return _test_call()


@blueprint.post("/setup/live")
@allow(ADMINS)
def live() -> ResponseReturnValue:
    """Go live, or take the line off (`act`)."""
    act, by, now = request.form.get("act", ""), guards.person().id, guards.now()
    if act == "rest":
        line_setup.rest(house(), by, now)
    elif act == "live":
        deployed = current_app.config["APP_ENV"] != "development"
        answer = line_setup.go_live(house(), current_app.extensions["account"], by, now, deployed=deployed)
        if not answer.live or answer.findings:
            return _page(answer=answer), 200 if answer.live else 409
    else:
        abort(400)
    return redirect(url_for("setup.page"))


def _test_call(*, has_phone: bool = True) -> str:
    last, ever = test_calls.shown(house(), guards.now())
    return render_template("_setup_test_call.html", call=last, ever=ever, has_phone=has_phone, asked=True)


def _page(*, wrong: object = None, typed: object = None, answer: Answer | None = None) -> str:
    unreadable.shown()
    shown = {one.name: one for one in current_app.extensions["shown_settings"]()[0]}
    outside = [shown[name] for name in (*ADDRESSES, *SECRETS)]
    last, ever = test_calls.shown(house(), guards.now())
    return render_template(
        "setup.html",
        found=line_setup.overview(house()),
        outside=outside,
        call=last,
        ever=ever,
        has_phone=True,
        addresses=ADDRESSES,
        numbers=line_setup.NUMBERS,
        wrong=wrong or {},
        typed=typed or {},
        answer=answer,
    )
