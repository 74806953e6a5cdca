"""Every setting with its value and where that comes from, read only: a few are set on the page for setting up."""

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from services import line_setup
from web.guards import ADMINS, allow
from web.house import house

blueprint = Blueprint("settings", __name__)


@blueprint.get("/admin/settings")
@allow(ADMINS)
def listing() -> ResponseReturnValue:
    """Settings from the environment, and the files that a helpline edits."""
    settings, files = current_app.extensions["shown_settings"]()
    held = {name.upper(): one for name, one in line_setup.held_settings(house()).items() if one.source == "database"}
    return render_template("settings.html", settings=settings, files=files, held=held)
