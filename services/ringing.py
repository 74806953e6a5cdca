"""Ringing counselors: legs are planned, and dialled one after the other as the provider's calls a second allow."""

import logging
import uuid
from contextlib import suppress
from datetime import datetime
from enum import Enum, auto

from models import call_budget, outbox
from models.contacts import Leg, live_caller_waits, lock_contact, name_leg
from routing import call_flow
from routing.lifecycle import leg_may_become
from routing.vocabulary import GUESTS, LINES, ContactStatus, LegKind, LegStatus
from services import alarms, browser_legs, owed_callbacks, releasing, resuming, rings, tasks, tending
from services.each import each, row_broke
from services.house import House
from telephony.ports import CallGone, ProviderRefused, ProviderUnsure, Telephony

log = logging.getLogger(__name__)


def ring(house: House, telephony: Telephony, contact_id: uuid.UUID, now: datetime) -> int:
    """Plan the next legs of a waiting contact and dial what may be dialled now; the number of phones that now ring."""
    plan(house, telephony, contact_id, now)
    return dial(house, telephony, now)


def plan(house: House, telephony: Telephony, contact_id: uuid.UUID, now: datetime) -> None:
    """Write down which phones are to ring next for a waiting contact."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None or contact.status is not ContactStatus.WAITING:
            return
        if contact.calling_back and (
            live_caller_waits(session, contact) or not owed_callbacks.may_ring(session, house, contact, now)
        ):
            return
        tending.looked(contact, now)
        resuming.resume(session, house, contact, now)
        rings.plan(session, house, contact, now)
        in_the_way = rings.in_the_way(session, contact)
        outbox.touch(session, contact_id)
    # free for this caller at the next sweep
    told = row_broke(house, now)
    each(in_the_way, lambda leg_id: releasing.let_go(house, telephony, leg_id, "released", now), told)


def dial(house: House, telephony: Telephony, now: datetime) -> int:
    """Place the planned legs of all contacts whose turn it is, the most urgent first; how many ring now."""
    placed = 0
    while (leg_id := _next_turn(house, now)) is not None:
        try:
            outcome = _place(house, telephony, leg_id, now)
        except Exception as error:
            log.exception("leg_not_placed")  # ended by the sweep when its ring time is over
            row_broke(house, now)(leg_id, error)
            continue
        if outcome is Placing.TOO_MANY:
            break  # the provider is congested: the next tick tries again
        placed += outcome is Placing.RINGS
    return placed


# Where a phone is asked what it is for; counselors rung for a waiting caller have the path of a leg
PATHS = {LegKind.CALLER: "callback", LegKind.CALL_OUT: "out", **dict.fromkeys(GUESTS, "guest")}


class Placing(Enum):
    """What became of one request for a call."""

    RINGS = auto()
    FAILED = auto()
    TOO_MANY = auto()


def _next_turn(house: House, now: datetime) -> uuid.UUID | None:
    """Claim the next planned leg together with the right to place it; None when nothing is planned or allowed."""
    with house.db.begin() as session:
        leg = call_budget.next_in_line(session)
        if leg is None or not call_budget.take_slot(session, house.rules.calls_per_second, now):
            return None
        leg.status, leg.placed_at = LegStatus.PLACING, now
        return leg.id


def _place(house: House, telephony: Telephony, leg_id: uuid.UUID, now: datetime) -> Placing:
    """Dial a claimed leg outside any transaction, then write down what came of it."""
    with house.db.begin() as session:
        leg = session.get_one(Leg, leg_id)
        number, sender = browser_legs.dialled(session, leg, now), leg.contact.helpline_number
        path, digits = PATHS.get(leg.kind, "leg"), leg.digits or ""
        ring_seconds = house.rules.intake_ring_seconds if leg.kind in LINES else house.rules.ring_seconds
    try:
        sid = telephony.place_call(
            to=number,
            sender=sender,
            url=house.rules.public_base_url + call_flow.path(path, leg_id),
            status_url=f"{house.rules.public_base_url}/status/call?leg={leg_id}",
            ring_seconds=ring_seconds,
            digits=digits,
        )
    except ProviderRefused as refusal:
        if refusal.too_many:
            with house.db.begin() as session:
                call_budget.back_in_line(session, leg_id)
            return Placing.TOO_MANY
        releasing.leg_ended(house, leg_id, None, f"refused_{refusal.code}", now)
        if not refusal.bad_number:
            alarms.provider_trouble(house, now)
        return Placing.FAILED
    except ProviderUnsure:
        alarms.provider_trouble(house, now)
        return Placing.FAILED  # it may be ringing: its own callbacks tell, or the sweep ends it when its time is over
    return Placing.RINGS if _placed(house, telephony, leg_id, sid, now) else Placing.FAILED


def _placed(house: House, telephony: Telephony, leg_id: uuid.UUID, sid: str, now: datetime) -> bool:
    """Write the provider's id down; a leg that was let go while it was being dialled is hung up at once."""
    with house.db.begin() as session:
        leg = session.get_one(Leg, leg_id, with_for_update={"of": Leg, "key_share": True})
        leg.provider_sid = leg.provider_sid or sid
        if leg_may_become(leg.status, LegStatus.RINGING):
            leg.status, leg.placed_at = LegStatus.RINGING, house.moment(now)  # how long it rings is counted from here
        over = leg.ended_at is not None or leg.end_reason is not None
        for_a_wait = leg.kind not in PATHS and leg.contact.claim_leg_id != leg.id
        if not over and for_a_wait and leg.contact.status is not ContactStatus.WAITING:
            tasks.ask(session, tasks.RELEASE, leg.contact_id, now)
        outbox.touch(session, leg.contact_id)
    if over:
        with suppress(CallGone, ProviderRefused, ProviderUnsure):
            telephony.end_call(sid)
    return not over


def dialling(house: House, leg_id: uuid.UUID, sid: str) -> None:
    """The provider dials a leg: its id is kept, also when the worker that asked for the call died before it knew."""
    with house.db.begin() as session:
        name_leg(session, leg_id, sid)
