"""One facility's page: what we say of it and why, and the admin's work on it."""

import uuid
from datetime import UTC, date, datetime, time

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from routing.vocabulary import BedLevel, Language
from services.directory import bed_phones, beds, checks, fixes, reports
from services.directory.bed_phones import BedPhone
from services.directory.beds import BedsTold
from services.directory.place_page import place_page
from services.directory.refused import Refused
from web import guards
from web.console import unreadable
from web.console.place_words import badge_in_words, event_in_words, licence_in_words, source_in_words
from web.guards import ADMINS, ANSWERING, EVERYBODY, allow
from web.house import house

# The field of its form that a refusal is about; what is not here is about none.
WRONG_FIELDS = {
    **dict.fromkeys((Refused.BED_COUNT, Refused.MORE_OPEN_THAN_BEDS), "open"),
    **dict.fromkeys((Refused.NUMBER_OF_OURS, Refused.NUMBER_TAKEN), "number"),
    Refused.LEVELS: "level",
    Refused.HOURS: "hours",
    Refused.REASON: "reason",
    Refused.REVIEW_DAY: "review_on",
    **dict.fromkeys((Refused.TOO_LONG, Refused.BLANK, Refused.ZIP, Refused.STATE, Refused.CODES), "value"),
    **dict.fromkeys((Refused.WEBSITE, Refused.UNSAFE, Refused.NOT_CHANGED), "value"),
}

blueprint = Blueprint("place", __name__)


@blueprint.get("/directory/<int:facility_id>")
@allow(EVERYBODY)
def page(facility_id: int) -> ResponseReturnValue:
    """What we say of a facility, where each fact comes from, and what people said of it."""
    return _page(facility_id)


@blueprint.post("/directory/<int:facility_id>/fix")
@allow(ADMINS)
def fix(facility_id: int) -> ResponseReturnValue:
    """Put a field right; the admin's word wins over every import."""
    field, value, reason = _field("field"), _field("value"), _field("reason")
    by = guards.person().id
    return _done(facility_id, "facts", fixes.fix_facility(house(), facility_id, field, value, reason, guards.now(), by))


@blueprint.post("/directory/<int:facility_id>/believe")
@allow(ADMINS)
def believe(facility_id: int) -> ResponseReturnValue:
    """Believe the lists again about a field."""
    by = guards.person().id
    return _done(facility_id, "facts", fixes.take_fix_back(house(), facility_id, _field("field"), guards.now(), by))


@blueprint.post("/directory/<int:facility_id>/tip")
@allow(ANSWERING)
def tip(facility_id: int) -> ResponseReturnValue:
    """A counselor's tip for colleagues; an empty one takes it away."""
    words, by = _field("value"), guards.person().id
    if words.strip():
        refused = fixes.fix_facility(house(), facility_id, "tip", words, fixes.TIP_REASON, guards.now(), by)
    else:
        refused = fixes.take_fix_back(house(), facility_id, "tip", guards.now(), by)
    return _done(facility_id, "tip", refused)


@blueprint.post("/directory/<int:facility_id>/hold")
@allow(ADMINS)
def hold(facility_id: int) -> ResponseReturnValue:
    """Do not refer to it until it is released."""
    try:
        review = datetime.combine(date.fromisoformat(_field("review_on")), time(), UTC)
    except ValueError:
        return _done(facility_id, "hold", Refused.REVIEW_DAY)
    by = guards.person().id
    return _done(
        facility_id, "hold", reports.hold_back(house(), facility_id, _field("reason"), review, guards.now(), by)
    )


@blueprint.post("/directory/<int:facility_id>/release")
@allow(ADMINS)
def release(facility_id: int) -> ResponseReturnValue:
    """Refer to it again."""
    return _done(facility_id, "hold", reports.release(house(), facility_id, guards.now(), guards.person().id))


