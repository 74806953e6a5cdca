"""What added phones hear, and what becomes of them: picked up, pressed 1, in the conversation, gone.

Whatever becomes of one, the caller ends up with the counselor again: no answer, a refusal, a hang-up and silence alike.
"""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from models import outbox
from models.contacts import Contact, Leg, lock_contact, record
from routing import call_flow
from routing.documents import Ask, Document, GoTo, HangUp, JoinConference, Pause, Say
from routing.vocabulary import BESIDE, LINES, ContactStatus, Language, LegKind, LegStatus, Part, ReferralStatus, SaidBy
from services import (
    answering,
    browser_legs,
    counselor_notices,
    dispositions,
    guests,
    intake_facts,
    intake_lines,
    rings,
    rooms,
)
from services.guests import note_call, seat_for
from services.house import House
from services.referrals import changes, intake_answers

SUPERVISING = frozenset({Part.LISTEN, Part.WHISPER, Part.BARGE})
ASKED_TWICE = 2


def answered(house: House, leg_id: uuid.UUID, sid: str, now: datetime) -> Document:
    """An added phone was picked up. A line or a browser comes in at once; on a phone a person presses 1 first."""
    with house.db.begin() as session:
        leg = session.get(Leg, leg_id)
        contact = lock_contact(session, leg.contact_id) if leg else None
        if leg is not None:
            session.refresh(leg, with_for_update={"key_share": True})
            browser_legs.is_there(leg)
        if leg is None or contact is None or not _still_wanted(contact, leg):
            return call_flow.farewell(Language.ENGLISH, Say("voice.guest_not_needed"))
        leg.provider_sid, leg.answered_at = leg.provider_sid or sid, leg.answered_at or now
        if leg.kind in LINES or leg.in_browser or leg.status is LegStatus.ACCEPTED:
            return _enter(session, house, contact, leg, now)
        leg.status, leg.prompts = LegStatus.ANSWERED, leg.prompts + 1
        outbox.touch(session, contact.id)
        return _press_one(session, house, leg)


def _still_wanted(contact: Contact, leg: Leg) -> bool:
    return leg.ended_at is None and leg.end_reason is None and contact.status is ContactStatus.CONNECTED


def _press_one(session: Session, house: House, leg: Leg) -> Document:
    """Nothing about the caller: who asks is all that is said."""
    key = "voice.guest_listen" if leg.part in SUPERVISING else "voice.guest_colleague"
    ask = Ask((Say(key),), call_flow.path("guest-key", leg.id), digits=1, seconds=house.rules.press_seconds)
    return Document(counselor_notices.language_on(session, leg), (ask, HangUp()))


def pressed(house: House, leg_id: uuid.UUID, digits: str, now: datetime) -> Document:
    """The key of a colleague or supervisor: 1 takes part, anything else is asked once more, 2 is no."""
    with house.db.begin() as session:
        leg = session.get(Leg, leg_id)
        contact = lock_contact(session, leg.contact_id) if leg else None
        if leg is None or contact is None or not _still_wanted(contact, leg):
            return call_flow.farewell(Language.ENGLISH, Say("voice.guest_not_needed"))
        if digits[:1] == "1":
            return _enter(session, house, contact, leg, now)
        if digits[:1] != "2" and leg.prompts < ASKED_TWICE:
            leg.prompts += 1
            return _press_one(session, house, leg)
        rings.dismiss(leg, "passed")
        gone(session, contact, leg, now)
        return call_flow.farewell(Language.ENGLISH, Say("voice.passed"))


def _enter(session: Session, house: House, contact: Contact, leg: Leg, now: datetime) -> Document:
    """Into the conversation; in private only once the provider has put the caller on hold."""
    leg.status = LegStatus.ACCEPTED
    if leg.part is Part.CONSULT and _hold_is_under_way(session, contact):
        return Document(contact.language, (Pause(1), GoTo(call_flow.path("guest", leg.id))))
    first, leg.accepted_at = leg.accepted_at is None, leg.accepted_at or now
    leg.seat = leg.seated = seat_for(session, contact, leg.part or Part.CONSULT)
    if first:
        leg.digits = None  # the extension was sent
        part = {"part": leg.part.value} if leg.part else {}
        record(session, contact.id, "guest_answered", now, kind=leg.kind.value, leg=str(leg.id), **part)
        if leg.kind is LegKind.FACILITY:
            referral = note_call(session, contact, leg, "answered", now)
            if referral is not None:
                changes.note(session, house, contact, referral, ReferralStatus.ACKNOWLEDGED, SaidBy.SERVICE, now)
    outbox.touch(session, contact.id)
    language = counselor_notices.language_on(session, leg)
    return Document(language, (*_said_first(house, contact, leg, language, now), _seat_of(contact, leg)))


