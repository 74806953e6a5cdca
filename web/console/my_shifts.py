"""A counselor's own shifts: offer one, take one, time off, reminders."""

import uuid

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from routing.spans import Span
from services import my_shifts, reminders, shift_changes
from web import guards
from web.console import shift_forms, unreadable
from web.guards import ANSWERING, allow
from web.house import house

blueprint = Blueprint("my_shifts", __name__)


@blueprint.get("/shifts")
@allow(ANSWERING)
def page() -> ResponseReturnValue:
    """What is ahead."""
    return _page()


@blueprint.post("/shifts/offer")
@allow(ANSWERING)
def offer() -> ResponseReturnValue:
    """Offer one of one's own shifts to a colleague or to anyone."""
    start, end = shift_forms.moment("starts", "UTC"), shift_forms.moment("ends", "UTC")
    if start is None or end is None:
        abort(400)
    to = shift_forms.whom("to")
    return _answer(shift_changes.offer(house(), guards.person().id, Span(start, end), to, guards.now()))


@blueprint.post("/shifts/changes/<uuid:change_id>/take")
@allow(ANSWERING)
def take(change_id: uuid.UUID) -> ResponseReturnValue:
    """Take a shift that is offered."""
    return _answer(shift_changes.take(house(), change_id, guards.person().id, guards.now()))


@blueprint.post("/shifts/changes/<uuid:change_id>/decline")
@allow(ANSWERING)
def decline(change_id: uuid.UUID) -> ResponseReturnValue:
    """Say no to a shift that was offered to oneself."""
    done = shift_changes.decline(house(), change_id, guards.person().id, guards.now())
    return _answer(None if done else "gone")


@blueprint.post("/shifts/changes/<uuid:change_id>/withdraw")
@allow(ANSWERING)
def withdraw(change_id: uuid.UUID) -> ResponseReturnValue:
    """Take back one's own offer or time off."""
    done = shift_changes.withdraw(house(), change_id, guards.person().id, guards.now())
    return _answer(None if done else "gone")


@blueprint.post("/shifts/time-off")
@allow(ANSWERING)
def time_off() -> ResponseReturnValue:
    """Be off from one time to another."""
    me, span = guards.person(), shift_forms.stretch(guards.person().timezone)
    return _answer("unread" if span is None else shift_changes.take_time_off(house(), me.id, span, me.id, guards.now()))


@blueprint.post("/shifts/reminder")
@allow(ANSWERING)
def reminder() -> ResponseReturnValue:
    """Choose when to be texted before a shift, or not at all."""
    words = request.form.get("minutes", "")
    minutes = int(words) if words.isdecimal() else None
    if (words and minutes is None) or not reminders.set_reminder(house(), guards.person().id, minutes, guards.now()):
        abort(400)
    return _answer(None)


def _answer(refused: str | None) -> ResponseReturnValue:
    return (_page(refused), 422) if refused else redirect(url_for("my_shifts.page"))


def _page(refused: str | None = None) -> str:
    unreadable.shown()
    mine = my_shifts.my_shifts(house(), guards.person().id, guards.now())
    return render_template("my_shifts.html", mine=mine, refused=refused, choices=reminders.CHOICES)
