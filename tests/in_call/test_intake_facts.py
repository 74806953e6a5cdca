"""What an intake line is told by our machine: nothing without a consent, and then what was agreed, with the notice."""

from datetime import timedelta

from models.directory import Listing
from models.disclosures import disclosures_of
from routing.disclosure import Fact
from services import intake_facts, intake_lines
from services.in_call import CallRefused
from tests.in_call.line import Line
from tests.in_call.test_transfers import ANA, places
from tests.services.consenting import TOLD, a_consent


def test_an_intake_line_is_whispered_what_was_agreed_and_nothing_else(line: Line) -> None:
    line.hires("Ana", ANA)
    (listing, number), *_ = places(line)
    caller, _ = line.talk(ANA)
    line.does(intake_lines.to_facility, [listing])
    desk = line.sim.phone(number).answer()
    desk.wait_talking_with(ANA)
    contact_id = line.contact().id
    with line.house.db.begin() as session:
        contact = line.contact()
        session.add(contact)
        contact.triage = TOLD
    assert line.does(intake_facts.read_out) is CallRefused.NO_CONSENT
    with line.house.db.begin() as session:
        place = session.get_one(Listing, listing).facility_id
        facts = (Fact.SUBSTANCES, Fact.PAYER)
        a_consent(session, line.contact(), place, facts, signed_at=line.now, lasts=timedelta(days=9000))
    assert line.does(intake_facts.read_out) is None
    desk.wait_heard("substances: alprazolam")
    desk.wait_heard("42 CFR part 2 prohibits")
    desk.wait_talking_with(ANA)
    heard = " ".join(desk.heard)
    assert "Medicaid" in heard
    assert not any(words in heard for words in ("47", "methadone", "Maria", "02118"))
    assert "alprazolam" not in " ".join(caller.heard)
    with line.house.db.begin() as session:
        (row,) = disclosures_of(session, contact_id)
        assert (row.how, row.facts, row.actor_id) == ("whisper", ["substances", "payer"], line.contact().claimed_by)
    assert line.went_well()
