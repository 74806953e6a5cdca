"""How long records are kept, what would go when, and what is held; one person's record is the page of `records`."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from services import retention
from web import guards
from web.guards import AUDITING, allow
from web.house import house

blueprint = Blueprint("retention", __name__)


@blueprint.get("/admin/retention")
@allow(AUDITING)
def page() -> ResponseReturnValue:
    """Periods, what would go now and soon, and what is held."""
    holds, copies = retention.standing(house())
    rows = retention.forecast(house(), guards.now())
    return render_template("retention.html", rows=rows, holds=holds, copies=copies)