@blueprint.post("/directory/<int:facility_id>/beds")
@allow(ANSWERING)
def tell_beds(facility_id: int) -> ResponseReturnValue:
    """A bed count that somebody was told on the phone."""
    try:
        told = BedsTold(facility_id, BedLevel(_field("level")), int(_field("open")), "counselor")
    except ValueError:
        return _done(facility_id, "beds", Refused.BED_COUNT)
    return _done(facility_id, "beds", beds.report_beds(house(), told, guards.now(), guards.person().id))


@blueprint.post("/directory/<int:facility_id>/phones")
@allow(ADMINS)
def register_phone(facility_id: int) -> ResponseReturnValue:
    """A phone of the facility's staff that is asked for beds."""
    hours = _field("hours").replace(",", " ").split()
    if not all(hour.isdecimal() and len(hour) <= 2 for hour in hours):
        return _done(facility_id, "phones", Refused.HOURS)
    spanish = _field("language") == Language.SPANISH
    wanted = BedPhone(
        facility_id=facility_id,
        number=_field("number"),
        levels=tuple(request.form.getlist("level")),
        ask_hours=tuple(int(hour) for hour in hours),
        language=Language.SPANISH if spanish else Language.ENGLISH,
        voice_only=_field("voice_only") == "yes",
    )
    return _done(facility_id, "phones", bed_phones.register_phone(house(), wanted, guards.now(), guards.person().id))


@blueprint.post("/directory/<int:facility_id>/phones/<uuid:phone_id>/remove")
@allow(ADMINS)
def remove_phone(facility_id: int, phone_id: uuid.UUID) -> ResponseReturnValue:
    """Ask this phone no more."""
    by = guards.person().id
    return _done(facility_id, "phones", bed_phones.remove_phone(house(), facility_id, phone_id, guards.now(), by))


@blueprint.post("/directory/<int:facility_id>/reports/<uuid:report_id>/<verdict>")
@allow(ADMINS)
def judge(facility_id: int, report_id: uuid.UUID, verdict: str) -> ResponseReturnValue:
    """The admin's word on something that was reported."""
    by, now = guards.person().id, guards.now()
    if verdict == "confirm":
        return _done(facility_id, "reports", reports.confirm_report(house(), report_id, now, by))
    if verdict == "dismiss":
        return _done(facility_id, "reports", reports.dismiss_report(house(), facility_id, report_id, now, by))
    abort(404)


@blueprint.post("/directory/<int:facility_id>/checked")
@allow(ADMINS)
def checked(facility_id: int) -> ResponseReturnValue:
    """Somebody called: all is as we say, or something has changed, which is then written here."""
    same = _field("found") == "same"
    refused = checks.finish_check(house(), facility_id, guards.now(), guards.person().id, verified=same)
    if refused is None and same and _field("back") == "calls":
        return redirect(url_for("directory_desk.calls"), 303)
    return _done(facility_id, "facts", refused)


def _field(name: str) -> str:
    return request.form.get(name, "")


def _done(facility_id: int, part: str, refused: Refused | None) -> ResponseReturnValue:
    """Back to the part of the page that was worked on; a refusal is said there, with what was typed."""
    if refused is Refused.UNKNOWN_FACILITY:
        abort(404)
    if refused is not None:
        wrong = WRONG_FIELDS.get(refused, "")
        if refused is Refused.NUMBER:
            wrong = "number" if part == "phones" else "value"
        return _page(facility_id, refused=refused.value, part=part, typed=request.form, wrong_field=wrong), 422
    return redirect(url_for("place.page", facility_id=facility_id, _anchor=part), 303)


def _page(facility_id: int, **told: object) -> str:
    unreadable.shown()
    found = place_page(house(), facility_id, guards.now())
    if found is None:
        abort(404)
    return render_template(
        "place.html",
        place=found,
        may=lambda endpoint: guards.may_open(f"place.{endpoint}"),
        levels=list(BedLevel),
        event_in_words=event_in_words,
        badge_in_words=badge_in_words,
        source_in_words=source_in_words,
        licence_in_words=licence_in_words,
        **{"refused": None, "part": "", "typed": {}, "wrong_field": "", **told},
    )
