"""People who sign in: the list, one person, a new one, and the link by which somebody sets their own password."""

import uuid

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from routing.vocabulary import Language, Role
from services import second_factor, user_edits, users
from services.counselors import SHORTEST_PASSWORD
from services.users import UserRefused
from web import guards, offers
from web.console.speech import words
from web.guards import ADMINS, allow, limiter
from web.house import house

FIELDS = ("email", "name", "role", "phone", "timezone", "languages", "skills")
CORRECTED = ("name", "email", "phone", "timezone", "languages", "skills")

blueprint = Blueprint("users", __name__)


@blueprint.get("/admin/people")
@allow(ADMINS)
def listing() -> ResponseReturnValue:
    """Everybody, with role and how they sign in."""
    return render_template("users.html", people=users.users(house(), guards.now()))


@blueprint.route("/admin/people/new", methods=["GET", "POST"])
@allow(ADMINS)
def new() -> ResponseReturnValue:
    """Add a person; their link is shown this once. A field that is not right is named and nobody is added."""
    if request.method == "GET":
        zone = house().rules.default_timezone
        return _new({"timezone": zone, "role": Role.COUNSELOR.value, "languages": Language.ENGLISH.value})
    given = _given(FIELDS)
    added = users.add(house(), given, guards.person().id, guards.now())
    if added.counselor_id is None:
        return _new(given, added.refused), 422
    return _person(added.counselor_id, token=added.token)


@blueprint.get("/admin/people/<uuid:counselor_id>")
@allow(ADMINS)
def person(counselor_id: uuid.UUID) -> ResponseReturnValue:
    """One person, and what can be done."""
    return _person(counselor_id)


@blueprint.post("/admin/people/<uuid:counselor_id>")
@allow(ADMINS)
def act(counselor_id: uuid.UUID) -> ResponseReturnValue:
    """Do one thing (`act`) to a person."""
    act, by, now = request.form.get("act", ""), guards.person().id, guards.now()
    refused: UserRefused | None = None
    if act == "invite":
        token = users.invite(house(), counselor_id, by, now)
        return _person(counselor_id, token=token) if token else abort(404)
    if act == "correct":
        given = _given(CORRECTED)
        wrong = user_edits.edit(house(), counselor_id, given, by, now)
        if wrong:
            return _person(counselor_id, wrong=wrong, given=given), 422
    elif act == "role" and request.form.get("role") in set(Role):
        refused = users.change_role(house(), counselor_id, Role(request.form["role"]), by, now)
    elif act == "deactivate":
        refused = users.deactivate(house(), counselor_id, by, now)
    elif act == "reactivate":
        users.reactivate(house(), counselor_id, by, now)
    elif act == "reset_factor":
        refused = None if second_factor.reset(house(), counselor_id, by, now) else UserRefused.ONESELF
    elif act == "end_sessions":
        users.end_sessions(house(), counselor_id, by, now)
    else:
        abort(400)
    if refused is not None:
        return _person(counselor_id, refused=refused.value), 409
    return redirect(url_for("users.person", counselor_id=counselor_id))


@blueprint.route("/password/<token>", methods=["GET", "POST"])
@limiter.limit(guards.SIGN_IN_LIMIT)
def set_password(token: str) -> ResponseReturnValue:
    """Somebody sets their own password by the link that an admin gave them."""
    name = users.name_behind(house(), token, guards.now())
    if request.method == "POST" and users.set_password_by(
        house(), token, request.form.get("password", ""), guards.now()
    ):
        return redirect(url_for("signing.sign_in", kept="yes"))
    page = {"name": name, "shortest": SHORTEST_PASSWORD, "refused": bool(name) and request.method == "POST"}
    return render_template("set_password.html", **page), 422 if page["refused"] else 200 if name else 404


def _person(
    counselor_id: uuid.UUID,
    *,
    token: str = "",
    refused: str = "",
    wrong: tuple[str, ...] = (),
    given: dict[str, str] | None = None,
) -> str:
    who = users.user(house(), counselor_id, guards.now())
    if who is None:
        abort(404)
    link = url_for("users.set_password", token=token, _external=True) if token else ""
    facts = user_edits.facts(house(), counselor_id)
    has = _offered(given) if given else {"languages": facts.languages, "skills": facts.skills} if facts else {}
    return render_template(
        "user.html",
        who=who,
        link=link,
        refused=refused,
        roles=list(Role),
        days=users.LINK_LASTS.days,
        facts=given or facts,
        wrong=wrong,
        has=has,
        choices=offers.choices(words(), **has),
        zones=offers.zones(words(), who.timezone),
    )


def _new(given: dict[str, str], refused: tuple[str, ...] = ()) -> str:
    has = _offered(given)
    shown = {"has": has, "choices": offers.choices(words(), **has), "zones": offers.zones(words(), given["timezone"])}
    return render_template("user_new.html", given=given, refused=refused, roles=list(Role), **shown)


def _given(fields: tuple[str, ...]) -> dict[str, str]:
    """What the form says; ticked boxes of one field with spaces between."""
    return {field: " ".join(request.form.getlist(field)).strip() for field in fields}


def _offered(given: dict[str, str]) -> dict[str, tuple[str, ...]]:
    return {field: tuple(given.get(field, "").split()) for field in ("languages", "skills")}
