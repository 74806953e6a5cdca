"""One's own second factor: an app on the phone, set up by a picture, and recovery codes for when it is lost."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from services import passkeys
from services import second_factor as services
from web import guards, qr
from web.console.passkeys import site
from web.console.speech import words
from web.guards import EVERYBODY, allow
from web.house import house

blueprint = Blueprint("second_factor", __name__)


@blueprint.get("/second-factor")
@allow(EVERYBODY)
def page() -> ResponseReturnValue:
    """How it stands, and how to begin; with a picture once it was begun."""
    return _page()


@blueprint.post("/second-factor")
@allow(EVERYBODY)
def begin() -> ResponseReturnValue:
    """Begin with an app, or with another one."""
    services.begin(house(), guards.person().id)
    return redirect(url_for("second_factor.page"))


@blueprint.post("/second-factor/confirm")
@allow(EVERYBODY)
@guards.person_limit()
def confirm() -> ResponseReturnValue:
    """The app's first code; right: recovery codes are shown this once."""
    codes = services.confirm(house(), guards.person().sign_in_id, request.form.get("code", ""), guards.now())
    return render_template("recovery_codes.html", codes=codes) if codes else (_page(refused=True), 422)


@blueprint.post("/second-factor/codes")
@allow(EVERYBODY)
def codes() -> ResponseReturnValue:
    """New recovery codes; the old ones are worth nothing from now on."""
    made = services.make_codes(house(), guards.person().id, guards.now())
    return render_template("recovery_codes.html", codes=made) if made else abort(404)


def _page(*, refused: bool = False) -> str:
    state = services.state(house(), guards.person().id)
    picture = qr.svg(state.address, words()("second_factor.picture")) if state.address else None
    picture = Markup(picture) if picture else None  # noqa: S704 - our own drawing, its one text escaped
    mine = passkeys.listing(house(), guards.person().id)
    told = {"refused": refused, "passkeys": mine, "passkey_refused": request.args.get("passkey"), "site": site().host}
    return render_template("second_factor.html", state=state, picture=picture, **told)
