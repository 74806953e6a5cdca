"""The duplicates desk: places that are perhaps one, side by side, and the admin's word on them."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.directory import pairs
from services.directory.pair_page import pairs_page
from services.directory.refused import Refused
from web import guards
from web.console.place_words import service_name
from web.guards import ADMINS, allow
from web.house import house

VERDICTS = {"same": pairs.join_places, "two": pairs.tell_apart}
DONE = (*VERDICTS, "undone")

blueprint = Blueprint("pairs", __name__)


@blueprint.get("/directory/pairs")
@allow(ADMINS)
def page() -> ResponseReturnValue:
    """Open pairs, and what was decided last."""
    return _page()


@blueprint.post("/directory/pairs/<int:pair_id>")
@allow(ADMINS)
def decide(pair_id: int) -> ResponseReturnValue:
    """The same place, or two."""
    verdict = request.form.get("verdict", "")
    if verdict not in VERDICTS:
        abort(400)
    reason, by = request.form.get("reason", ""), guards.person().id
    return _done(pair_id, verdict, VERDICTS[verdict](house(), pair_id, reason, guards.now(), by))


@blueprint.post("/directory/pairs/<int:pair_id>/reopen")
@allow(ADMINS)
def reopen(pair_id: int) -> ResponseReturnValue:
    """Take a decision back."""
    return _done(pair_id, "undone", pairs.take_decision_back(house(), pair_id, guards.now(), guards.person().id))


def _done(pair_id: int, what: str, refused: Refused | None) -> ResponseReturnValue:
    if refused is Refused.UNKNOWN_PAIR:
        abort(404)
    if refused is not None:
        return _page(refused.value, pair_id), 422 if refused is Refused.TOO_LONG else 409
    return redirect(url_for("pairs.page", page=_number(), done=what), 303)


def _page(refused: str = "", about: int = 0) -> str:
    """The page; what was refused stands at the pair it is about, or above when that is not on this page any more."""
    done, found = request.args.get("done", ""), pairs_page(house(), _number())
    return render_template(
        "pairs.html",
        found=found,
        refused=refused,
        about=about,
        there=about in {pair.id for pair in found.pairs} | {pair.id for pair in found.decided},
        done=done if done in DONE and not refused else "",
        service_name=service_name,
    )


def _number() -> int:
    return request.args.get("page", 1, type=int)