def _hold_is_under_way(session: Session, contact: Contact) -> bool:
    caller = rooms.caller_leg(session, contact)
    return caller is not None and bool(caller.seat.get("hold")) and not caller.seated.get("hold")


def _said_first(house: House, contact: Contact, leg: Leg, language: Language, now: datetime) -> tuple[Say, ...]:
    """To our own people what a counselor hears after 1. To an intake line no fact about the caller: a machine may be
    listening there. What was agreed to is read out when the counselor says so (services.intake_facts)."""
    if leg.kind is LegKind.COLLEAGUE:
        return answering.said_first(house, contact, leg, language, now)
    return (Say("voice.guest_intake"),) if leg.kind is LegKind.FACILITY else ()


def _seat_of(contact: Contact, leg: Leg) -> JoinConference:
    return JoinConference(
        contact.room or leg.id.hex,
        call_flow.path("guest-after", leg.id),
        status="/status/conference",
        silence="/voice/hold",
        label=leg.id.hex,
        ends=bool(leg.seat.get("ends", False)),
        muted=bool(leg.seat.get("muted")),
        coaches=str(leg.seat.get("coach", "")),
    )


def keyed(house: House, leg_id: uuid.UUID) -> Document:
    """Keys for a phone tree, sent on the line's own call, which then comes in again."""
    with house.db.begin() as session:
        leg = session.get(Leg, leg_id)
        contact = lock_contact(session, leg.contact_id) if leg else None
        if leg is None or contact is None or not _still_wanted(contact, leg):
            return call_flow.farewell(Language.ENGLISH, Say("voice.guest_not_needed"))
        keys, leg.digits = leg.digits or "", None  # told twice, they are sent once
        return call_flow.send_keys(contact.language, keys, _seat_of(contact, leg))


def facts(house: House, leg_id: uuid.UUID, now: datetime) -> Document:
    """What the person agreed to, read to the line on its own call, which then comes in again."""
    with house.db.begin() as session:
        leg = session.get(Leg, leg_id)
        contact = lock_contact(session, leg.contact_id) if leg else None
        if leg is None or contact is None or not _still_wanted(contact, leg):
            return call_flow.farewell(Language.ENGLISH, Say("voice.guest_not_needed"))
        says = intake_facts.said(session, house, contact, leg, now)
        return Document(Language.ENGLISH, (*says, _seat_of(contact, leg)))


def after(house: House, leg_id: uuid.UUID, now: datetime) -> Document:
    """An added phone is out of the conference: it was let go, or the conversation is over."""
    with house.db.begin() as session:
        leg = session.get(Leg, leg_id)
        contact = lock_contact(session, leg.contact_id) if leg else None
        if leg is None or contact is None:
            return call_flow.farewell(Language.ENGLISH, Say("voice.guest_over"))
        has_it = contact.claim_leg_id == leg.id  # it took the call over
        if contact.status is ContactStatus.WAITING and leg.kind is LegKind.COLLEAGUE and leg.end_reason is None:
            return call_flow.whisper(
                leg.id, contact.language, again=False, bridged=False, press_seconds=house.rules.press_seconds
            )  # the counselor was lost: whoever is here anyway may take the call
        goes_on = contact.status is ContactStatus.CONNECTED and leg.end_reason == "released" and leg.kind not in LINES
        goodbye = intake_answers.asked(session, contact, leg) or call_flow.farewell(
            counselor_notices.language_on(session, leg), Say("voice.guest_goes_on" if goes_on else "voice.guest_over")
        )
    return dispositions.after_conference(house, leg_id, now) if has_it else goodbye


def gone(session: Session, contact: Contact, leg: Leg, now: datetime) -> None:
    """An added phone did not come, or has left (contact locked): the next place is tried, or the caller is back."""
    came = leg.accepted_at is not None
    reason = leg.end_reason or "completed"
    if leg.kind is LegKind.FACILITY and not came:
        note_call(session, contact, leg, reason.partition("_")[0], now)
    if leg.kind is not LegKind.SUPERVISOR and reason != "released":
        kind = "guest_left" if came else "guest_not_reached"
        record(session, contact.id, kind, now, kind=leg.kind.value, reason=reason, leg=str(leg.id))
    if contact.status is not ContactStatus.CONNECTED or leg.kind in BESIDE:
        return
    if (
        leg.kind is LegKind.FACILITY
        and not came
        and reason != "released"
        and intake_lines.try_next(session, contact, now)
    ):
        return
    if guests.guest_of(session, contact) not in (None, leg):
        return  # another one was asked in meanwhile
    rooms.bring_back(session, contact, now)
    counselor = rooms.counselor_leg(session, contact)
    if counselor is not None and reason != "released":
        rooms.tell(session, contact, counselor, "guest_left" if came else "not_reached", now)
