"""The live call on the console: every button of the bar is one post, and the page's parts come back as they are now."""

import uuid

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue

from routing.vocabulary import Part
from services import calling_out, in_call, intake_facts, intake_lines, supervising, transfers
from services.guest_calls import SUPERVISING
from services.in_call import By, CallRefused
from web import guards
from web.console.contacts import live_parts
from web.guards import ANSWERING, LEADING, allow
from web.house import house

blueprint = Blueprint("call", __name__, url_prefix="/contacts/<uuid:contact_id>/call")


def by() -> By:
    """Who presses the button."""
    person = guards.person()
    return By(person.id, leads=person.role in LEADING)


def parts(contact_id: uuid.UUID, refused: CallRefused | None) -> ResponseReturnValue:
    """The page after a button, with a sentence when nothing was done."""
    return live_parts(contact_id, call_refused=refused), 409 if refused else 200


@blueprint.post("/hold")
@allow(ANSWERING)
def hold(contact_id: uuid.UUID) -> ResponseReturnValue:
    """The caller waits a moment."""
    return parts(contact_id, in_call.hold(house(), contact_id, by(), guards.now()))


@blueprint.post("/resume")
@allow(ANSWERING)
def resume(contact_id: uuid.UUID) -> ResponseReturnValue:
    """The caller is back."""
    return parts(contact_id, in_call.resume(house(), contact_id, by(), guards.now()))


@blueprint.post("/mute")
@allow(ANSWERING)
def mute(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Nobody hears the counselor, or everybody does again."""
    muted = request.form.get("muted") == "yes"
    return parts(contact_id, in_call.mute(house(), contact_id, by(), muted, guards.now()))


@blueprint.post("/hang-up")
@allow(ANSWERING)
def hang_up(contact_id: uuid.UUID) -> ResponseReturnValue:
    """The conversation is over."""
    return parts(contact_id, in_call.hang_up(house(), contact_id, by(), guards.now()))


@blueprint.post("/help")
@allow(ANSWERING)
def ask_help(contact_id: uuid.UUID) -> ResponseReturnValue:
    """I need help."""
    return parts(contact_id, in_call.ask_help(house(), contact_id, by(), guards.now()))


@blueprint.post("/cut-off")
@allow(ANSWERING)
def cut_off(contact_id: uuid.UUID) -> ResponseReturnValue:
    """May we call right back when we are cut off?"""
    words = {"yes": True, "no": False, "unknown": None}
    answer = request.form.get("answer", "")
    if answer not in words:
        abort(400)
    if not in_call.may_call_back(house(), contact_id, by(), words[answer], guards.now()):
        abort(404)
    return live_parts(contact_id)


@blueprint.post("/988")
@allow(ANSWERING)
def crisis_line(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Dial 988 in, with us on the line."""
    return parts(contact_id, transfers.with_988(house(), contact_id, by(), guards.now()))


@blueprint.post("/interpreter")
@allow(ANSWERING)
def interpreter(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Dial the interpreter line in, beside whatever else is done."""
    return parts(contact_id, transfers.with_interpreter(house(), contact_id, by(), guards.now()))


@blueprint.post("/interpreter/go")
@allow(ANSWERING)
def let_interpreter_go(contact_id: uuid.UUID) -> ResponseReturnValue:
    """The interpreter leaves, everybody else talks on."""
    return parts(contact_id, transfers.without_interpreter(house(), contact_id, by(), guards.now()))


@blueprint.post("/intake")
@allow(ANSWERING)
def intake(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Ring a place's intake line; those that follow on the list are tried after it."""
    chosen = request.form.get("listing", 0, type=int)
    order = [int(word) for word in request.form.get("order", "").split() if word.isdecimal()]
    listings = order[order.index(chosen) :] if chosen in order else [chosen]
    return parts(contact_id, intake_lines.to_facility(house(), contact_id, by(), listings, guards.now()))


@blueprint.post("/next")
@allow(ANSWERING)
def next_place(contact_id: uuid.UUID) -> ResponseReturnValue:
    """The next intake line."""
    return parts(contact_id, intake_lines.next_place(house(), contact_id, by(), guards.now()))


@blueprint.post("/keys")
@allow(ANSWERING)
def press_keys(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Keys for a phone tree."""
    keys = request.form.get("keys", "").strip()
    return parts(contact_id, intake_lines.press_keys(house(), contact_id, by(), keys, guards.now()))


@blueprint.post("/read-out")
@allow(ANSWERING)
def read_out(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Have the intake line told what the person agreed to."""
    return parts(contact_id, intake_facts.read_out(house(), contact_id, by(), guards.now()))


@blueprint.post("/colleague")
@allow(ANSWERING)
def colleague(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Ask a counselor in, to speak with first or to take over at once."""
    chosen, warm = _person(), request.form.get("how") == "warm"
    return parts(contact_id, transfers.to_colleague(house(), contact_id, by(), chosen, warm, guards.now()))


@blueprint.post("/join")
@allow(ANSWERING)
def join(contact_id: uuid.UUID) -> ResponseReturnValue:
    """All hear each other."""
    return parts(contact_id, transfers.join(house(), contact_id, by(), guards.now()))


@blueprint.post("/hand-over")
@allow(ANSWERING)
def hand_over(contact_id: uuid.UUID) -> ResponseReturnValue:
    """The counselor leaves the others together."""
    return parts(contact_id, transfers.hand_over(house(), contact_id, by(), guards.now()))


@blueprint.post("/let-go")
@allow(ANSWERING)
def let_go(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Back to the caller alone."""
    return parts(contact_id, transfers.let_guest_go(house(), contact_id, by(), guards.now()))


@blueprint.post("/supervise")
@allow(LEADING)
def supervise(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Listen, whisper or join; from the board it leads to the contact's page."""
    try:
        part = Part(request.form.get("part", ""))
    except ValueError:
        abort(400)
    if part not in SUPERVISING:
        abort(400)
    refused = supervising.supervise(house(), contact_id, by(), part, guards.now())
    if request.form.get("from") == "board":
        word = refused.value if refused else None
        return "", 204, {"HX-Redirect": url_for("contacts.page", contact_id=contact_id, refused=word)}
    return parts(contact_id, refused)


@blueprint.post("/stop-supervising")
@allow(LEADING)
def stop_supervising(contact_id: uuid.UUID) -> ResponseReturnValue:
    """The supervisor goes."""
    return parts(contact_id, supervising.leave(house(), contact_id, by(), guards.now()))


@blueprint.post("/take")
@allow(LEADING)
def take(contact_id: uuid.UUID) -> ResponseReturnValue:
    """The supervisor takes the call over."""
    return parts(contact_id, supervising.take_over(house(), contact_id, by(), guards.now()))


@blueprint.post("/reassign")
@allow(LEADING)
def reassign(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Somebody else takes the call over."""
    return parts(contact_id, supervising.reassign(house(), contact_id, by(), _person(), guards.now()))


@blueprint.post("/out")
@allow(ANSWERING)
def call_them(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Call the contact's own number as the helpline."""
    asked = request.form.get("asked") == "yes"
    return parts(contact_id, calling_out.call_them(house(), contact_id, by(), asked, guards.now()))


@blueprint.post("/out-place")
@allow(ANSWERING)
def call_place(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Call a place of the directory as the helpline."""
    listing = request.form.get("listing", 0, type=int)
    return parts(contact_id, calling_out.call_place(house(), contact_id, by(), listing, guards.now()))


def _person() -> uuid.UUID:
    try:
        return uuid.UUID(request.form.get("person", ""))
    except ValueError:
        abort(400)
