"""The roster by page: a file is looked at first, with all that it would change, and then taken or left."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from services import roster
from services.roster_file import COLUMNS
from web import guards, offers
from web.guards import ADMINS, allow
from web.house import house

LONGEST = 400_000  # bytes: some thousand people, and less than a form may carry

blueprint = Blueprint("roster_file", __name__)


@blueprint.get("/admin/roster-file")
@allow(ADMINS)
def page() -> ResponseReturnValue:
    """Choose a file."""
    return _page()


@blueprint.post("/admin/roster-file")
@allow(ADMINS)
def look() -> ResponseReturnValue:
    """What the file would do; nothing is changed."""
    file = request.files.get("file")
    given = file.read(LONGEST + 1) if file else b""
    if not given or len(given) > LONGEST:
        return _page(errors=("no_file" if not given else "too_long",)), 422
    try:
        text = given.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _page(errors=("not_utf8",)), 422
    plan = roster.plan_roster(house(), text, offers.codes())
    return _page(plan=plan, text=text), 422 if plan.errors else 200


@blueprint.post("/admin/roster-file/take")
@allow(ADMINS)
def take() -> ResponseReturnValue:
    """Take the file that was looked at; when it would do something else by now, it is shown anew instead."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    plan = roster.plan_roster(house(), text, offers.codes())
    if plan.errors or plan.digest != request.form.get("digest"):
        return _page(plan=plan, text=text, changed=True), 409
    by, now = guards.person().id, guards.now()
    result = roster.import_roster(house(), text, now, said=offers.codes(), actor_id=by)
    return _page(result=result), 422 if result.errors else 200


def _page(
    *,
    plan: roster.RosterPlan | None = None,
    text: str = "",
    errors: tuple[str, ...] = (),
    result: roster.RosterResult | None = None,
    changed: bool = False,
) -> str:
    shown = {"plan": plan, "text": text, "errors": errors, "result": result, "changed": changed}
    return render_template("roster_file.html", columns=COLUMNS, own_word=offers.is_own_word, **shown)
