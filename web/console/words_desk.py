"""The words of the line: read, listened to, checked and changed."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services import phrase_desk, phrase_edits
from services.phrase_edits import NotSaved
from services.phrase_parts import PARTS, part_of
from web import guards
from web.guards import ADMINS, AUDITING, allow
from web.house import house

blueprint = Blueprint("words_desk", __name__)


@blueprint.get("/phrases")
@allow(AUDITING)
def phrases() -> ResponseReturnValue:
    """The parts to choose from; or the phrases of one part, or all that hold some words, in both languages."""
    wanted, part = request.args.get("q", "").strip()[:100], request.args.get("part", "")
    part = part if part in (*PARTS, phrase_desk.CHANGED) else ""
    page = request.args.get("page", 1, type=int)
    found = phrase_desk.phrases(house(), part, wanted, page) if wanted or part else None
    template = "_phrases.html" if request.headers.get("HX-Target") == "found" else "phrases.html"
    shown = {"found": found, "parts": phrase_desk.parts(house()), "part": part, "wanted": wanted}
    return render_template(template, **shown, changed=len(house().phrases.changed))


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
    return render_template("phrase.html", page=found, part=part_of(key), wording=shown, refused=refused)
