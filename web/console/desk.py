"""The desk around the contacts: board, follow-ups due, voicemails, presence, and what rings for me."""

import uuid
from urllib.parse import urlsplit

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from routing.follow_up import Outcome
from routing.reports.figures import STANDARDS
from routing.vocabulary import Presence, Whose
from services import alarm_list, console, counselors, help_wanted, owed_callbacks, reaching, reports, unreachable
from services import board as boards
from services import follow_ups as planned
from services.owed_callbacks import CallbackOutcome
from services.unreachable import LastWord
from web import guards
from web.console import unreadable
from web.guards import ANSWERING, EVERYBODY, LEADING, allow
from web.house import house

CHOICES = frozenset({Presence.AVAILABLE, Presence.AWAY})  # busy and wrap-up come by themselves
OUTCOMES = frozenset({Outcome.ANSWERED, Outcome.NO_ANSWER})  # of a step that a counselor does

blueprint = Blueprint("desk", __name__)


@blueprint.get("/board")
@allow(EVERYBODY)
def board() -> ResponseReturnValue:
    """Who waits, how long, and who is on what."""
    return _board("_board.html" if request.headers.get("HX-Request") else "board.html")


def _board(template: str) -> str:
    unreadable.shown()
    late_from = house().rules.oldest_due_alarm_minutes
    return render_template(template, board=boards.board(house(), guards.now()), late_from=late_from)


@blueprint.post("/board/alarms/<uuid:alarm_id>/seen")
@allow(LEADING)
def alarm_seen(alarm_id: uuid.UUID) -> ResponseReturnValue:
    """I have seen this alarm, or see to whoever asks for help; 409 when it happened again, or somebody else said so."""
    count = request.form.get("count", 0, type=int)
    saw = alarm_list.saw(house(), alarm_id, count, guards.person().id, guards.now())
    part = help_asked() if request.form.get("from") == "header" else today()
    return part, 200 if saw else 409


@blueprint.get("/help-asked")
@allow(LEADING)
def help_asked() -> str:
    """Who asks for help, on every page that somebody who leads has open."""
    asking = help_wanted.help_wanted(house(), guards.person().id, guards.now())
    seen_to = help_wanted.seen_to(house(), guards.person().id)
    return render_template("_help_asked.html", asking=asking, seen_to=seen_to, is_open=is_open)


@blueprint.get("/board/today")
@allow(EVERYBODY)
def today() -> str:
    """How calls were answered today, and for those who lead the alarms of the shift."""
    figures = reports.today(house(), guards.now())
    alarms = alarm_list.alarms_lately(house(), guards.now()) if guards.person().role in LEADING else None
    return render_template("_board_today.html", figures=figures, standards=STANDARDS, alarms=alarms)


@blueprint.get("/follow-ups")
@allow(ANSWERING)
def follow_ups() -> ResponseReturnValue:
    """Whom we still owe something: what is mine first, then what is nobody's, late ones first."""
    template = "_follow_ups.html" if request.headers.get("HX-Request") else "follow_ups.html"
    return _follow_ups(template)


@blueprint.post("/follow-ups/<uuid:contact_id>/callback")
@allow(ANSWERING)
def finish_callback(contact_id: uuid.UUID) -> ResponseReturnValue:
    """What came of a callback that was handed to people."""
    try:
        outcome = CallbackOutcome(request.form.get("outcome", ""))
    except ValueError:
        abort(400)
    done = owed_callbacks.finish(house(), contact_id, guards.person().id, outcome, guards.now())
    return _follow_ups("_follow_ups.html", refused=not done)


@blueprint.post("/follow-ups/<uuid:follow_up_id>/outcome")
@allow(ANSWERING)
def finish_follow_up(follow_up_id: uuid.UUID) -> ResponseReturnValue:
    """What came of a step that a counselor does."""
    try:
        outcome = Outcome(request.form.get("outcome", ""))
    except ValueError:
        abort(400)
    if outcome not in OUTCOMES:
        abort(400)
    return _follow_ups("_follow_ups.html", refused=not planned.complete(house(), follow_up_id, outcome, guards.now()))


@blueprint.post("/follow-ups/<uuid:follow_up_id>/mine")
@allow(ANSWERING)
def take_follow_up(follow_up_id: uuid.UUID) -> ResponseReturnValue:
    """I do this step."""
    taken = reaching.take(house(), follow_up_id, guards.person().id, guards.now())
    return _follow_ups("_follow_ups.html", refused=not taken)


@blueprint.post("/follow-ups/<uuid:follow_up_id>/word")
@allow(ANSWERING)
def close_unreachable(follow_up_id: uuid.UUID) -> ResponseReturnValue:
    """What was decided about somebody whom nothing safe reaches."""
    try:
        word = LastWord(request.form.get("word", ""))
    except ValueError:
        abort(400)
    closed = unreachable.close(house(), follow_up_id, guards.person().id, word, guards.now())
    return _follow_ups("_follow_ups.html", refused=not closed)


def _follow_ups(template: str, *, refused: bool = False) -> ResponseReturnValue:
    unreadable.shown()
    try:
        whose = Whose(request.values.get("whose", Whose.ALL))
    except ValueError:
        abort(400)
    due = console.follow_ups_due(house(), guards.now(), guards.person().id, whose)
    return render_template(template, due=due, outcomes=CallbackOutcome, last_words=LastWord, refused=refused)


@blueprint.post("/presence")
@allow(ANSWERING)
def presence() -> ResponseReturnValue:
    """Say whether my phone may ring."""
    chosen = _chosen_presence()
    counselors.set_presence(house(), guards.person().id, chosen, guards.now())
    return render_template("_presence.html", presence=chosen.value)


@blueprint.post("/board/<uuid:counselor_id>/presence")
@allow(LEADING)
def presence_of(counselor_id: uuid.UUID) -> ResponseReturnValue:
    """Say whether somebody's phone may ring."""
    if not counselors.set_presence_of(house(), counselor_id, _chosen_presence(), guards.person().id, guards.now()):
        abort(404)
    return _board("_board.html")


def _chosen_presence() -> Presence:
    try:
        chosen = Presence(request.form.get("presence", ""))
    except ValueError:
        abort(400)
    if chosen not in CHOICES:
        abort(400)
    return chosen


@blueprint.get("/my-line")
@allow(EVERYBODY)
def my_line() -> ResponseReturnValue:
    """What rings or talks on my phone, and for the header what I owe, my presence, and whether the line is live.

    Whom I talk with is not said on their own page.
    """
    line, owed, presence = boards.my_line(house(), guards.person().id, guards.now())
    here = line is not None and is_open(line.contact.id)
    if line is not None and here and not line.ringing:
        line = None
    return render_template("_my_line.html", line=line, here=here, owed=owed, presence=presence, oob=True)


@blueprint.get("/texters-waiting")
@allow(ANSWERING)
def texters_waiting() -> str:
    """How many wait for an answer by text, on every page of those who could give it, with a link to the first."""
    waiting = [one for one in boards.texters_waiting(house()) if not is_open(one)]
    return render_template("_texters_waiting.html", waiting=waiting)


def is_open(contact_id: uuid.UUID) -> bool:
    """Whether the page that asks for a part of it is this contact's own."""
    return urlsplit(request.headers.get("HX-Current-URL", "")).path.endswith(str(contact_id))
