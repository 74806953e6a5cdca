"""Referrals at the console: refer from the match list, say how one stands, a link to pass on, and what waits."""

import uuid

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from routing.vocabulary import DeclineReason, ReferralStatus
from services.referrals import choosing, page, referring, work
from web import guards
from web.console import unreadable
from web.console.contacts import live_parts
from web.guards import ANSWERING, allow
from web.house import house

blueprint = Blueprint("referrals", __name__)


@blueprint.post("/contacts/<uuid:contact_id>/refer")
@allow(ANSWERING)
def refer(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Refer the caller to this place."""
    listing = request.form.get("listing", 0, type=int)
    refused = referring.refer(house(), contact_id, guards.person().id, listing, guards.now())
    return live_parts(contact_id, referral_refused=refused), 409 if refused else 200


@blueprint.post("/contacts/<uuid:contact_id>/referral")
@allow(ANSWERING)
def say(contact_id: uuid.UUID) -> ResponseReturnValue:
    """What the place or the caller said; for a decline with the reason, if it was told."""
    listing = request.form.get("listing", 0, type=int)
    try:
        status = ReferralStatus(request.form.get("status", ""))
        reason = DeclineReason(request.form["reason"]) if request.form.get("reason") else None
    except ValueError:
        abort(400)
    person_id, now = guards.person().id, guards.now()
    refused = referring.say(house(), contact_id, person_id, listing, status, now, reason)
    return live_parts(contact_id, referral_refused=refused), 409 if refused else 200


@blueprint.post("/contacts/<uuid:contact_id>/referral-choice")
@allow(ANSWERING)
def choose(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Of several places that said yes the person goes to this one."""
    listing = request.form.get("listing", 0, type=int)
    chosen = choosing.choose(house(), contact_id, guards.person().id, listing, guards.now())
    refused = None if chosen else referring.ReferralRefused.TOO_LATE
    return live_parts(contact_id, referral_refused=refused), 409 if refused else 200


@blueprint.post("/contacts/<uuid:contact_id>/referral-link")
@allow(ANSWERING)
def make_link(contact_id: uuid.UUID) -> ResponseReturnValue:
    """A link for the place, shown this once."""
    listing = request.form.get("listing", 0, type=int)
    made = referring.link_for(house(), contact_id, guards.person().id, listing, guards.now())
    if isinstance(made, referring.ReferralRefused):
        return live_parts(contact_id, referral_refused=made), 409
    return live_parts(contact_id, new_link=made, new_link_for=listing)


@blueprint.get("/referrals")
@allow(ANSWERING)
def listing() -> ResponseReturnValue:
    """What counselors have to see to, and the places that owe an answer; only the list itself for HTMX."""
    template = "_referrals_waiting.html" if request.headers.get("HX-Request") else "referrals.html"
    return _waiting(template)


@blueprint.post("/referrals/<uuid:work_id>/take")
@allow(ANSWERING)
def take(work_id: uuid.UUID) -> ResponseReturnValue:
    """This is mine."""
    taken = work.take(house(), work_id, guards.person().id, guards.now())
    return _waiting("_referrals_waiting.html", refused=not taken)


@blueprint.post("/referrals/<uuid:work_id>/done")
@allow(ANSWERING)
def done(work_id: uuid.UUID) -> ResponseReturnValue:
    """Seen to."""
    finished = work.finish(house(), work_id, guards.now())
    return _waiting("_referrals_waiting.html", refused=not finished)


def _waiting(template: str, *, refused: bool = False) -> ResponseReturnValue:
    unreadable.shown()
    return render_template(template, waiting=page.waiting(house(), guards.now()), refused=refused)
