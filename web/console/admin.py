"""The admin desk: one entry in the menu, and a page for each thing behind it (templates/_admin_tabs.html)."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from web.guards import AUDITING, allow, may_open
from web.house import house

# The tabs in their order: whoever adds a page for admins or auditors adds its endpoint here, and "admin_tab.<name>".
GROUPS = {
    "people": {"people": "users.listing", "roster_file": "roster_file.page"},
    "words": {"phrases": "words_desk.phrases", "plans": "plan_desk.plans", "form": "form_desk.edit"},
    "records": {"records": "records.listing", "retention": "retention.page", "audit": "audit.listing"},
    "line": {
        "failures": "failures.listing",
        "settings": "settings.listing",
        "api_keys": "api_keys.page",
        "setup": "setup.page",
    },
}
TABS = {name: endpoint for group in GROUPS.values() for name, endpoint in group.items()}

blueprint = Blueprint("admin", __name__)


@blueprint.get("/admin")
@allow(AUDITING)
def home() -> ResponseReturnValue:
    """The first page of the desk that this person may open: setting up, while the line is not live."""
    if not house().rules.live and may_open("setup.page"):
        return redirect(url_for("setup.page"))
    return redirect(url_for(next(endpoint for endpoint in TABS.values() if may_open(endpoint))))


def tabs() -> dict[str, dict[str, str]]:
    """Name and endpoint of the pages that this person may open, by group."""
    mine = {group: {name: to for name, to in tabs.items() if may_open(to)} for group, tabs in GROUPS.items()}
    return {group: tabs for group, tabs in mine.items() if tabs}
