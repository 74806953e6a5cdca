"""The follow-up plans: whom we come back to, when, how and in which words; an admin changes how they are done."""

import math
from datetime import timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from routing.follow_up import By
from routing.plan_edits import PlanEdit, StepEdit
from services import contact_answers, phrase_desk, plan_desk
from services.plan_desk import NotSaved, PlanPage
from web import guards
from web.console.speech import words
from web.guards import ADMINS, AUDITING, allow
from web.house import house

blueprint = Blueprint("plan_desk", __name__)
HOURS = {"hours": 1, "days": 24}
# The field at which the page says what a change breaks; "other_plan" is about none
FIELD_OF = {
    **{"after": "after", "order": "after", "attempts": "attempts", "apart_text": "spacing", "apart_person": "spacing"},
    **{"news": "by", "person": "by", "words": "words", "danger_off": "on", "compared": "on", "silent": "silent"},
}


@blueprint.get("/plans")
@allow(AUDITING)
def plans() -> ResponseReturnValue:
    """Every plan as it is done now."""
    version, found = plan_desk.plans(house())
    names = contact_answers.substance_names(house(), words().language)
    return render_template("plans.html", version=version, plans=found, said=_said, names=names, after=_after)


@blueprint.get("/plans/<plan_id>")
@allow(AUDITING)
def plan(plan_id: str) -> ResponseReturnValue:
    """One plan with its changes; for admins to be changed."""
    return _page(_found(plan_id))


@blueprint.post("/plans/<plan_id>")
@allow(ADMINS)
def change(plan_id: str) -> ResponseReturnValue:
    """Save how the plan is done, or take the shipped form again (`act`)."""
    found = _found(plan_id)
    begun_from, by, now = request.form.get("version", -1, type=int), guards.person().id, guards.now()
    if request.form.get("act") == "shipped":
        refused, typed = plan_desk.as_shipped(house(), plan_id, begun_from, by, now), None
    else:
        typed = _typed(found)
        refused = plan_desk.change(house(), plan_id, typed, begun_from, by, now)
    if refused is not None:
        return _page(_found(plan_id), refused, None if refused.stale else typed), 409 if refused.stale else 422
    return redirect(url_for("plan_desk.plan", plan_id=plan_id))


def _found(plan_id: str) -> PlanPage:
    found = plan_desk.page(house(), plan_id, guards.now())
    return found if found is not None else abort(404)


def _page(found: PlanPage, refused: NotSaved | None = None, typed: PlanEdit | None = None) -> str:
    edit = typed or found.now
    return render_template(
        "plan.html",
        page=found,
        edit=edit,
        given=request.form if typed else {},
        refused=refused,
        wrong=_wrong(refused),
        said=_said,
        after=_after,
        unit=_unit,
        ways=list(By),
    )


def _wrong(refused: NotSaved | None) -> dict[str, str]:
    """The rule that each field breaks, the first of several; "" for the page as a whole."""
    found: dict[str, str] = {}
    for rule, step in refused.wrong if refused is not None else ():
        field = FIELD_OF.get(rule, "")
        found.setdefault(field if step is None else f"{field}-{step}", rule)
    return found


def _typed(found: PlanPage) -> PlanEdit:
    """What stands in the form. A number that is none becomes -1, which no rule lets pass."""
    steps = tuple(_typed_step(number, step) for number, step in enumerate(found.now.steps))
    return PlanEdit(steps, request.form.get("silent", -1, type=int))


def _typed_step(number: int, step: StepEdit) -> StepEdit:
    given = request.form
    way = given.get(f"by-{number}", step.by.value)
    if way not in set(By):
        abort(400)
    after = _number(f"after-{number}") * HOURS.get(given.get(f"unit-{number}", "hours"), 1)
    return StepEdit(
        kind=step.kind,
        on=f"on-{number}" in given,
        by=By(way),
        after=timedelta(hours=after),
        words=given.get(f"words-{number}", "") if way == By.TEXT else "",
        attempts=given.get(f"attempts-{number}", -1, type=int),
        spacing=timedelta(hours=_number(f"spacing-{number}")),
    )


def _number(name: str) -> float:
    found = request.form.get(name, -1.0, type=float)
    return found if math.isfinite(found) and abs(found) < 1e6 else -1.0


def _said(key: str) -> str:
    return phrase_desk.preview(house(), key)[words().language]


def _unit(span: timedelta) -> tuple[str, float]:
    """How a time is written in a field: in days when they are whole, else in hours."""
    hours = span / timedelta(hours=1)
    unit = "days" if hours and hours % 24 == 0 else "hours"
    return unit, hours / HOURS[unit]


def _after(span: timedelta) -> str:
    unit, value = _unit(span)
    return words()(f"plans.{unit}", n=f"{value:g}")
