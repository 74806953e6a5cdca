"""The page behind a place's link: no session and no script, the random token is the only key. It expires kindly.

The token stands in the query, which access logs leave out (routing.links).
"""

from flask import Blueprint, Response, abort, g, render_template, request
from flask.typing import ResponseReturnValue

from routing.links import KEY
from routing.vocabulary import DeclineReason, Language, ReferralStatus
from services.referrals import place_page
from services.referrals.place_page import LinkState, PlacePage
from web import guards
from web.console.speech import words
from web.guards import limiter
from web.house import house
from web.words import LANGUAGES, Words

LIMIT = "60 per minute"  # by address
GONE = 410
blueprint = Blueprint("referral_pages", __name__, url_prefix="/referral")


@blueprint.after_request
def alone(response: Response) -> Response:
    """The address is told to nobody, and stands in no index."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@blueprint.before_request
def in_their_language() -> None:
    """The language of the link's own button; else what the browser asks for."""
    chosen = request.args.get("lang", "")
    if chosen in LANGUAGES:
        g.words = Words(chosen, house().rules.default_timezone)


@blueprint.get("/")
@limiter.limit(LIMIT)
def page() -> ResponseReturnValue:
    """The question; nothing of the person, and nothing is noted."""
    return _page(place_page.look(house(), _token(), _language(), guards.now()))


@blueprint.post("/")
@limiter.limit(LIMIT)
def answer() -> ResponseReturnValue:
    """A button."""
    token = _token()
    if request.form.get("show") == "yes":
        return _page(place_page.show(house(), token, _language(), guards.now()))
    try:
        status = ReferralStatus(request.form.get("status", ""))
        reason = DeclineReason(request.form["reason"]) if request.form.get("reason") else None
    except ValueError:
        abort(400)
    return _page(place_page.answer(house(), token, status, reason, _language(), guards.now()))


def _token() -> str:
    return request.args.get(KEY, "")


def _language() -> Language:
    return Language(words().language)


def _page(found: PlacePage) -> ResponseReturnValue:
    key, reasons = {KEY: _token()}, list(DeclineReason)
    shown = render_template("place_answer.html", page=found, key=key, decline_reasons=reasons, me=None)
    return shown, GONE if found.state is LinkState.EXPIRED else 200
