"""A shift of the coverage calendar is dragged, or changed by form: the same question, the same answer."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from routing.spans import Span
from services import shift_moves
from services.shift_moves import Move, PlacedShift, Refusal
from web import guards
from web.console import shift_forms, unreadable
from web.console.speech import words
from web.guards import LEADING, allow
from web.house import house
from web.words import Words

SCOPES = ("once", "follow")

blueprint = Blueprint("shift_moves", __name__)


@blueprint.get("/coverage/shifts/<uuid:shift_id>/<day>")
@allow(LEADING)
def form(shift_id: uuid.UUID, day: str) -> ResponseReturnValue:
    """The form, with the times of the shift or those to which it was dragged."""
    shift = _find(shift_id, day)
    if shift is None:
        abort(404)
    return _form(shift, shift_forms.stretch(guards.person().timezone) or shift.span)


@blueprint.post("/coverage/shifts/<uuid:shift_id>/<day>")
@allow(LEADING)
def save(shift_id: uuid.UUID, day: str) -> ResponseReturnValue:
    """Put it there, or say why not; then to the calendar, where the gaps are drawn anew."""
    shift = _find(shift_id, day)
    if shift is None:
        return _page(shift=None), 409
    span, scope = shift_forms.stretch(guards.person().timezone, shift.span), request.form.get("scope", "once")
    if span is None:
        return _form(shift, shift.span, words()("shift_refused.unread")), 422
    if scope not in SCOPES or (shift.comes_again and "scope" not in request.form):
        return _form(shift, span, words()("move.choose")), 422
    wanted = Move(span, scope == "follow")
    done = shift_moves.move(house(), shift.shift_id, shift.day, wanted, guards.person().id, guards.now())
    if isinstance(done, Refusal):
        return _form(shift, span, _why(done)), 422
    return _to_calendar(done, was=shift)


def _find(shift_id: uuid.UUID, day: str) -> PlacedShift | None:
    on = shift_forms.day(day)
    return shift_moves.placed(house(), shift_id, on) if on else None


def _form(shift: PlacedShift, span: Span, refused: str = "") -> str:
    mine, theirs = guards.person().timezone, Words(words().language, shift.timezone)
    values = [shift_forms.clock_value(mine, moment) for moment in span]
    return _page(shift=shift, span=span, values=values, theirs=theirs, refused=refused)


def _page(**shown: Any) -> str:
    unreadable.shown()
    template = "_shift_move.html" if request.headers.get("HX-Request") else "shift_move.html"
    return render_template(template, **shown)


def _why(refusal: Refusal) -> str:
    return words().of("move_refused", refusal.why) + (f" {words().when(refusal.span)}." if refusal.span else "")


def _to_calendar(shift: PlacedShift, was: PlacedShift) -> ResponseReturnValue:
    seen, starts = shift_forms.day(request.form.get("from", "")), _local_day(shift.span.start)
    first = seen if seen and seen <= starts < seen + timedelta(days=7) else starts
    left = sorted({_local_day(moment) for moment in was.span})  # where it may leave a gap
    asked: dict[str, Any] = {"from": first, "moved": shift.key, "was": left}
    where = url_for("coverage.week", **asked, _anchor="saved")
    return ("", 204, {"HX-Redirect": where}) if request.headers.get("HX-Request") else redirect(where)


def _local_day(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(guards.person().timezone)).date()
