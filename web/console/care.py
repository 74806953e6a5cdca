"""Care plans on a contact's page, and the page of what is agreed about numbers: plans, blocks, refused callbacks."""

import uuid

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services import blocks, callback_rules, care_plans
from services.blocks import BlockReason
from web import guards
from web.console import unreadable
from web.console.contacts import for_page, found_page
from web.guards import LEADING, allow
from web.house import house

FIELDS = ("phone", "days", "reason")

blueprint = Blueprint("care", __name__)


@blueprint.post("/contacts/<uuid:contact_id>/care-plan")
@allow(LEADING)
def write(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Keep a care plan, or end it with empty words."""
    words = request.form.get("words", "").replace("\r\n", "\n")
    review = request.form.get("review", "").strip()
    kept = care_plans.write(house(), contact_id, guards.person().id, words, review, guards.now())
    page = for_page(found_page(contact_id))
    return render_template("_care_plan.html", refused_care=not kept, **page), 200 if kept else 422


@blueprint.post("/contacts/<uuid:contact_id>/block")
@allow(LEADING)
def block_contact(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Block the number of a contact for some days."""
    given = {field: request.form.get(field, "").strip() for field in ("days", "reason")}
    if not blocks.block_contact(house(), guards.person().id, contact_id, **given, now=guards.now()):
        abort(400)
    return redirect(url_for("care.listing"))


@blueprint.get("/blocks")
@allow(LEADING)
def listing() -> ResponseReturnValue:
    """Care plans, blocks that hold, and callbacks that were refused."""
    return _page()


@blueprint.post("/blocks")
@allow(LEADING)
def add() -> ResponseReturnValue:
    """Block an exact number; a field that cannot be read is named and nothing is changed."""
    given = {field: request.form.get(field, "").strip() for field in FIELDS}
    refused = blocks.block_number(house(), guards.person().id, **given, now=guards.now())
    return (_page(refused, given), 422) if refused else redirect(url_for("care.listing"))


@blueprint.post("/blocks/<uuid:block_id>/remove")
@allow(LEADING)
def remove(block_id: uuid.UUID) -> ResponseReturnValue:
    """End a block before its time."""
    if not blocks.unblock(house(), guards.person().id, block_id, guards.now()):
        abort(404)
    return redirect(url_for("care.listing"))


def _page(refused: tuple[str, ...] = (), given: dict[str, str] | None = None) -> str:
    unreadable.shown()
    return render_template(
        "blocks.html",
        plans=care_plans.plans(house(), guards.now()),
        blocks=blocks.blocks(house(), guards.now()),
        callbacks=callback_rules.refused_lately(house(), guards.now()),
        reasons=list(BlockReason),
        refused=refused,
        given=given or {},
    )
