"""Contacts as they happen, and one contact's page: timeline, notes, disposition, number."""

import uuid
from datetime import datetime

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from routing.phone import spoken
from routing.vocabulary import Addressed, ContactStatus, DeclineReason, Disposition, FollowUpKind, ReportKind
from services import board as boards
from services import (
    call_bar,
    consent_desk,
    console,
    contact_answers,
    contact_matches,
    contact_page,
    dispositions,
    forms,
    notes,
    transfers,
)
from services.blocks import BlockReason
from services.contact_page import ContactPage
from services.dispositions import WrapUp
from services.in_call import By, CallRefused
from services.places_texted import MOST_TEXTED
from services.referrals import page as page_of_referrals
from services.transfers import Colleague
from web import guards
from web.console import events_in_words, passkeys, step_up, unreadable
from web.console.place_words import badge_in_words, licence_in_words
from web.console.speech import words
from web.guards import ANSWERING, AUDITING, LEADING, allow
from web.house import house

blueprint = Blueprint("contacts", __name__)
LISTED = Disposition.PLACES_TEXTED  # the line's own word: no choice where it noted none


@blueprint.get("/contacts")
@allow(ANSWERING)
def listing() -> ResponseReturnValue:
    """What goes on now, what wants wrapping up, and what is over; only the list itself for HTMX."""
    template = "_contacts.html" if request.headers.get("HX-Request") else "contacts.html"
    before = _moment(request.args.get("before"))
    return render_template(template, contacts=console.contact_list(house(), before), before=before)


@blueprint.get("/contacts/<uuid:contact_id>")
@allow(ANSWERING)
def page(contact_id: uuid.UUID) -> ResponseReturnValue:
    """One contact on one screen; reading it is put on record."""
    found = found_page(contact_id)
    contact_page.note_opening(house(), contact_id, guards.person().id, guards.now())
    refused = request.args.get("refused")  # what the board's button came to
    told = refused if refused in set(CallRefused) else None
    return render_template("contact.html", form=forms.to_fill(house(), contact_id), told=told, **for_page(found))


@blueprint.get("/contacts/<uuid:contact_id>/live")
@allow(ANSWERING)
def live(contact_id: uuid.UUID) -> ResponseReturnValue:
    """The parts of the page that change by themselves."""
    return live_parts(contact_id)


@blueprint.post("/contacts/<uuid:contact_id>/notes")
@allow(ANSWERING)
def write_notes(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Save the notes as they are typed; 409 with both versions when somebody else wrote meanwhile."""
    saved = notes.write_notes(
        house(),
        contact_id,
        guards.person().id,
        notes=request.form.get("notes", "").replace("\r\n", "\n"),
        seen_version=request.form.get("version", ""),
        now=guards.now(),
    )
    if saved is None:
        abort(404)
    return render_template("_notes_saved.html", saved=saved), 200 if saved.kept else 409


@blueprint.post("/contacts/<uuid:contact_id>/disposition")
@allow(ANSWERING)
def close(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Write how the contact ended."""
    try:
        disposition = Disposition(request.form.get("disposition", ""))
        left_out = [word.partition(":") for word in request.form.getlist("leave_out")]
        leave_out = frozenset(FollowUpKind(kind) for of, _, kind in left_out if of == disposition)
    except ValueError:
        abort(400)
    told = WrapUp(
        follow_up_texts_ok={"yes": True, "no": False}.get(request.form.get("texting", "")),
        chosen=request.form.get("chosen", type=int),
        leave_out=leave_out,
    )
    closed = dispositions.close(house(), contact_id, guards.person().id, disposition, guards.now(), told)
    if not closed:
        refused = "wrap_up.refused_list" if disposition is LISTED else "wrap_up.refused"
        return live_parts(contact_id, refused_ending=refused), 409
    _, owed, presence = boards.my_line(house(), guards.person().id, guards.now())
    return live_parts(contact_id, owed=owed, presence=presence, oob=True)


@blueprint.post("/contacts/<uuid:contact_id>/number")
@allow(ANSWERING | AUDITING)
@guards.person_limit()
def reveal(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Uncover the number for somebody who gave their password or passkey just now, with a record of it."""
    given = step_up.PROOF & request.form.keys()
    if not (step_up.proven() if given else guards.person().confirmed_lately(guards.now())):
        told = {"wrong": "password" in given, "passkey_refused": "credential" in given}
        page = render_template("_number.html", contact_id=contact_id, ask=True, has_passkey=passkeys.offered(), **told)
        return page, 422
    number = contact_page.number_of(house(), contact_id, guards.person().id, guards.now())
    return render_template("_number.html", contact_id=contact_id, number=spoken(number) if number else None)


def live_parts(contact_id: uuid.UUID, **told: object) -> str:
    """The parts of a contact's page that change by themselves, each of which takes its own place."""
    return render_template("_contact_live.html", live=True, **for_page(found_page(contact_id)), **told)


def found_page(contact_id: uuid.UUID) -> ContactPage:
    """The contact's page, or 404; what was to be done is done before it is asked for."""
    unreadable.shown()
    found = contact_page.contact_page(house(), contact_id, guards.person().id, guards.now())
    if found is None:
        abort(404)
    return found


def for_page(found: ContactPage) -> dict[str, object]:
    """What the templates of one contact need."""
    language = words().language
    matches = contact_matches.match_list(house(), found.row.id, guards.person().id, language, guards.now())
    person = guards.person()
    return {
        "page": found,
        "text_key": uuid.uuid4(),
        "call": call_bar.call_bar(house(), found.row.id, By(person.id, leads=person.role in LEADING), guards.now()),
        "text_colleagues": _text_colleagues(found),
        "referrals": page_of_referrals.referrals(house(), found.row.id),
        "decline_reasons": list(DeclineReason),
        "row": found.row,
        "matches": matches,
        "substances": contact_answers.substance_names(house(), language),
        "choices": contact_answers.choices(house()),
        "dispositions": [one for one in Disposition if one is not LISTED or found.row.disposition == one],
        "leads": guards.person().role in guards.LEADING,
        "block_reasons": list(BlockReason),
        "badge_in_words": badge_in_words,
        "licence_in_words": licence_in_words,
        "most_texted": MOST_TEXTED,
        "report_kinds": list(ReportKind),
        "addressed": list(Addressed),
        "timeline": events_in_words.sentences(found.timeline),
        "sharing": consent_desk.sharing(house(), found.row.id, language, guards.now()),
        "emergency_facts": emergency_facts(),
        "wrong": (),
    }


def _text_colleagues(found: ContactPage) -> tuple[Colleague, ...]:
    """Who could go on with a text conversation, for somebody who leads."""
    person = guards.person()
    if found.row.status != ContactStatus.CONVERSING or person.role not in LEADING:
        return ()
    return transfers.colleagues(house(), By(person.id, leads=True), guards.now())


def emergency_facts() -> list[tuple[str, str]]:
    """The kinds of facts that may be told in an emergency, in words."""
    return consent_desk.emergency_facts(house(), words().language)


def _moment(words: str | None) -> datetime | None:
    if words is None:
        return None
    try:
        at = datetime.fromisoformat(words)
    except ValueError:
        abort(400)
    return at if at.tzinfo else abort(400)
