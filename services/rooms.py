"""The conference of a conversation: how each phone should sit in it is written down, and workers tell the provider.

A leg's `seat` is what we want, `seated` what the provider was told: `hold`, `muted`, `ends` (the conference ends when
this phone leaves), `coach` (the provider's id of the call that alone hears it), `tell` (a sentence said to it alone),
`leaves`. Both are states, not steps, so telling the provider twice does no harm and a worker that dies leaves nothing
undone.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models import outbox, rooms
from models.contacts import Contact, Leg, live_legs, lock_contact, record
from routing import call_flow
from routing.vocabulary import LegKind
from services import fetching, rings, tasks
from services.each import contact_broke, each
from services.fetching import MOVED
from services.house import House
from telephony.ports import CallGone, ProviderRefused, ProviderUnsure, Seat, Telephony

LEASE = timedelta(seconds=20)  # two provider time-outs
ROUNDS = 12  # changes in one go; more are the next sweep's
NOT_IN_YET = timedelta(seconds=15)  # conferences are eventually consistent (Yap #1363): it may still come
SEATED_AS = ("hold", "muted", "ends", "coach")


def want(session: Session, contact: Contact, leg: Leg, now: datetime, **seat: Any) -> None:
    """Say how a phone should sit from now on; a worker tells the provider, in a conference made for it if need be."""
    fetching.want_room(session, contact, now)
    leg.seat = {**leg.seat, **seat}
    if leg.seat != leg.seated:
        tasks.ask(session, tasks.SEAT, contact.id, now)
    outbox.touch(session, contact.id)


def tell(session: Session, contact: Contact, leg: Leg, word: str, now: datetime) -> None:
    """Say a sentence (`voice.told_<word>`) to one phone, whoever else is in the conversation."""
    want(session, contact, leg, now, tell=f"{word}.{int(now.timestamp())}")


def caller_leg(session: Session, contact: Contact) -> Leg | None:
    """The caller's phone, if it is on the line."""
    return next((leg for leg in live_legs(session, contact.id) if leg.kind is LegKind.CALLER), None)


def counselor_leg(session: Session, contact: Contact) -> Leg | None:
    """The phone of the counselor who has the conversation, if it is on the line."""
    return next((leg for leg in live_legs(session, contact.id) if leg.id == contact.claim_leg_id), None)


def hold_caller(session: Session, contact: Contact, now: datetime) -> None:
    """The caller (locked) hears nobody and is heard by nobody; held already, the hold begins anew."""
    caller = caller_leg(session, contact)
    if caller is not None:
        contact.held_since = now
        want(session, contact, caller, now, hold=True)


def bring_back(session: Session, contact: Contact, now: datetime) -> bool:
    """The caller (locked) is in the conversation again; False when they were not on hold."""
    if contact.held_since is None:
        return False
    contact.held_since = None
    caller = caller_leg(session, contact)
    if caller is not None:
        want(session, contact, caller, now, hold=False)
    return True


def tune(house: House, telephony: Telephony, contact_id: uuid.UUID, now: datetime) -> int:
    """Tell the provider everything that it was not told yet about one conversation; how many changes."""
    with house.db.begin() as session:
        if not rooms.take_tuning(session, contact_id, now, now + LEASE):
            return 0
    done = 0
    try:
        while done < ROUNDS and _tune_one(house, telephony, contact_id, now):
            done += 1
    finally:
        with house.db.begin() as session:
            rooms.end_tuning(session, contact_id)
    return done


def sweep(house: House, telephony: Telephony, now: datetime) -> int:
    """What a lost reminder or a provider's silence left untold; in how many conversations something was."""
    with house.db.begin() as session:
        found = rooms.untuned_contacts(session)
    return each(found, lambda contact_id: tune(house, telephony, contact_id, now) > 0, contact_broke(house, now))


