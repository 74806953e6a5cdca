"""The sheets that callers hear and read, for counselors: substances, topics, and help by state."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from services import information
from web.console.speech import words
from web.guards import EVERYBODY, allow
from web.house import house
from web.words import LANGUAGES

blueprint = Blueprint("information", __name__)


@blueprint.get("/information")
@allow(EVERYBODY)
def index() -> ResponseReturnValue:
    """Every sheet by name."""
    return render_template("information.html", names=information.sheet_names(house(), words().language))


@blueprint.get("/information/<sheet_id>")
@allow(EVERYBODY)
def sheet(sheet_id: str) -> ResponseReturnValue:
    """One sheet in the reader's language, and in the other one for reading it to a caller."""
    state = request.args.get("state")
    in_order = sorted(LANGUAGES, key=lambda language: language != words().language)
    found = {language: information.sheet_page(house(), sheet_id, language, state) for language in in_order}
    if None in found.values():
        abort(404)
    return render_template("sheet.html", sheets=found, states=information.states(house()), state=state)
