"""The desk around the contacts: board, follow-ups due, voicemails, presence, and what rings for me."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from routing.vocabulary import Presence
from services import board as boards
from services import console, counselors
from web import guards
from web.guards import ANSWERING, EVERYBODY, allow
from web.house import house

CHOICES = frozenset({Presence.AVAILABLE, Presence.AWAY})  # busy and wrap-up come by themselves

blueprint = Blueprint("desk", __name__)


@blueprint.get("/board")
@allow(EVERYBODY)
def board() -> ResponseReturnValue:
    """Who waits, how long, and who is on what."""
    template = "_board.html" if request.headers.get("HX-Request") else "board.html"
    return render_template(template, board=boards.board(house(), guards.now()))


@blueprint.get("/follow-ups")
@allow(ANSWERING)
def follow_ups() -> ResponseReturnValue:
    """Whom we still owe something, late ones first."""
    template = "_follow_ups.html" if request.headers.get("HX-Request") else "follow_ups.html"
    return render_template(template, rows=console.follow_ups_due(house(), guards.now()))


@blueprint.post("/presence")
@allow(ANSWERING)
def presence() -> ResponseReturnValue:
    """Say whether my phone may ring."""
    try:
        chosen = Presence(request.form.get("presence", ""))
    except ValueError:
        abort(400)
    if chosen not in CHOICES:
        abort(400)
    counselors.set_presence(house(), guards.person().id, chosen, guards.now())
    return render_template("_presence.html", presence=chosen.value)


@blueprint.get("/my-line")
@allow(EVERYBODY)
def my_line() -> ResponseReturnValue:
    """The contact that rings or talks on my phone now; empty when none does, or when its page is open anyway."""
    line = boards.my_line(house(), guards.person().id)
    if line is not None and request.headers.get("HX-Current-URL", "").endswith(str(line.contact.id)):
        line = None
    return render_template("_my_line.html", line=line)
