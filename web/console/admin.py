"""The admin desk: one entry in the menu, and a page for each thing behind it (templates/_admin_tabs.html)."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from web.guards import AUDITING, allow, may_open
from web.house import house

# The tabs in their order: whoever adds a page for admins or auditors adds its endpoint here, and "admin_tab.<name>".
TABS = {
    "people": "users.listing",
    "roster_file": "roster_file.page",
    "audit": "audit.listing",
    "records": "records.listing",
    "retention": "retention.page",
    "settings": "settings.listing",
    "failures": "failures.listing",
    "form": "form_desk.edit",
    "phrases": "words_desk.phrases",
    "plans": "plan_desk.plans",
    "setup": "setup.page",
}

blueprint = Blueprint("admin", __name__)


@blueprint.get("/admin")
@allow(AUDITING)
def home() -> ResponseReturnValue:
    """The first page of the desk that this person may open: setting up, while the line is not live."""
    if not house().rules.live and may_open("setup.page"):
        return redirect(url_for("setup.page"))
    return redirect(url_for(next(endpoint for endpoint in TABS.values() if may_open(endpoint))))


def tabs() -> dict[str, str]:
    """Name and endpoint of the pages that this person may open."""
    return {name: endpoint for name, endpoint in TABS.items() if may_open(endpoint)}
