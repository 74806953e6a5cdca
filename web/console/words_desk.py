"""The words of the line: read, listened to, checked and changed."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services import phrase_desk, phrase_edits
from services.phrase_edits import NotSaved
from web import guards
from web.guards import ADMINS, AUDITING, allow
from web.house import house

blueprint = Blueprint("words_desk", __name__)


@blueprint.get("/phrases")
@allow(AUDITING)
def phrases() -> ResponseReturnValue:
    """Phrases in both languages, one family at a time, or all that hold some words."""
    known = phrase_desk.families(house())
    wanted = request.args.get("q", "")[:100]
    family = request.args.get("family", "" if wanted else "voice")
    family = family if family in (*known, phrase_desk.CHANGED) else ""
    rows = phrase_desk.phrases(house(), family, wanted)
    return render_template("phrases.html", rows=rows, families=known, family=family, wanted=wanted)


@blueprint.get("/phrases/<key>")
@allow(AUDITING)
def phrase(key: str) -> ResponseReturnValue:
    """One phrase with its changes; for admins to be changed."""
    return _phrase(key)


@blueprint.post("/phrases/<key>/check")
@allow(ADMINS)
def check(key: str) -> ResponseReturnValue:
    """What the words on the page would be: how they are heard or read, how long they are, what is wrong with them."""
    if phrase_edits.page(house(), key, guards.now()) is None:
        abort(404)
    return render_template("_phrase_check.html", wording=phrase_edits.wording(house(), key, _typed()), typed=True)


@blueprint.post("/phrases/<key>")
@allow(ADMINS)
def change(key: str) -> ResponseReturnValue:
    """Save the words on the page, or take the shipped ones again (`act`)."""
    if phrase_edits.page(house(), key, guards.now()) is None:
        abort(404)
    begun_from, by, now = request.form.get("version", -1, type=int), guards.person().id, guards.now()
    if request.form.get("act") == "shipped":
        refused = phrase_edits.as_shipped(house(), key, begun_from, by, now)
    else:
        refused = phrase_edits.change(house(), key, _typed(), begun_from, by, now)
    if refused is not None:
        return _phrase(key, refused), 409 if refused.stale or refused.compared else 422
    return redirect(url_for("words_desk.phrase", key=key))


def _typed() -> dict[str, str]:
    """The words on the page; a form that was sent without a language has none in it."""
    return {language: request.form.get(language, "")[:5_000] for language in phrase_edits.LANGUAGES}


def _phrase(key: str, refused: NotSaved | None = None) -> str:
    found = phrase_edits.page(house(), key, guards.now())
    if found is None:
        abort(404)
    shown = found.now
    if refused is not None and request.form.get("act") != "shipped":
        shown = phrase_edits.wording(house(), key, _typed())
    return render_template("phrase.html", page=found, wording=shown, refused=refused)