def _tune_one(house: House, telephony: Telephony, contact_id: uuid.UUID, now: datetime) -> bool:
    """One change of one phone; False when nothing is left to do now."""
    with house.db.begin() as session:
        contact = session.get_one(Contact, contact_id)
        leg = next(iter(rooms.unseated(session, contact_id)), None)
        if leg is None or contact.room is None or fetching.MOVE_ASKED in contact.flow:
            return False
        leg_id, sid, room, name = leg.id, leg.provider_sid or "", contact.room_sid, contact.room
        new = {key: value for key, value in leg.seat.items() if leg.seated.get(key) != value}
    base = house.rules.public_base_url
    try:
        room = room or _find(house, telephony, contact_id, name)
        if room is None:
            return _not_in(house, leg_id, new, now)
        if any(key in new for key in SEATED_AS):
            new = {key: value for key, value in new.items() if key in SEATED_AS}
            telephony.seat(room, sid, _seat(new, base, contact_id))
        elif "tell" in new:
            new = {"tell": new["tell"]}
            telephony.speak(room, sid, f"{base}/voice/told/{new['tell'].partition('.')[0]}/{leg_id}")
        else:
            _send_out(house, telephony, leg_id, sid)
    except CallGone:
        found = _find(house, telephony, contact_id, name)
        return found not in (None, room) or _not_in(house, leg_id, new, now)
    except ProviderRefused as refusal:
        return False if refusal.retry else _refused(house, leg_id, new, now)
    except ProviderUnsure:
        return False  # a state may be told again: the next sweep does
    _seated(house, leg_id, new)
    return True


def _seat(new: dict[str, Any], base: str, contact_id: uuid.UUID) -> Seat:
    hold = new.get("hold")
    return Seat(
        hold_url=None if hold is None else f"{base}{call_flow.path('on-hold', contact_id)}" if hold else "",
        muted=new.get("muted"),
        ends=new.get("ends"),
        coaches=new.get("coach"),
    )


def _find(house: House, telephony: Telephony, contact_id: uuid.UUID, name: str) -> str | None:
    """Ask for the conference that goes on, and keep its id."""
    try:
        found = telephony.room(name)
    except (CallGone, ProviderRefused, ProviderUnsure):
        return None
    if found is not None:
        with house.db.begin() as session:
            session.get_one(Contact, contact_id).room_sid = found
    return found


def _send_out(house: House, telephony: Telephony, leg_id: uuid.UUID, sid: str) -> None:
    """A phone has handed the conversation over: it leaves, and hears what there is for it to hear."""
    with house.db.begin() as session:
        rings.dismiss(session.get_one(Leg, leg_id), "handed_over")
    telephony.redirect_call(sid, house.rules.public_base_url + call_flow.path("leg-after", leg_id))


def _seated(house: House, leg_id: uuid.UUID, told: dict[str, Any]) -> None:
    with house.db.begin() as session:
        leg = session.get_one(Leg, leg_id, with_for_update={"of": Leg, "key_share": True})
        leg.seated = {**leg.seated, **told}
        outbox.touch(session, leg.contact_id)


def _not_in(house: House, leg_id: uuid.UUID, new: dict[str, Any], now: datetime) -> bool:
    """The phone is not in the conference: it may still come; if not, its own end tells what follows."""
    with house.db.begin() as session:
        leg = session.get_one(Leg, leg_id)
        since = max((leg.accepted_at or leg.answered_at or leg.planned_at).timestamp(), leg.contact.flow.get(MOVED, 0))
        young = since > (now - NOT_IN_YET).timestamp()
    if young:
        return False
    _seated(house, leg_id, new)
    return True


def _refused(house: House, leg_id: uuid.UUID, new: dict[str, Any], now: datetime) -> bool:
    """The provider will not: what was wanted is taken back, and stands in the timeline."""
    with house.db.begin() as session:
        leg = session.get_one(Leg, leg_id)
        contact = lock_contact(session, leg.contact_id)
        if contact is None:
            return False
        session.refresh(leg)
        leg.seat = {key: value for key, value in leg.seat.items() if key not in new} | {
            key: leg.seated[key] for key in new if key in leg.seated
        }
        if "hold" in new:
            contact.held_since = None
        record(session, contact.id, "control_refused", now, what=",".join(sorted(new)), leg=str(leg.id))
        outbox.touch(session, contact.id)
    return True
