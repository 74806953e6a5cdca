"""Work on one contact: answers written down, places texted, a text conversation taken, answered and ended."""

import uuid

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from routing.vocabulary import ReportKind
from services import (
    contact_answers,
    contact_matches,
    contact_texts,
    hand_over,
    match_replay,
    places_texted,
    safe_contact,
)
from services.contact_answers import Given
from services.directory import reports
from services.places_texted import NotTexted
from services.safe_contact import ANY_HOUR, SafeContact
from web import guards
from web.console.contacts import live_parts
from web.guards import ANSWERING, LEADING, allow
from web.house import house

ANSWERS = (
    *("zip", "age", "gender", "payer", "need", "need_override_reason", "pregnant", "dual_diagnosis"),
    *("on_moud", "liver_disease", "respiratory_disease", "veteran", "dui", "sign_language"),
)

blueprint = Blueprint("contact_work", __name__)


@blueprint.post("/contacts/<uuid:contact_id>/answers")
@allow(ANSWERING)
def write_answers(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Keep what was heard; what could not be read is said beside its field."""
    given = Given(
        answers={key: request.form[key] for key in ANSWERS if key in request.form},
        substances=request.form.get("substances", ""),
        without=request.form.get("without", ""),
        unclear=request.form.get("unclear", ""),
        means=request.form.get("means", ""),
    )
    refused = contact_answers.write_answers(house(), contact_id, given, guards.now())
    if refused is None:
        abort(404)
    return live_parts(contact_id, refused_answers=refused), 422 if refused else 200


@blueprint.post("/contacts/<uuid:contact_id>/reach")
@allow(ANSWERING)
def write_reach(contact_id: uuid.UUID) -> ResponseReturnValue:
    """What the person said about being reached: texts, calls, voicemail, hours on their clock, a neutral name."""
    form = request.form

    def said(name: str) -> bool | None:
        """Only what was changed was said: the rest stood in the form, and may be past by now."""
        answer = form.get(name, "")
        return None if answer == form.get(f"{name}_was") else {"yes": True, "no": False}.get(answer)

    hours = (form.get("from", type=int), form.get("until", type=int))
    wish = SafeContact(
        texting_ok=said("texting"),
        calling_ok=said("calling"),
        voicemail_ok=said("voicemail"),
        hours=ANY_HOUR if hours[0] is None or hours[1] is None else (hours[0], hours[1]),
        neutral_name=form.get("name"),
        relay=form.get("relay") == "yes",
    )
    problem = "one_hour" if (hours[0] is None) != (hours[1] is None) else safe_contact.problem_of(wish)
    if not problem and not safe_contact.write(house(), contact_id, guards.person().id, wish, guards.now()):
        abort(404)
    return live_parts(contact_id, refused_reach=problem), 422 if problem else 200


@blueprint.post("/contacts/<uuid:contact_id>/places")
@allow(ANSWERING)
def text_places(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Text the ticked places to the caller. Sent again after a lost answer, it is the same text."""
    listings = [int(word) for word in request.form.getlist("place") if word.isdecimal()]
    agreed = request.form.get("agreed") == "yes"
    person_id = guards.person().id
    sent = places_texted.text_places(house(), contact_id, person_id, listings, agreed, guards.now(), _text_key())
    refused = isinstance(sent, NotTexted)
    told = {"not_texted": sent} if refused else {"texted": sent}
    return live_parts(contact_id, **told), 409 if refused else 200


@blueprint.post("/contacts/<uuid:contact_id>/more")
@allow(ANSWERING)
def show_more(contact_id: uuid.UUID) -> ResponseReturnValue:
    """A longer list of places."""
    longer = contact_matches.show_more(house(), contact_id, guards.person().id)
    return live_parts(contact_id), 200 if longer else 409


@blueprint.post("/contacts/<uuid:contact_id>/take")
@allow(ANSWERING)
def take_text(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Take a text conversation; one of two who try gets it."""
    taken = hand_over.take_text(house(), contact_id, guards.person().id, guards.now())
    return live_parts(contact_id, not_taken=not taken), 200 if taken else 409


@blueprint.post("/contacts/<uuid:contact_id>/reassign-text")
@allow(LEADING)
def reassign_text(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Somebody else goes on with a text conversation: a counselor, or whoever leads themselves."""
    try:
        chosen = uuid.UUID(request.form.get("person", ""))
    except ValueError:
        abort(400)
    moved = hand_over.reassign(house(), contact_id, guards.person().id, chosen, guards.now())
    return live_parts(contact_id, not_taken=not moved), 200 if moved else 409


@blueprint.post("/contacts/<uuid:contact_id>/text")
@allow(ANSWERING)
def write_text(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Write to the caller from the helpline's number. Sent again after a lost answer, it is the same text."""
    body = request.form.get("body", "").replace("\r\n", "\n")
    sent = hand_over.write_to_caller(house(), contact_id, guards.person().id, body, guards.now(), _text_key())
    return live_parts(contact_id, text_sent=sent, not_sent="" if sent else body), 200 if sent else 409


def _text_key() -> uuid.UUID:
    """The page's key of its next text."""
    return request.form.get("text_key", type=uuid.UUID) or uuid.uuid4()


@blueprint.post("/contacts/<uuid:contact_id>/end-text")
@allow(ANSWERING)
def end_text(contact_id: uuid.UUID) -> ResponseReturnValue:
    """The conversation is over; how it ended is written next."""
    ended = contact_texts.end_text(house(), contact_id, guards.person().id, guards.now())
    return live_parts(contact_id), 200 if ended else 409


@blueprint.post("/contacts/<uuid:contact_id>/report")
@allow(ANSWERING)
def report_place(contact_id: uuid.UUID) -> ResponseReturnValue:
    """One key about a place: wrong number, full, this payer not taken, closed, declined. Again: it was a slip."""
    facility = request.form.get("facility", 0, type=int)
    try:
        kind = ReportKind(request.form.get("kind", ""))
    except ValueError:
        abort(400)
    refused = reports.report_from_contact(house(), contact_id, facility, kind, guards.now(), guards.person().id)
    return live_parts(contact_id, place_refused=refused), 409 if refused else 200


@blueprint.post("/contacts/<uuid:contact_id>/chosen")
@allow(ANSWERING)
def choose_place(contact_id: uuid.UUID) -> ResponseReturnValue:
    """The person chose this place of the list; again: they did not."""
    listing = request.form.get("listing", 0, type=int)
    chosen = match_replay.choose_place(house(), contact_id, listing, guards.now(), guards.person().id)
    return live_parts(contact_id), 200 if chosen else 409
