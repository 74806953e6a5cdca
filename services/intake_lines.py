"""Intake lines: rung one after the other, their phone trees worked by keys, each a referral."""

import re
import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from models.contacts import Contact, Leg, record
from routing import call_flow, phone
from routing.vocabulary import LINES, LegKind, Part, ReferralStatus
from services import guests, in_call, rings, rooms, tasks
from services.directory.sheets import sheets
from services.house import House
from services.in_call import By, CallRefused
from services.referrals import changes
from telephony.ports import CallGone, ProviderRefused, ProviderUnsure, Telephony

NEXT_PLACES = "next_places"  # in the flow: listings to try when an intake line does not answer
KEYS = re.compile(r"[0-9*#]{1,20}")
FIRST_WAIT = "www"  # a second and a half before an extension: the greeting begins
MOST_PLACES = 4  # one intake line and the next ones that are tried by themselves


def to_facility(
    house: House, contact_id: uuid.UUID, by: By, listings: Sequence[int], now: datetime
) -> CallRefused | None:
    """Ring an intake line while the caller waits on a short hold; the next ones follow when nobody answers there."""
    with house.db.begin() as session:
        contact = in_call.conversation(session, contact_id, by)
        if isinstance(contact, CallRefused):
            return contact
        if guests.guest_of(session, contact) is not None:
            return CallRefused.ONE_AT_A_TIME
        contact.flow = {**contact.flow, NEXT_PLACES: list(listings[1:MOST_PLACES])}
        rings = bool(listings) and _ring_place(session, contact, listings[0], ReferralStatus.CHOSEN, now)
        if not rings and not try_next(session, contact, now):
            return CallRefused.NO_PHONE
        rooms.hold_caller(session, contact, now)
        return None


def try_next(session: Session, contact: Contact, now: datetime) -> bool:
    """Ring the next place on the list, which nobody has chosen yet; False when there is none with a number."""
    left = [int(listing) for listing in contact.flow.get(NEXT_PLACES, ())]
    while left:
        listing, left = left[0], left[1:]
        contact.flow = {**contact.flow, NEXT_PLACES: left}
        if _ring_place(session, contact, listing, ReferralStatus.OFFERED, now):
            return True
    return False


def _ring_place(session: Session, contact: Contact, listing_id: int, status: ReferralStatus, now: datetime) -> bool:
    """Ask one intake line in (contact locked), and keep that the caller was sent there; False without a number.

    `status`: chosen by the counselor, or offered by the line itself, in the order of the list.
    """
    sheet = sheets(session, [listing_id]).get(listing_id)
    number = phone.dialled(sheet.intake_line) if sheet is not None else None
    if sheet is None or number is None:
        return False
    plain, _, extension = number.partition(";ext=")
    keys = f"{FIRST_WAIT}{extension}" if extension.isdigit() else None
    leg = guests.invite(session, contact, LegKind.FACILITY, plain, Part.CONSULT, now)
    if leg is None:
        return False
    leg.listing_id, leg.digits = listing_id, keys
    chose = contact.claimed_by if status is ReferralStatus.CHOSEN else None
    changes.add(session, contact, sheet.facility_id, listing_id, status, now, counselor_id=chose)
    record(session, contact.id, "intake_rung", now, leg=str(leg.id), listing=listing_id)
    return True


def next_place(house: House, contact_id: uuid.UUID, by: By, now: datetime) -> CallRefused | None:
    """This intake line is of no use: it is let go and the next one is rung, the caller still on hold."""
    with house.db.begin() as session:
        contact = in_call.conversation(session, contact_id, by)
        if isinstance(contact, CallRefused):
            return contact
        guest = guests.guest_of(session, contact)
        if guest is None or guest.kind is not LegKind.FACILITY or not contact.flow.get(NEXT_PLACES):
            return CallRefused.NOBODY_ASKED
        rings.dismiss(guest, "released")
        tasks.ask(session, tasks.DROP, guest.id, now)
        if not try_next(session, contact, now):
            rooms.bring_back(session, contact, now)
            return CallRefused.NO_PHONE
        rooms.hold_caller(session, contact, now)
        return None


def press_keys(house: House, contact_id: uuid.UUID, by: By, keys: str, now: datetime) -> CallRefused | None:
    """Send keys to the phone tree of the line that was asked in, else of the interpreter's."""
    if not KEYS.fullmatch(keys):
        return CallRefused.NOT_A_KEY
    with house.db.begin() as session:
        contact = in_call.conversation(session, contact_id, by)
        if isinstance(contact, CallRefused):
            return contact
        guest = guests.guest_here(session, contact) or guests.interpreter_leg(session, contact)
        if guest is None or guest.kind not in LINES or guest.accepted_at is None:
            return CallRefused.NOBODY_ASKED
        guest.digits = keys
        tasks.ask(session, tasks.KEYS, guest.id, now)
        return None


def send_keys(house: House, telephony: Telephony, leg_id: uuid.UUID) -> bool:
    """Take the line out of the conversation for as long as its keys need; it fetches them and comes in again."""
    with house.db.begin() as session:
        leg = session.get_one(Leg, leg_id)
        sid = leg.provider_sid
        if sid is None or leg.digits is None or leg.ended_at is not None:
            return False
    try:
        telephony.redirect_call(sid, house.rules.public_base_url + call_flow.path("guest-keys", leg_id))
    except (CallGone, ProviderRefused, ProviderUnsure):
        return False  # its own end tells, or the counselor presses again
    return True
