"""The closed loop on the running line: a no by text, a yes behind the next place's link, and the person arrives."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import requests
from sqlalchemy import select, update

from models.contacts import Contact
from models.directory import Listing
from models.follow_ups import FollowUp
from models.matches import matches_of
from models.people import Counselor
from models.referrals import referrals_of
from runtime.processes import wait_until
from services.directory.bed_phones import BedPhone, register_phone
from services.directory.zip_codes import ensure_zip_codes
from services.referrals import referring
from simulator.driver import PATIENCE
from tests.fixtures.line import Line

pytestmark = pytest.mark.slow
ANA, CALLER, PLACES = "+16175550111", "+16175550123", ("+16175550171", "+16175550172")
LATER = timedelta(days=1)  # what was planned before does not cross this story


def stand(line: Line) -> list[tuple[str, str | None]]:
    with line.house.db.begin() as session:
        contact = session.scalars(select(Contact)).one()
        return [(referral.status.value, referral.said_by) for referral in referrals_of(session, contact.id)]


def test_a_referral_is_declined_by_text_goes_on_to_the_next_place_and_arrives(line: Line) -> None:
    with line.house.db.begin() as session:
        ensure_zip_codes(session)
    line.directory()
    line.roster(f"Ana,{ANA},en")
    caller, (first, second) = line.sim.phone(CALLER), [line.sim.phone(number) for number in PLACES]
    caller.text("I take heroin and have medicaid, 02150")
    caller.wait_text("Places near 02150")
    now = datetime.now(UTC)
    with line.house.db.begin() as session:
        contact_id, ana = session.scalars(select(Contact.id)).one(), session.scalars(select(Counselor.id)).one()
        order = matches_of(session, contact_id)[0].listing_order[:2]
        facilities = [session.get_one(Listing, listing).facility_id for listing in order]
        session.execute(update(FollowUp).values(due_at=now + LATER))
    for facility, number in zip(facilities, PLACES, strict=True):
        assert register_phone(line.house, BedPhone(facility, number, ("detox",), ()), now, None) is None

    assert referring.refer(line.house, contact_id, ana, order[0], now) is None
    question = first.wait_text("one referral, code")
    assert not any(word in question.lower() for word in ("heroin", "medicaid", "02150", "0123"))
    first.text("2")
    first.wait_text("Why?")
    first.text("1")
    first.wait_text("find another place")

    assert "Next on your list" in caller.wait_text("cannot take you today")
    caller.text("YES")
    caller.wait_text("We will ask them")
    link = re.findall(r"http\S+/referral/\?k=[\w-]{24}", second.wait_text("one referral, code"))[0]
    assert "tell you anything of the person" in requests.get(link, timeout=PATIENCE).text
    assert requests.post(link, data={"status": "accepted"}, timeout=PATIENCE).ok
    caller.wait_text("can take a new person now")

    caller.wait_text("did it work out with the place you chose")  # the next day, at this line's pace
    caller.text("Yes")
    caller.wait_text("We are glad to hear that")
    assert wait_until(lambda: stand(line) == [("declined", "facility_text"), ("arrived", "caller")], PATIENCE)
    assert line.sim.complaints() == []
