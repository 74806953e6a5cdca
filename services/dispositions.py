"""How a contact ended: written by keypress, by text or on the page, and what follows from it."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from models import outbox
from models.contacts import Contact, Leg, conversation_over, lock_contact, record
from models.people import Counselor
from routing import call_flow
from routing.documents import Ask, Document, GoTo, HangUp, Say
from routing.vocabulary import ContactStatus, Disposition, FollowUpKind, Language, Presence
from services import alerts, direct_calls, follow_up_plans, match_replay, needs, promises, safe_contact
from services.house import House

HELP: Final = "9"
BY_KEY: Final = {
    "1": Disposition.REFERRED,
    "2": Disposition.INFORMATION,
    "3": Disposition.CALLBACK_REQUESTED,
    "4": Disposition.CRISIS_HANDED_OVER,
    "5": Disposition.NOT_FOR_US,
}


@dataclass(frozen=True)
class WrapUp:
    """What else is said at the end: whether we may text later (None: not asked), and which listing was chosen.

    A Yes to later texts from somebody to whom texts are not safe is not kept: the page asks no such question then.
    `leave_out`: kinds of planned steps that the counselor would rather not have.
    """

    follow_up_texts_ok: bool | None = None
    chosen: int | None = None
    leave_out: frozenset[FollowUpKind] = frozenset()


def close(
    house: House,
    contact_id: uuid.UUID,
    counselor_id: uuid.UUID | None,
    disposition: Disposition,
    now: datetime,
    told: WrapUp = WrapUp(),
) -> bool:
    """Write a disposition and plan what follows; False when the contact is still going on or unknown.

    False too for a list of places by text where the line has noted none: that word is the line's.
    """
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id, caller=told.follow_up_texts_ok is not None)
        if contact is None or contact.status in (ContactStatus.WAITING, ContactStatus.CLAIMED):
            return False
        if disposition is Disposition.PLACES_TEXTED and contact.disposition is not disposition:
            return False
        if told.follow_up_texts_ok is not None:
            safe_contact.note_follow_up_texts(session, contact, counselor_id, told.follow_up_texts_ok, now)
        if told.chosen is not None and disposition is Disposition.REFERRED:
            match_replay.note_choice(session, contact.id, told.chosen, now, counselor_id)
        write(session, house, contact, counselor_id, disposition, now=now, leave_out=told.leave_out)
        return True


def write(
    session: Session,
    house: House,
    contact: Contact,
    counselor_id: uuid.UUID | None,
    disposition: Disposition,
    *,
    now: datetime,
    leave_out: frozenset[FollowUpKind] = frozenset(),
) -> None:
    """Write a disposition on a locked contact, in the transaction of whoever asks.

    One that it got by itself before (a list of places by text) is on the timeline only when it is written here.
    """
    first = contact.disposition is not disposition
    after_a_list = follow_up_plans.after_a_list(contact, disposition)
    closes = contact.status in (ContactStatus.ENDED, ContactStatus.ABANDONED, ContactStatus.CONVERSING)
    contact.disposition, contact.disposition_by = disposition, counselor_id
    if closes:
        contact.status = ContactStatus.CLOSED
    _back_from_wrap_up(session, counselor_id)
    if first or closes:
        record(session, contact.id, "disposition", now, disposition=disposition.value, by=str(counselor_id or ""))
        needs.note_need(session, contact, now)
    if first:
        by = str(counselor_id or "")
        follow_up_plans.plan_for(session, house, contact, now, leave_out=leave_out, by=by, goes_on=after_a_list)
        if disposition is Disposition.CALLBACK_REQUESTED and contact.caller.number is not None:
            promises.promise_callback(session, house, contact, now, limits=counselor_id is None)
    outbox.touch(session, contact.id)


def _back_from_wrap_up(session: Session, counselor_id: uuid.UUID | None) -> None:
    counselor = session.get(Counselor, counselor_id) if counselor_id else None
    if counselor is not None and counselor.presence is Presence.WRAP_UP:
        counselor.presence, counselor.presence_until = Presence.AVAILABLE, None


def ask(leg_id: uuid.UUID, *first: Say) -> Document:
    """After the conference, on the counselor's phone: which disposition? One key, asked twice."""
    question = Ask((*first, Say("voice.disposition")), call_flow.path("leg-disposition", leg_id), digits=1, seconds=10)
    return Document(Language.ENGLISH, (question, question, Say("voice.disposition_later"), HangUp()))


def after_conference(house: House, leg_id: uuid.UUID, now: datetime) -> Document:
    """The conference is over on the counselor's phone: the conversation has ended, or the caller never came."""
    with house.db.begin() as session:
        leg = session.get_one(Leg, leg_id)
        contact = lock_contact(session, leg.contact_id)
        if leg.end_reason == "handed_over" and contact is not None and contact.claim_leg_id != leg_id:
            return call_flow.farewell(Language.ENGLISH, Say("voice.handed_over"))
        if contact is None or contact.claim_leg_id != leg_id or contact.connected_at is None:
            return call_flow.farewell(Language.ENGLISH, Say("voice.not_connected"))
        if contact.status is ContactStatus.CONNECTED:
            conversation_over(contact, now)
            record(session, contact.id, "conversation_ended", now)
            outbox.touch(session, contact.id)
        first = (Say("voice.not_reached"),) if direct_calls.NOT_REACHED in contact.flow else ()
        cut_off = direct_calls.may_reconnect(contact, leg)
        if leg.in_browser and not cut_off:  # the page asks how it ended
            return Document(Language.ENGLISH, (*first, HangUp()))
    return _ask_whether_cut_off(leg_id) if cut_off else ask(leg_id, *first)


def _ask_whether_cut_off(leg_id: uuid.UUID) -> Document:
    """The caller's phone has left, and they said that we may call right back: whoever stays on is connected again."""
    done = Ask((Say("voice.cut_off"),), call_flow.path("leg-disposition", leg_id), digits=1, seconds=4)
    return Document(Language.ENGLISH, (done, GoTo(call_flow.path("reconnect", leg_id))))


def _ask_help(house: House, leg_id: uuid.UUID, now: datetime) -> None:
    """The counselor's 9 (in a conference no key is heard, there it is a button of the page): supervisors are told."""
    with house.db.begin() as session:
        leg = session.get_one(Leg, leg_id)
        contact = lock_contact(session, leg.contact_id)
        if contact is not None:
            alerts.ask_help(session, house, contact, leg.counselor_id, now)


def pressed(house: House, leg_id: uuid.UUID, digits: str, now: datetime) -> Document:
    """The counselor's key for the disposition; an unknown one is asked again."""
    disposition = BY_KEY.get(digits[:1])
    if digits[:1] == HELP:
        _ask_help(house, leg_id, now)
    if disposition is None:
        return ask(leg_id)
    with house.db.begin() as session:
        leg = session.get_one(Leg, leg_id)
        contact_id, counselor_id = leg.contact_id, leg.counselor_id
    close(house, contact_id, counselor_id, disposition, now)
    return call_flow.farewell(Language.ENGLISH, Say("voice.disposition_thanks"))
