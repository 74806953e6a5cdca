"""Read model of the live call on a contact's page: since when, who is on it and how, and what may be done."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models import directory, reading
from models.contacts import Contact, Leg
from routing.vocabulary import BESIDE, GUESTS, Channel, ContactStatus, LegKind, LegStatus, Part
from services import intake_facts, transfers
from services.alerts import HELP_ASKED, HELP_SEEN_BY
from services.fetching import MOVE_ASKED
from services.house import House
from services.in_call import By
from services.intake_lines import NEXT_PLACES
from services.transfers import Colleague

ON_A_CALL = (ContactStatus.CLAIMED, ContactStatus.CONNECTED, ContactStatus.HANDED_OVER)


@dataclass(frozen=True)
class GuestRow:
    """A phone that was added. `here`: it is in the conversation; else it rings or has been picked up."""

    leg_id: uuid.UUID
    kind: str
    part: str
    name: str
    here: bool
    since: datetime
    mine: bool  # it is the reader's own phone
    listing_id: int | None


@dataclass(frozen=True)
class CallBar:
    """The live call. `pending`: the provider was not told of the last change yet."""

    status: str
    since: datetime
    mine: bool
    may_act: bool
    held_since: datetime | None
    muted: bool
    pending: bool
    help_asked: bool
    help_seen_by: str | None  # whoever leads and has said so
    cut_off_ok: bool | None
    guest: GuestRow | None
    interpreter: GuestRow | None
    may_ask_interpreter: bool  # there is such a line
    supervisors: tuple[GuestRow, ...]
    next_places: bool  # another intake line follows
    may_read_out: bool  # a consent allows the intake line that is here to be told something
    colleagues: tuple[Colleague, ...]

    @property
    def talking(self) -> bool:
        """Whether the controls of a conversation apply."""
        return self.status == ContactStatus.CONNECTED

    @property
    def own_seat(self) -> GuestRow | None:
        """The reader's own phone, when they supervise."""
        return next((row for row in self.supervisors if row.mine), None)

    @property
    def consulting(self) -> bool:
        """Whether the counselor speaks with somebody in private."""
        return self.guest is not None and self.guest.here and self.held_since is not None


def call_bar(house: House, contact_id: uuid.UUID, by: By, now: datetime) -> CallBar | None:
    """The bar for whoever reads the page; None when no call goes on."""
    free = transfers.colleagues(house, by, now)
    with house.db.begin() as session:
        contact = reading.contact_with_all(session, contact_id)
        if contact is None or contact.status not in ON_A_CALL or contact.channel is not Channel.VOICE:
            return None
        live = [leg for leg in contact.legs if leg.ended_at is None]
        guests = [_guest(session, leg, by) for leg in live if leg.kind in GUESTS and leg.end_reason is None]
        own = next((leg for leg in live if leg.id == contact.claim_leg_id), None)
        return CallBar(
            status=contact.status.value,
            since=contact.connected_at or contact.claimed_at or contact.opened_at,
            mine=contact.claimed_by == by.id,
            may_act=contact.claimed_by == by.id or by.leads,
            held_since=contact.held_since,
            muted=bool(own and own.seat.get("muted")),
            pending=MOVE_ASKED in contact.flow or any(leg.seat != leg.seated for leg in live),
            help_asked=HELP_ASKED in contact.flow,
            help_seen_by=_seen_by(session, contact),
            cut_off_ok=contact.cut_off_ok,
            guest=next((row for row in guests if row.kind not in BESIDE), None),
            interpreter=next((row for row in guests if row.kind == LegKind.INTERPRETER), None),
            may_ask_interpreter=bool(house.rules.interpreter_number),
            supervisors=tuple(row for row in guests if row.kind == LegKind.SUPERVISOR),
            next_places=bool(contact.flow.get(NEXT_PLACES)),
            may_read_out=any(
                row.kind == LegKind.FACILITY
                and row.here
                and intake_facts.may_be_read(session, contact, row.listing_id, now)
                for row in guests
            ),
            colleagues=free,
        )


def _seen_by(session: Session, contact: Contact) -> str | None:
    seen = contact.flow.get(HELP_SEEN_BY)
    return reading.names_of(session, [uuid.UUID(seen)]).get(uuid.UUID(seen)) if seen else None


def _guest(session: Session, leg: Leg, by: By) -> GuestRow:
    return GuestRow(
        leg_id=leg.id,
        kind=leg.kind.value,
        part=(leg.part or Part.CONSULT).value,
        name=name_of(session, leg),
        here=leg.status in (LegStatus.ACCEPTED, LegStatus.JOINED),
        since=leg.accepted_at or leg.planned_at,
        mine=leg.counselor_id == by.id,
        listing_id=leg.listing_id,
    )


def name_of(session: Session, leg: Leg) -> str:
    """Who an added phone is: a facility's or a counselor's name, else empty."""
    if leg.listing_id is not None:
        listing = directory.listings_by_id(session, [leg.listing_id]).get(leg.listing_id)
        return listing.name1 if listing is not None else ""
    return reading.names_of(session, [leg.counselor_id]).get(leg.counselor_id, "") if leg.counselor_id else ""
