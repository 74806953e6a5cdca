"""Failed deliveries: what was given up, with the two things that people can do about it."""

import uuid
from http import HTTPStatus

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from routing.sending import Refusal
from services import failures
from services.failures import FailureKind, LetGoReason
from web import guards
from web.console import unreadable
from web.guards import LEADING, allow
from web.house import house

blueprint = Blueprint("failures", __name__)


@blueprint.get("/failures")
@allow(LEADING)
def listing() -> ResponseReturnValue:
    """Everything that nobody has decided on."""
    return _page()


@blueprint.post("/failures/<kind>/<id_>/again")
@allow(LEADING)
def again(kind: str, id_: str) -> ResponseReturnValue:
    """Try one again; what consent or STOP holds back is said, and stays on the list."""
    done = failures.try_again(house(), *_named(kind, id_), guards.person().id, guards.now())
    if isinstance(done, Refusal):
        return _page(done.value), HTTPStatus.CONFLICT
    return redirect(url_for("failures.listing")) if done else _page("gone")


@blueprint.post("/failures/<kind>/<id_>/let-go")
@allow(LEADING)
def let_go(kind: str, id_: str) -> ResponseReturnValue:
    """Take one off the list, for a reason."""
    try:
        reason = LetGoReason(request.form.get("reason", ""))
    except ValueError:
        return _page("reason"), HTTPStatus.UNPROCESSABLE_ENTITY
    done = failures.let_go(house(), *_named(kind, id_), reason, guards.person().id, guards.now())
    return redirect(url_for("failures.listing")) if done else _page("gone")


def _named(kind: str, id_: str) -> tuple[FailureKind, str]:
    try:
        known = FailureKind(kind)
        return known, str(int(id_)) if known is FailureKind.JOB else str(uuid.UUID(id_))
    except ValueError:
        abort(404)


def _page(wrong: str = "") -> str:
    unreadable.shown()
    found = failures.failures_now(house())
    return render_template("failures.html", found=found, reasons=list(LetGoReason), wrong=wrong)
