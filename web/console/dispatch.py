"""The list of local dispatch numbers: kept by admins, read on the rescue screen."""

import uuid

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from routing.vocabulary import Role
from services import dispatch, information
from web import guards
from web.console import unreadable
from web.guards import allow
from web.house import house

ADMINS = frozenset({Role.ADMIN})
FIELDS = ("state", "county", "name", "phone")

blueprint = Blueprint("dispatch", __name__)


@blueprint.get("/dispatch")
@allow(ADMINS)
def listing() -> ResponseReturnValue:
    """All numbers, and a line to add one."""
    return _page()


@blueprint.post("/dispatch")
@allow(ADMINS)
def add() -> ResponseReturnValue:
    """Add a number; a field that cannot be read is named and nothing is added."""
    given = {field: request.form.get(field, "").strip() for field in FIELDS}
    refused = dispatch.add_centre(house(), guards.person().id, **given, now=guards.now())
    return (_page(refused, given), 422) if refused else redirect(url_for("dispatch.listing"))


@blueprint.post("/dispatch/<uuid:centre_id>/remove")
@allow(ADMINS)
def remove(centre_id: uuid.UUID) -> ResponseReturnValue:
    """Take a number off the list."""
    if not dispatch.remove_centre(house(), guards.person().id, centre_id, guards.now()):
        abort(404)
    return redirect(url_for("dispatch.listing"))


def _page(refused: tuple[str, ...] = (), given: dict[str, str] | None = None) -> str:
    unreadable.shown()
    rows, states = dispatch.centres(house()), information.states(house())
    return render_template("dispatch.html", centres=rows, states=states, refused=refused, given=given or {})
