"""Coverage and roster for those who lead the line: the week with its gaps, people and their shifts."""

import uuid
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from routing.spans import Span
from services import coverage_week, roster_page, shift_changes, user_edits
from web import guards
from web import offers as roster_offers
from web.console import shift_forms
from web.console.speech import words
from web.guards import LEADING, allow
from web.house import house

WEEKS_AWAY = 60  # how far the calendar can be turned

blueprint = Blueprint("coverage", __name__)


@blueprint.get("/coverage")
@allow(LEADING)
def week() -> ResponseReturnValue:
    """Seven days from a Monday, or from today."""
    zone = guards.person().timezone
    today = guards.now().astimezone(ZoneInfo(zone)).date()
    first = shift_forms.day(request.args.get("from", "")) or today
    if abs(first - today) > timedelta(weeks=WEEKS_AWAY):
        abort(404)
    shown = coverage_week.week(house(), first, zone, guards.now())
    asked = request.args.get("moved")
    moved = next((d for day in shown.days for d in day.people if d.shift and d.shift.key == asked), None)
    page = {"week": shown, "today": today, "weeks": timedelta(days=7), "moved": moved}
    if moved is not None and moved.shift is not None:
        touched = {moment.astimezone(ZoneInfo(zone)).date() for moment in moved.shift.span}
        touched |= {day for day in map(shift_forms.day, request.args.getlist("was")) if day}
        page["gap_days"] = [day for day in shown.days if day.date in touched and day.gap_count]
    return render_template("coverage.html", **page, share=share, clock_value=partial(shift_forms.clock_value, zone))


def share(moment: datetime, day: Span) -> str:
    """Where a moment lies in a day, from 0% to 100%."""
    return f"{max(0.0, min(1.0, (moment - day.start) / (day.end - day.start))):.3%}"


@blueprint.get("/roster")
@allow(LEADING)
def roster() -> ResponseReturnValue:
    """Everybody who answers."""
    return render_template("roster.html", people=roster_page.people(house(), guards.now()))


@blueprint.get("/roster/<uuid:counselor_id>")
@allow(LEADING)
def person(counselor_id: uuid.UUID) -> ResponseReturnValue:
    """One person's shifts and time off."""
    return _person(counselor_id)


@blueprint.post("/roster/<uuid:counselor_id>/offers")
@allow(LEADING)
def offers(counselor_id: uuid.UUID) -> ResponseReturnValue:
    """Say which languages somebody speaks and what they know well."""
    _known(counselor_id)
    languages, skills = (tuple(request.form.getlist(field)) for field in ("languages", "skills"))
    refused = user_edits.set_offers(house(), counselor_id, languages, skills, guards.person().id, guards.now())
    return (_person(counselor_id, refused), 422) if refused else _back(counselor_id)


@blueprint.post("/roster/<uuid:counselor_id>/shifts")
@allow(LEADING)
def add_shift(counselor_id: uuid.UUID) -> ResponseReturnValue:
    """Add a shift; what does not fit together is named and nothing is added."""
    _known(counselor_id)
    wish = shift_forms.shift_wish()
    refused = roster_page.add_shift(house(), counselor_id, wish, guards.person().id, guards.now())
    return (_person(counselor_id, refused, wish), 422) if refused else _back(counselor_id)


@blueprint.post("/roster/<uuid:counselor_id>/shifts/<uuid:shift_id>/remove")
@allow(LEADING)
def remove_shift(counselor_id: uuid.UUID, shift_id: uuid.UUID) -> ResponseReturnValue:
    """Take a shift away."""
    if not roster_page.remove_shift(house(), counselor_id, shift_id, guards.person().id, guards.now()):
        abort(404)
    return _back(counselor_id)


@blueprint.post("/roster/<uuid:counselor_id>/time-off")
@allow(LEADING)
def time_off(counselor_id: uuid.UUID) -> ResponseReturnValue:
    """Write down that somebody is off, on their own clock."""
    span = shift_forms.stretch(_known(counselor_id).timezone)
    refused = "unread"
    if span is not None:
        by, now = guards.person().id, guards.now()
        refused = shift_changes.take_time_off(house(), counselor_id, span, by, now) or ""
    return (_person(counselor_id, (f"time_off.{refused}",)), 422) if refused else _back(counselor_id)


@blueprint.post("/coverage/changes/<uuid:change_id>/withdraw")
@allow(LEADING)
def withdraw(change_id: uuid.UUID) -> ResponseReturnValue:
    """Take back somebody's time off or open offer."""
    if not shift_changes.withdraw(house(), change_id, guards.person().id, guards.now(), anybodys=True):
        abort(404)
    return redirect(url_for("coverage.week"))


def _known(counselor_id: uuid.UUID) -> roster_page.RosterPerson:
    found = roster_page.person(house(), counselor_id, guards.now())
    if found is None:
        abort(404)
    return found


def _back(counselor_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("coverage.person", counselor_id=counselor_id))


def _person(counselor_id: uuid.UUID, refused: tuple[str, ...] = (), wish: roster_page.ShiftWish | None = None) -> str:
    who = _known(counselor_id)
    weeks, nths = range(2, roster_page.LONGEST_ROTATION + 1), roster_page.NTHS
    today: date = guards.now().astimezone(ZoneInfo(who.timezone)).date()
    page = {"who": who, "refused": refused, "wish": wish, "weeks": weeks, "nths": nths, "today": today}
    choices = roster_offers.choices(words(), who.languages, who.skills)
    return render_template("roster_person.html", **page, has=who, choices=choices)
