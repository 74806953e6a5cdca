"""A caller with a list of places, a counselor who refers, and the places' own phones."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select

from models.contacts import Contact
from models.crypto import lookup_hash
from models.directory import Listing
from models.follow_ups import FollowUp, open_referral_work
from models.matches import matches_of
from models.referrals import Referral, referrals_of
from models.texts import TextMessage
from routing.vocabulary import FollowUpStatus
from services import conversation, follow_up_starts, text_contacts
from services.conversation import Heard, Inbound
from services.directory.bed_phones import BedPhone, register_phone
from services.referrals import referring
from services.referrals.referring import ReferralRefused
from tests.services.outside import HELPLINE, NOON, make_counselor
from tests.services.texting import Thread

FIRST, SECOND = "+16175550171", "+16175550172"  # registered phones of the first two places


class Story:
    """One caller by text whose conversation is over, and the counselor who looks after them."""

    def __init__(self, caller: Thread, counselors_phone: str = "+16175550111") -> None:
        self.caller, self.house = caller, caller.house
        caller.text("heroin, 02150, medicaid")
        with self.house.db.begin() as session:
            self.counselor = make_counselor(session, counselors_phone).id
        caller.now += timedelta(hours=13)
        text_contacts.close_idle(self.house, caller.now)
        caller.now += timedelta(hours=9)  # the next day at ten
        with self.house.db.begin() as session:
            theirs = Contact.caller.has(number_hash=lookup_hash(caller.number))
            self.contact_id = session.scalars(select(Contact.id).where(theirs)).one()
        self.count = 0

    @property
    def now(self) -> datetime:
        return self.caller.now

    @property
    def contact(self) -> Contact:
        with self.house.db.begin() as session:
            return session.get_one(Contact, self.contact_id)

    def order(self) -> list[int]:
        """The listings of the stored match."""
        with self.house.db.begin() as session:
            return list(matches_of(session, self.contact_id)[0].listing_order)

    def register(self, listing: int, number: str, **more: object) -> None:
        with self.house.db.begin() as session:
            facility = session.get_one(Listing, listing).facility_id
        wanted = BedPhone(facility, number, ("detox",), (), **more)  # type: ignore[arg-type]
        assert register_phone(self.house, wanted, NOON, None) is None

    def refer(self, listing: int) -> ReferralRefused | None:
        return referring.refer(self.house, self.contact_id, self.counselor, listing, self.now)

    def places(self) -> list[tuple[str, str | None]]:
        """Where each referral stands, and who said so."""
        with self.house.db.begin() as session:
            return [(r.status.value, r.said_by) for r in referrals_of(session, self.contact_id)]

    def referral(self, number: int = 0) -> Referral:
        with self.house.db.begin() as session:
            return referrals_of(session, self.contact_id)[number]

    def place_says(self, number: str, body: str) -> tuple[Heard, str]:
        """A text from a place's phone, and our answer to it."""
        self.count += 1
        self.caller.now += timedelta(seconds=30)
        inbound = Inbound(f"SMplace{self.count}", number, HELPLINE, body)
        heard = conversation.receive_text(self.house, inbound, self.now)
        return heard, self.to_places()[-1]

    def to_places(self) -> list[str]:
        with self.house.db.begin() as session:
            ours = select(TextMessage).where(TextMessage.outgoing, TextMessage.bed_contact_id.is_not(None))
            return [row.body for row in session.scalars(ours.order_by(TextMessage.position))]

    def told(self) -> list[str]:
        """What the caller is texted when the sweeper comes now."""
        before = len(self.caller.outgoing())
        follow_up_starts.start_due(self.house, self.now)
        return [message.body for message in self.caller.outgoing()[before:]]

    def work(self) -> list[str]:
        """A counselor's open work about referrals."""
        with self.house.db.begin() as session:
            return [row.plan["work"] for row in open_referral_work(session)]

    def owners(self) -> list[uuid.UUID | None]:
        with self.house.db.begin() as session:
            return [row.owner_id for row in open_referral_work(session)]

    def planned(self) -> list[str]:
        with self.house.db.begin() as session:
            rows = select(FollowUp).where(FollowUp.status == FollowUpStatus.PENDING).order_by(FollowUp.due_at)
            return [row.kind.value for row in session.scalars(rows)]
