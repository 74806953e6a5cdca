"""From the caller's own <Dial> into a conference, when hold, transfer, 988 or a supervisor is wanted.

The counselor's phone is redirected first: that ends the <Dial>, whose action leads the caller into the same conference.
(The other way round the provider would hang up on the counselor: a <Dial> that is left ends its child.) Where that
action does not come, the caller is fetched too. A provider that will not leaves the two talking as before.
"""

import uuid
from datetime import datetime

from models import outbox, rooms
from models.contacts import Contact, Leg, live_legs, lock_contact, record
from routing import call_flow
from routing.documents import Document
from routing.vocabulary import GUESTS, ContactStatus, Language
from services import fetching, releasing, rings, tasks
from services.each import contact_broke, each
from services.fetching import COUNSELOR_MOVED, LET_IN, MOVE_ASKED, MOVE_KEYS, MOVING
from services.house import House
from services.rooms import caller_leg, counselor_leg
from telephony.ports import CallGone, ProviderRefused, ProviderUnsure, Telephony

AGAIN_SECONDS = 12  # the provider's time-out and a little
ACTION_SECONDS = 4  # the other half comes within one or two, by itself
GIVE_UP_SECONDS = 45


def move(house: House, telephony: Telephony, contact_id: uuid.UUID, now: datetime) -> bool:
    """Redirect the counselor's phone into the conference; True when the provider took it."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        leg = counselor_leg(session, contact) if contact else None
        if contact is None or leg is None or leg.provider_sid is None or not _still_to_move(contact, now):
            return False
        contact.flow = {**contact.flow, MOVING: int(now.timestamp())}
        leg_id, sid = leg.id, leg.provider_sid
    try:
        telephony.redirect_call(sid, house.rules.public_base_url + call_flow.path("moved", leg_id))
    except ProviderUnsure:
        return False  # it may be on its way; if not, the sweep asks again
    except (CallGone, ProviderRefused) as refusal:
        word = releasing.final_word(telephony, sid)
        if word is not None:
            releasing.leg_ended(house, leg_id, sid, word, now)
        elif not (isinstance(refusal, ProviderRefused) and refusal.retry):
            _stay(house, contact_id, now)
        return False
    return True


def _still_to_move(contact: Contact, now: datetime) -> bool:
    """Whether the counselor's phone is still in the <Dial>, and no request to move it is under way."""
    flow = contact.flow
    if contact.status is not ContactStatus.CONNECTED or MOVE_ASKED not in flow or COUNSELOR_MOVED in flow:
        return False
    return bool(now.timestamp() - flow.get(MOVING, 0) >= AGAIN_SECONDS)


def moved(house: House, leg_id: uuid.UUID, now: datetime) -> Document:
    """The counselor's phone asks for its way into the conference."""
    with house.db.begin() as session:
        leg = session.get_one(Leg, leg_id)
        contact = lock_contact(session, leg.contact_id)
        if contact is not None and contact.claim_leg_id == leg_id:
            contact.room = leg_id.hex  # also when we had given up: out of the <Dial> there is no way back
            contact.flow = {MOVE_ASKED: int(now.timestamp()), **contact.flow, COUNSELOR_MOVED: int(now.timestamp())}
            fetching.both_in(session, contact, now)
    return way_in(leg_id)


def way_in(leg_id: uuid.UUID) -> Document:
    """The counselor into the conference, which has the name of their leg; needs no row."""
    return call_flow.counselor_joins(leg_id, Language.ENGLISH, ())


def sweep(house: House, telephony: Telephony, now: datetime) -> int:
    """Moves that stand still are gone on with, in whichever half; how many."""
    with house.db.begin() as session:
        found = rooms.moving_contacts(session, MOVE_ASKED)
    each(found, lambda contact_id: _go_on(house, telephony, contact_id, now), contact_broke(house, now))
    return len(found)


def _go_on(house: House, telephony: Telephony, contact_id: uuid.UUID, now: datetime) -> None:
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None or contact.status is not ContactStatus.CONNECTED:
            return
        flow, clock = contact.flow, now.timestamp()
        late = COUNSELOR_MOVED in flow and clock - flow[COUNSELOR_MOVED] >= ACTION_SECONDS
        caller = caller_leg(session, contact)
        sid = caller.provider_sid if caller is not None else None
        fetches = late and sid is not None and not fetching.being_fetched(contact, now) and fetching.fetch(contact, now)
    if fetches and sid is not None:
        _fetch_caller(house, telephony, contact_id, sid, now)
    elif COUNSELOR_MOVED not in flow and LET_IN not in flow and clock - flow[MOVE_ASKED] >= GIVE_UP_SECONDS:
        _stay(house, contact_id, now)
    elif COUNSELOR_MOVED not in flow:
        move(house, telephony, contact_id, now)


def _fetch_caller(house: House, telephony: Telephony, contact_id: uuid.UUID, sid: str, now: datetime) -> None:
    try:
        telephony.redirect_call(sid, house.rules.public_base_url + call_flow.path("join", contact_id))
    except (CallGone, ProviderRefused):
        word = releasing.final_word(telephony, sid)
        if word is not None:
            releasing.leg_ended(house, None, sid, word, now)
    except ProviderUnsure:
        return  # asked again when its time is over


def _stay(house: House, contact_id: uuid.UUID, now: datetime) -> None:
    """It cannot be done: what was wanted is taken back, whoever was asked in is let go, and the two talk on."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None or contact.status is not ContactStatus.CONNECTED or MOVE_ASKED not in contact.flow:
            return
        contact.flow = {key: value for key, value in contact.flow.items() if key not in MOVE_KEYS}
        contact.room = contact.room_sid = contact.held_since = None
        for leg in live_legs(session, contact_id):
            leg.seat = leg.seated
            if leg.kind in GUESTS:
                rings.dismiss(leg, "released")
                tasks.ask(session, tasks.DROP, leg.id, now)
        record(session, contact_id, "control_refused", now, what="move")
        outbox.touch(session, contact_id)
