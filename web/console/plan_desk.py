"""The follow-up plans: whom we come back to, when, how and in which words."""

from datetime import timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from services import contact_answers, phrase_desk
from web.console.speech import words
from web.guards import AUDITING, allow
from web.house import house

blueprint = Blueprint("plan_desk", __name__)


@blueprint.get("/plans")
@allow(AUDITING)
def plans() -> ResponseReturnValue:
    """Whom we come back to, when, how and in which words."""
    version, found = phrase_desk.plans(house())
    language = words().language
    names = contact_answers.substance_names(house(), language)

    def said(key: str) -> str:
        return phrase_desk.preview(house(), key)[language]

    return render_template("plans.html", version=version, plans=found, said=said, names=names, after=_after)


def _after(span: timedelta) -> str:
    """In days when they are whole, else in hours."""
    hours = int(span / timedelta(hours=1))
    t = words()
    return t("plans.days", n=hours // 24) if hours % 24 == 0 and hours else t("plans.hours", n=hours)
