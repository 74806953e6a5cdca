"""Every setting with its value and where that comes from, read only: settings change where the processes start."""

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from web.guards import ADMINS, allow

blueprint = Blueprint("settings", __name__)


@blueprint.get("/admin/settings")
@allow(ADMINS)
def listing() -> ResponseReturnValue:
    """Settings from the environment, and the files that a helpline edits."""
    settings, files = current_app.extensions["shown_settings"]()
    return render_template("settings.html", settings=settings, files=files)
