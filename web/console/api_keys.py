"""Keys with which other programs read the directory: listed, made (shown this once), revoked."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from routing.sentence import Sentence
from services import api_keys
from web import guards
from web.console import unreadable
from web.guards import ADMINS, allow
from web.house import house

blueprint = Blueprint("api_keys", __name__)


@blueprint.get("/admin/api-keys")
@allow(ADMINS)
def page() -> ResponseReturnValue:
    """Every key ever given out, and one more to make."""
    return _page()


@blueprint.post("/admin/api-keys")
@allow(ADMINS)
def act() -> ResponseReturnValue:
    """Make a key for a name, or revoke that name's (`act`)."""
    act, name, by, now = request.form.get("act"), request.form.get("name", ""), guards.person().id, guards.now()
    if act == "add":
        made = api_keys.add_api_key(house(), name, by, now)
        return _page(key=made.key, name=name, wrong=made.wrong), 422 if made.wrong else 200
    if act == "revoke":
        wrong = api_keys.revoke_api_key(house(), name, by, now)
        return (_page(wrong=wrong), 409) if wrong else redirect(url_for("api_keys.page"))
    abort(400)


def _page(*, key: str = "", name: str = "", wrong: Sentence | None = None) -> str:
    unreadable.shown()
    shown = {"keys": api_keys.api_keys(house()), "key": key, "name": name, "wrong": wrong}
    return render_template("api_keys.html", **shown, most=api_keys.LONGEST_NAME, header=api_keys.HEADER)
