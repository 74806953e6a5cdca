"""The browser in which a counselor takes calls: it says that it is there, rings, declines, and goes.

Once it has said so, it says it again every few seconds; when it falls silent, the counselor's phone is rung instead.
"""

import uuid
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from models import browser_legs as queries
from models import outbox
from models.contacts import lock_contact, record
from models.people import Counselor
from routing.vocabulary import LegKind
from services import answering, browser_legs, calling_out, guest_calls, rings, tasks
from services.house import House
from telephony.ports import AccessTokens

RENEW_SECONDS: Final = 10  # how often the page says that it is there
LEASE: Final = timedelta(seconds=35)  # and how long that is believed: it may be late, or one message lost
TOKEN_SECONDS: Final = 900  # the page gets the next one in time; a stolen one is soon worth nothing


class SoftphoneRefused(StrEnum):
    """Why calls cannot be taken in this browser."""

    NOT_SET_UP = "not_set_up"
    NO_PHONE = "no_phone"  # there is no phone to fall back to
    GONE = "gone"  # a call did not reach the page, or somebody switched to the phone


def token(house: House, tokens: AccessTokens | None, counselor_id: uuid.UUID) -> str | SoftphoneRefused:
    """What lets a browser take this counselor's calls for `TOKEN_SECONDS`."""
    if tokens is None:
        return SoftphoneRefused.NOT_SET_UP
    with house.db.begin() as session:
        if not session.get_one(Counselor, counselor_id).phone:
            return SoftphoneRefused.NO_PHONE
    return tokens.issue(browser_legs.identity(counselor_id), TOKEN_SECONDS)


def begin(house: House, counselor_id: uuid.UUID, now: datetime) -> None:
    """Calls come to this counselor's browser from now on: it can ring."""
    with house.db.begin() as session:
        queries.set_browser(session, counselor_id, now + LEASE)


def renew(house: House, counselor_id: uuid.UUID, now: datetime) -> SoftphoneRefused | None:
    """The browser is still there."""
    with house.db.begin() as session:
        there = queries.renew_browser(session, counselor_id, now + LEASE)
        return None if there else SoftphoneRefused.GONE


def leave(house: House, counselor_id: uuid.UUID, now: datetime, *, closed: bool = False) -> None:
    """The browser goes: calls come to the phone from now on, one that rings this moment too.

    `closed`: its window is gone, so a call in it has nobody: it ends at once (`browser_legs.lost_in_talk`).
    """
    with house.db.begin() as session:
        if closed:
            _break_off(session, counselor_id, now)
        leg = queries.ringing_in_browser(session, counselor_id)
        if leg is not None:
            lock_contact(session, leg.contact_id)
            session.refresh(leg, with_for_update={"key_share": True})
            if leg.ended_at is None and leg.answered_at is None:
                rings.dismiss(leg, rings.BROWSER_GONE)
                tasks.ask(session, tasks.DROP, leg.id, now)
        queries.set_browser(session, counselor_id, None)


def _break_off(session: Session, counselor_id: uuid.UUID, now: datetime) -> None:
    leg = queries.talking_in_browser(session, counselor_id)
    contact = lock_contact(session, leg.contact_id) if leg is not None else None
    if leg is None or contact is None:
        return
    session.refresh(leg, with_for_update={"key_share": True})
    if leg.ended_at is None and leg.end_reason is None:
        rings.dismiss(leg, browser_legs.CLOSED)
        record(session, contact.id, "browser_closed", now, leg=str(leg.id), counselor=str(counselor_id))
        tasks.ask(session, tasks.DROP, leg.id, now)
        outbox.touch(session, contact.id)


def heard(house: House, counselor_id: uuid.UUID, now: datetime) -> None:
    """The browser rings, so that whoever does not answer has heard it."""
    with house.db.begin() as session:
        queries.note_heard(session, counselor_id, now)


_SAYS_NO = {LegKind.COUNSELOR: answering.pressed, LegKind.CALL_OUT: calling_out.pressed}


def decline(house: House, counselor_id: uuid.UUID, now: datetime) -> bool:
    """Not now: as 2 on a phone. False when nothing rings there (any more)."""
    with house.db.begin() as session:
        leg = queries.ringing_in_browser(session, counselor_id)
        if leg is None:
            return False
        leg_id, kind = leg.id, leg.kind
    _SAYS_NO.get(kind, guest_calls.pressed)(house, leg_id, "2", now)
    with house.db.begin() as session:
        tasks.ask(session, tasks.DROP, leg_id, now)
    return True
