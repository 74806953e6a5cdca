"""Passkeys: options for the browser as JSON, its answers as ordinary form posts."""

import re
import uuid
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from services import passkeys as services
from services.passkey_ceremony import Site
from services.passkeys import Asked, PasskeyRefused
from web import guards
from web.guards import EVERYBODY, allow
from web.house import house

_ADDRESS = re.compile(r"[\d.:]+|\[.*")
ASKED = "passkey"  # the cookie's key for the challenge that waits for an answer

blueprint = Blueprint("passkeys", __name__)


def site() -> Site:
    """Where this console is: in production as the settings say, never as a request says; else where it was asked."""
    settings = current_app.extensions["settings"]
    base = urlsplit(settings.public_base_url if settings.app_env == "production" else request.host_url)
    return Site(f"{base.scheme}://{base.netloc}", base.hostname or "", house().rules.organisation_name)


def elsewhere() -> str:
    """Where to open the console so that passkeys work, when not here: at a bare IP address browsers refuse them."""
    if not _ADDRESS.fullmatch(request.host):
        return ""
    settings, port = current_app.extensions["settings"], urlsplit(request.host_url).port
    if settings.app_env == "production":
        return str(settings.public_base_url)
    return f"{request.scheme}://localhost{f':{port}' if port else ''}"


def offered() -> bool:
    """Whether whoever is signed in has a passkey."""
    return services.offered(house(), guards.person().sign_in_id, guards.now())


def answered() -> tuple[uuid.UUID, str] | None:
    """The challenge that this browser was given last, and the answer of the form; the challenge is forgotten."""
    asked, answer = session.pop(ASKED, None), request.form.get("credential", "")
    return (uuid.UUID(asked), answer) if asked and answer else None


def handed(asked: Asked | None) -> ResponseReturnValue:
    """Options for the browser, which keeps the id of their challenge in its cookie."""
    if asked is None:
        abort(403)
    session[ASKED] = str(asked.id)
    return Response(asked.options, mimetype="application/json")


def step_up() -> bool:
    """The form's passkey instead of the password: True when it is right, and the session goes on under a new id."""
    given = answered()
    if given is None:
        return False
    renewed = services.step_up(house(), guards.person().sign_in_id, given[0], site(), given[1], guards.now())
    if renewed is not None:
        guards.enter(renewed)
    return renewed is not None


@blueprint.post("/step-up/passkey")
@allow(EVERYBODY)
@guards.person_limit()
def step_up_options() -> ResponseReturnValue:
    """What a device is asked to sign for a step-up."""
    return handed(services.ask_to_step_up(house(), guards.person().sign_in_id, site(), guards.now()))


@blueprint.post("/passkeys/options")
@allow(EVERYBODY)
@guards.person_limit()
def options() -> ResponseReturnValue:
    """What a device is asked for a new passkey."""
    if not guards.person().confirmed_lately(guards.now()):
        abort(403)
    return handed(services.ask_to_make(house(), guards.person().sign_in_id, site(), guards.now()))


@blueprint.post("/passkeys")
@allow(EVERYBODY)
@guards.person_limit()
def add() -> ResponseReturnValue:
    """Keep a new passkey; the first second factor brings recovery codes, shown this once."""
    given = answered()
    name, me = request.form.get("name", ""), guards.person()
    done: tuple[str, ...] | PasskeyRefused = PasskeyRefused.ANSWER
    if given is not None:
        done = services.add(house(), me.sign_in_id, given[0], site(), given[1], name, guards.now())
    if isinstance(done, PasskeyRefused):
        return redirect(url_for("second_factor.page", passkey=done.value))
    return render_template("recovery_codes.html", codes=done) if done else redirect(url_for("second_factor.page"))


@blueprint.post("/passkeys/<uuid:passkey_id>/remove")
@allow(EVERYBODY)
def remove(passkey_id: uuid.UUID) -> ResponseReturnValue:
    """Take one away."""
    if not services.remove(house(), guards.person().id, passkey_id, guards.now()):
        abort(404)
    return redirect(url_for("second_factor.page"))
