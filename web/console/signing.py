"""Signing in and out, giving the password again, and choosing the language."""

import uuid
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, logout_user

from routing.vocabulary import Role
from services import passkeys as passkey_services
from services import sign_in as services
from services.sign_in import HalfWay, Person
from web import guards, live_pass
from web.console import passkeys
from web.console import step_up as stepping_up
from web.console.speech import LANGUAGE_COOKIE
from web.guards import EVERYBODY, allow, limiter
from web.house import house
from web.words import LANGUAGES

A_YEAR = 31_536_000
HALF_WAY = "half_way"  # the cookie's key for a sign-in that waits for its code
LONGEST_CODE = 40

blueprint = Blueprint("signing", __name__)


@blueprint.get("/")
@allow(EVERYBODY)
def home() -> ResponseReturnValue:
    """Everybody starts where their work is."""
    return redirect(url_for(_start_of(guards.person().role)))


@blueprint.route("/sign-in", methods=["GET", "POST"])
@limiter.limit(guards.SIGN_IN_LIMIT, methods=["POST"])
def sign_in() -> ResponseReturnValue:
    """The sign-in page; a session starts afresh, so that nothing from before it is carried over."""
    if request.method == "GET":
        if current_user.is_authenticated:
            return redirect(url_for("signing.home"))
        session.pop(HALF_WAY, None)
        return render_template("sign_in.html", refused=False, email="")
    email = request.form.get("email", "")
    entered = services.sign_in(house(), email, request.form.get("password", ""), guards.now(), guards.browser())
    if entered is None:
        return render_template("sign_in.html", refused=True, email=email), 403
    session.clear()
    if isinstance(entered, HalfWay):
        session[HALF_WAY] = str(entered.sign_in_id)
        return redirect(url_for("signing.code", next=_inside(request.args.get("next"))))
    return _entered(entered)


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@limiter.limit(guards.SIGN_IN_LIMIT, methods=["POST"])
def code() -> ResponseReturnValue:
    """The second half: the code of the app on the phone, or a recovery code."""
    half = _half()
    if half is None:
        return redirect(url_for("signing.sign_in"))
    if request.method == "GET":
        return _second_half(half)
    given = request.form.get("code", "")[:LONGEST_CODE]
    person = services.finish_sign_in(house(), half, given, guards.now(), guards.browser())
    if person is None:
        return _second_half(half, refused=True), 403
    session.clear()
    return _entered(person)


@blueprint.post("/sign-in/passkey/options")
@limiter.limit(guards.SIGN_IN_LIMIT)
def passkey_options() -> ResponseReturnValue:
    """What a device is asked to sign: of a stranger, or of whoever gave the right password."""
    return passkeys.handed(passkey_services.ask_to_sign_in(house(), _half(), passkeys.site(), guards.now()))


@blueprint.post("/sign-in/passkey")
@limiter.limit(guards.SIGN_IN_LIMIT)
def passkey() -> ResponseReturnValue:
    """Sign in by passkey, alone or after the password."""
    half, given = _half(), passkeys.answered()
    person = None
    if given:
        here = (guards.now(), guards.browser())
        person = passkey_services.enter(house(), half, given[0], passkeys.site(), given[1], *here)
    if person is None:
        page = _second_half(half, passkey_refused=True) if half else None
        return page or render_template("sign_in.html", passkey_refused=True, email=""), 403
    session.clear()
    return _entered(person)


@blueprint.route("/step-up", methods=["GET", "POST"])
@allow(EVERYBODY)
@guards.person_limit(methods=["POST"])
def step_up() -> ResponseReturnValue:
    """The password again, or a passkey, before something that matters; then back to it."""
    back_to = _inside(request.args.get("next"))
    if request.method == "POST" and stepping_up.proven():
        return redirect(back_to or url_for("signing.home"))
    page = stepping_up.page(url_for("signing.step_up", next=back_to), [])
    return page, 200 if request.method == "GET" else 422


@blueprint.post("/sign-out")
@allow(EVERYBODY)
def sign_out() -> ResponseReturnValue:
    """End the session in the database and forget the cookies."""
    services.sign_out(house(), guards.person().sign_in_id, guards.now())
    logout_user()
    session.clear()
    response = redirect(url_for("signing.sign_in"))
    live_pass.forget(response)
    return response


@blueprint.post("/language")
def choose_language() -> ResponseReturnValue:
    """Keep the language of the pages for this browser."""
    response = redirect(_inside(request.form.get("next")) or url_for("signing.home"))
    chosen = request.form.get("language")
    if chosen in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=A_YEAR, httponly=True, samesite="Lax")
    return response


def _second_half(half: uuid.UUID, **told: bool) -> str:
    has_passkey = passkey_services.offered(house(), half, guards.now(), half=True)
    return render_template("sign_in_code.html", has_passkey=has_passkey, **told)


def _half() -> uuid.UUID | None:
    half = session.get(HALF_WAY)
    return uuid.UUID(half) if half else None


def _entered(person: Person) -> ResponseReturnValue:
    guards.enter(person)
    response = redirect(_inside(request.args.get("next")) or url_for(_start_of(person.role)))
    guards.keep_browser(response)
    return response


def _start_of(role: Role) -> str:
    return "audit.listing" if role is Role.AUDITOR else "contacts.listing"


def _inside(address: str | None) -> str | None:
    """The address when it is a path of this site; anything else is forgotten, so that nobody is led away."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return None
    parts = urlsplit(address)
    return address if not parts.scheme and not parts.netloc else None
