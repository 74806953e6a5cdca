"""The admin's desk for the directory: calls of the day, and what waits for a look."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from services.directory import desk_lists
from web import guards
from web.guards import ADMINS, allow
from web.house import house

blueprint = Blueprint("directory_desk", __name__)


@blueprint.get("/directory/calls")
@allow(ADMINS)
def calls() -> ResponseReturnValue:
    """Ten facilities to call today."""
    return render_template("day_calls.html", calls=desk_lists.day_calls(house(), guards.now()))


@blueprint.get("/directory/checks")
@allow(ADMINS)
def checks() -> ResponseReturnValue:
    """Open checks, "do not refer" by day of review, and rows that imports could not take."""
    return render_template("checks.html", found=desk_lists.checks(house()), today=guards.now().date().isoformat())
