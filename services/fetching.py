"""The caller's way into the conference: fetched by a worker's redirect, or let in by the call itself, never both."""

from datetime import datetime

from sqlalchemy.orm import Session

from models.contacts import Contact, record
from routing.vocabulary import ContactStatus
from services import tasks

# The caller enters a conference in one way only: redirected by a worker (FETCHED_AT), or let in by the call itself
# (LET_IN). A redirect of a call that is in already would end the conference (TWILIO.md 4.7).
FETCHED_AT, LET_IN = "fetched_at", "let_in_at"
# In the flow while two who talk by a <Dial> are moved into a conference (services.moving), seconds since 1970: it is
# wanted, the counselor's phone is being redirected, it has asked for its way in; and once both have theirs, since when.
MOVE_ASKED, MOVING, COUNSELOR_MOVED, MOVED = "move_asked_at", "moving_at", "counselor_moved_at", "moved_at"
MOVE_KEYS = frozenset({MOVE_ASKED, MOVING, COUNSELOR_MOVED})
FETCH_SECONDS = 12  # the provider's time-out and a little


def fetch(contact: Contact, now: datetime) -> bool:
    """Whether a worker may redirect the call now; False when the call has gone in by itself already."""
    if LET_IN in contact.flow:
        return False
    contact.flow = {**contact.flow, FETCHED_AT: int(now.timestamp())}
    return True


def fetch_refused(contact: Contact) -> None:
    """The provider did not redirect the call: it goes in by itself at the next turn of the wait loop."""
    contact.flow = {key: value for key, value in contact.flow.items() if key != FETCHED_AT}


def being_fetched(contact: Contact, now: datetime) -> bool:
    """Whether a worker's redirect is under way. Past its time it has failed, and the wait loop goes in by itself."""
    since: int = contact.flow.get(FETCHED_AT, 0)
    return now.timestamp() - since < FETCH_SECONDS


def want_room(session: Session, contact: Contact, now: datetime) -> None:
    """A conversation (locked) that goes on without a conference gets one: a worker moves both phones into it."""
    if contact.room is None and contact.status is ContactStatus.CONNECTED and contact.claim_leg_id is not None:
        contact.room = contact.claim_leg_id.hex
        contact.flow = {k: v for k, v in contact.flow.items() if k not in (LET_IN, FETCHED_AT)} | {
            MOVE_ASKED: int(now.timestamp())
        }
        record(session, contact.id, "move_asked", now)
        tasks.ask(session, tasks.MOVE, contact.id, now)


def both_in(session: Session, contact: Contact, now: datetime) -> None:
    """One of the two was told the way in (contact locked): when both are, phones may be told how they sit."""
    if COUNSELOR_MOVED in contact.flow and LET_IN in contact.flow:
        kept = {key: value for key, value in contact.flow.items() if key not in MOVE_KEYS}
        contact.flow = {**kept, MOVED: int(now.timestamp())}
        record(session, contact.id, "moved", now)
        tasks.ask(session, tasks.SEAT, contact.id, now)


def is_moving(contact: Contact) -> bool:
    """Whether the counselor's phone was told to leave the <Dial>, or has left it."""
    return MOVING in contact.flow or COUNSELOR_MOVED in contact.flow
