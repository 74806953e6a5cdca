"""Signing in and out, giving the password again, and choosing the language."""

from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from routing.vocabulary import Role
from services import sign_in as services
from web import guards, live_pass
from web.console.speech import LANGUAGE_COOKIE
from web.guards import EVERYBODY, allow, limiter
from web.house import house
from web.words import LANGUAGES

A_YEAR = 31_536_000

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
        return render_template("sign_in.html", refused=False, email="")
    email = request.form.get("email", "")
    person = services.sign_in(house(), email, request.form.get("password", ""), guards.now())
    if person is None:
        return render_template("sign_in.html", refused=True, email=email), 403
    session.clear()
    session.permanent = True
    login_user(guards.Visitor(person))
    return redirect(_inside(request.args.get("next")) or url_for(_start_of(person.role)))


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


def _start_of(role: Role) -> str:
    return "audit.listing" if role is Role.AUDITOR else "contacts.listing"


def _inside(address: str | None) -> str | None:
    """The address when it is a path of this site; anything else is forgotten, so that nobody is led away."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return None
    parts = urlsplit(address)
    return address if not parts.scheme and not parts.netloc else None
