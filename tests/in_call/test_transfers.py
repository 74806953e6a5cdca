"""Others in the conversation: colleagues, intake lines, 988. Whatever happens to them, the caller is with somebody."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from models.contacts import Leg
from models.directory import Listing
from models.referrals import referrals_of
from routing.vocabulary import ContactStatus, Disposition, LegKind, Part, ReferralStatus
from services import in_call, intake_lines, transfers
from services.directory.importing import ImportWish, import_directory
from services.in_call import CallRefused
from services.referrals import referring
from services.referrals.page import referrals
from tests.in_call.line import Line

ANA, MARCUS, INTERPRETER = "+16175550111", "+16175550112", "+16175550177"
SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "directory.csv"


def places(line: Line) -> list[tuple[int, str]]:
    """Two places of the sample directory with numbers of their own: listing and number."""
    import_directory(line.house, ImportWish(SAMPLE, sample=True), datetime.now(UTC))
    with line.house.db.begin() as session:
        found = session.scalars(select(Listing).where(Listing.phone != "").order_by(Listing.id)).all()
        by_number = {listing.phone: listing.id for listing in reversed(found) if "x" not in listing.phone.lower()}
        return [(id_, f"+1{''.join(c for c in phone if c.isdigit())[-10:]}") for phone, id_ in by_number.items()][:2]


def test_a_warm_transfer_to_an_intake_line_through_its_phone_tree(line: Line) -> None:
    line.hires("Ana", ANA)
    (listing, number), *_ = places(line)
    intake = line.sim.phone(number)
    caller, ana = line.talk(ANA)

    assert line.does(intake_lines.to_facility, [listing]) is None
    caller.wait_heard("You are on a short hold")
    assert [row.asked for row in referrals(line.web, line.contact().id)] == ["now"]
    desk = intake.answer()
    desk.wait_heard("helpline, with a caller").wait_talking_with(ANA).say("for admissions press 2")
    ana.wait_heard("for admissions press 2")
    assert line.does(intake_lines.press_keys, "2") is None
    assert "tones 2" in desk.heard
    desk.wait_talking_with(ANA)
    desk.say("we have a bed")
    assert "we have a bed" not in caller.heard, "the consultation is private"
    assert not any("12125550142" in words or "ZIP" in words for words in desk.heard), "no fact without consent"

    ana.wait_heard("comes back to you in half a minute", timeout=90)
    assert not any("half a minute" in words for words in desk.heard)

    assert line.does(transfers.join) is None
    caller.wait_talking_with(ANA, number)
    assert line.does(transfers.hand_over) is None
    caller.wait_talking_with(number)
    ana.wait_heard("How did it end").press("1")
    ana.wait_over()
    contact = line.contact()
    assert (contact.status, contact.disposition) == (ContactStatus.HANDED_OVER, Disposition.REFERRED)
    line.sim.run_for(300)
    assert caller.talking_with() == [number], "they talk as long as they like"

    by = in_call.By(contact.claimed_by) if contact.claimed_by else None
    assert by is not None
    assert referring.say(line.web, contact.id, by.id, listing, ReferralStatus.ACCEPTED, line.now) is None
    with line.house.db.begin() as session:
        assert [(r.status, r.outcome) for r in referrals_of(session, contact.id)] == [("accepted", "answered")]
    desk.hang_up()
    caller.wait_heard("press 0")
    line.sim.run_for(30)
    assert line.contact().status is ContactStatus.CLOSED, "she had written how it ended: nothing is left to wrap up"
    assert line.went_well()


def test_an_intake_line_that_does_not_answer_is_followed_by_the_next_and_then_by_the_counselor(line: Line) -> None:
    line.hires("Ana", ANA)
    (first, one), (second, two) = places(line)
    line.sim.phone(one).behave("busy")
    line.sim.phone(two).behave("no-answer")
    caller, ana = line.talk(ANA)
    line.does(intake_lines.to_facility, [first, second])

    ana.wait_heard("Nobody answered there", timeout=90)
    caller.wait_talking_with(ANA)
    with line.house.db.begin() as session:
        kept = [(r.listing_id, r.status, r.said_by, r.outcome) for r in referrals_of(session, line.contact().id)]
    assert kept == [(first, "chosen", "counselor", "busy"), (second, "offered", "service", "no-answer")]
    assert line.went_well()


def test_the_listed_intake_line_is_rung_and_not_the_switchboard(line: Line) -> None:
    line.hires("Ana", ANA)
    places(line)
    with line.house.db.begin() as session:
        tidewater = session.scalars(select(Listing).where(Listing.name1 == "Tidewater General Hospital")).one()
        listing = tidewater.id
    caller, _ = line.talk(ANA)
    assert line.does(intake_lines.to_facility, [listing]) is None
    line.sim.phone("+16175550102").answer().wait_talking_with(ANA)
    assert caller.talking_with() == []
    assert line.went_well()


def test_an_intake_line_that_hangs_up_brings_the_caller_back(line: Line) -> None:
    line.hires("Ana", ANA)
    (listing, number), *_ = places(line)
    caller, ana = line.talk(ANA)
    line.does(intake_lines.to_facility, [listing])
    desk = line.sim.phone(number).answer()
    desk.wait_talking_with(ANA)
    assert line.does(intake_lines.to_facility, [listing]) is CallRefused.ONE_AT_A_TIME
    desk.hang_up()
    caller.wait_talking_with(ANA)
    ana.wait_heard("has hung up")
    assert line.went_well()


def test_an_intake_line_that_is_let_go_says_with_a_key_why_it_cannot_take_them(line: Line) -> None:
    line.hires("Ana", ANA)
    (listing, number), *_ = places(line)
    caller, _ = line.talk(ANA)
    line.does(intake_lines.to_facility, [listing])
    desk = line.sim.phone(number).answer()
    desk.wait_talking_with(ANA)
    assert line.does(transfers.let_guest_go) is None
    caller.wait_talking_with(ANA)
    desk.wait_heard("will you take this person").press("2")
    desk.wait_heard("Why not").press("1")
    desk.wait_heard("Thank you").wait_over()
    with line.house.db.begin() as session:
        (referral,) = referrals_of(session, line.contact().id)
        assert (referral.status, referral.reason, referral.said_by) == ("declined", "full", "facility_key")
    assert caller.talking_with() == [ANA]
    assert line.went_well()


def test_the_next_place_is_rung_when_the_counselor_says_so_and_the_last_one_can_be_let_go(line: Line) -> None:
    line.hires("Ana", ANA)
    (first, one), (second, two) = places(line)
    caller, _ = line.talk(ANA)
    line.does(intake_lines.to_facility, [first, second])
    machine = line.sim.phone(one).answer()
    machine.wait_talking_with(ANA)
    assert line.does(intake_lines.next_place) is None
    machine.wait_over()
    line.sim.phone(two).wait_ring()
    assert caller.talking_with() == [], "still on hold"
    assert line.does(transfers.let_guest_go) is None
    assert not line.sim.phone(two).ringing
    caller.wait_talking_with(ANA)
    assert line.went_well()


def test_a_counselor_lost_in_a_consultation_leaves_nobody_alone(line: Line) -> None:
    line.hires("Ana", ANA)
    marcus_id = line.hires("Marcus", MARCUS)
    line.sim.phone(MARCUS).behave("no-answer")
    caller, ana = line.talk(ANA)
    line.sim.phone(MARCUS).behave("person")
    assert line.does(transfers.to_colleague, marcus_id, True) is None
    marcus = line.sim.phone(MARCUS).answer()
    marcus.wait_heard("asks you into a call").press("1")
    marcus.wait_talking_with(ANA)
    ana.hang_up()
    caller.wait_heard("You are not forgotten")
    marcus.wait_heard("Press 1 to take it").press("1")
    caller.wait_talking_with(MARCUS)
    assert line.contact().claimed_by == marcus_id
    assert line.went_well()


def test_a_warm_transfer_to_a_colleague(line: Line) -> None:
    line.hires("Ana", ANA)
    marcus_id = line.hires("Marcus", MARCUS)
    line.sim.phone(MARCUS).behave("no-answer")
    caller, ana = line.talk(ANA)
    line.sim.phone(MARCUS).behave("person")
    line.does(transfers.to_colleague, marcus_id, True)
    marcus = line.sim.phone(MARCUS).answer()
    marcus.wait_heard("asks you into a call")
    assert not any("Waited" in words for words in marcus.heard), "nothing about the caller before 1"
    marcus.press("1").wait_talking_with(ANA)
    assert line.does(transfers.hand_over) is None
    caller.wait_talking_with(MARCUS)
    ana.wait_heard("handed over")
    ana.wait_over()
    assert line.contact().claimed_by == marcus_id

    line.does(in_call.hold)  # the new one has all the controls
    caller.wait_heard("You are on a short hold")
    line.does(in_call.resume)
    marcus.hang_up()
    caller.wait_heard("press 0")
    assert line.went_well()


def test_a_cold_transfer_changes_nothing_until_the_other_is_there(line: Line) -> None:
    line.hires("Ana", ANA)
    marcus_id = line.hires("Marcus", MARCUS)
    line.sim.phone(MARCUS).behave("no-answer")
    caller, ana = line.talk(ANA)
    line.does(transfers.to_colleague, marcus_id, False)
    ana.wait_heard("Nobody answered there", timeout=60)
    assert caller.talking_with() == [ANA]

    line.sim.phone(MARCUS).behave("person")
    line.does(transfers.to_colleague, marcus_id, False)
    marcus = line.sim.phone(MARCUS).answer()
    marcus.wait_heard("Press 1 to come in")
    assert caller.talking_with() == [ANA]
    marcus.press("1")
    caller.wait_talking_with(MARCUS)
    ana.wait_over()
    caller.hang_up()
    marcus.wait_heard("How did it end")
    assert line.went_well()


def test_988_is_dialled_in_with_us_on_the_line_and_may_be_left_with_the_caller(line: Line) -> None:
    line.hires("Ana", ANA)
    caller, ana = line.talk(ANA)
    assert line.does(transfers.with_988) is None
    assert caller.talking_with() == [ANA], "the caller is not on hold meanwhile"
    crisis = line.sim.phone("988").answer()
    caller.wait_talking_with(ANA, "988")
    line.does(transfers.hand_over)
    caller.wait_talking_with("988")
    ana.wait_heard("How did it end").press("4")
    assert transfers.end_long_talks(line.house, line.now + timedelta(hours=1)) == 0
    assert transfers.end_long_talks(line.house, line.now + timedelta(hours=3)) == 1
    crisis.wait_over()
    caller.wait_heard("press 0")
    with line.house.db.begin() as session:
        leg = session.scalars(select(Leg).where(Leg.kind == LegKind.CRISIS_LINE)).one()
        assert leg.part is Part.THREE_WAY
    assert line.contact().disposition is Disposition.CRISIS_HANDED_OVER
    assert line.went_well()


def test_an_interpreter_comes_in_beside_a_transfer_and_goes_by_themselves(line: Line) -> None:
    line.hires("Ana", ANA)
    (listing, number), *_ = places(line)
    intake, interpreter = line.sim.phone(number), line.sim.phone(INTERPRETER)
    caller, ana = line.talk(ANA)
    rules = replace(line.web.rules, interpreter_number="")
    line.web = replace(line.web, rules=rules)
    assert line.does(transfers.with_interpreter) is CallRefused.NO_PHONE
    line.web = replace(line.web, rules=replace(rules, interpreter_number=INTERPRETER, interpreter_keys="42#"))

    assert line.does(transfers.with_interpreter) is None
    assert line.does(transfers.with_interpreter) is CallRefused.ONE_AT_A_TIME
    voice = interpreter.answer()
    caller.wait_talking_with(ANA, INTERPRETER)
    assert "tones 42#" in voice.heard, "the account code"
    assert line.does(intake_lines.press_keys, "3") is None
    assert line.does(transfers.hand_over) is CallRefused.NOBODY_ASKED, "nobody is left alone with an interpreter"

    assert line.does(intake_lines.to_facility, [listing]) is None
    desk = intake.answer()
    desk.wait_talking_with(ANA, INTERPRETER)
    assert line.does(transfers.join) is None
    caller.wait_talking_with(ANA, INTERPRETER, number)
    voice.hang_up()
    caller.wait_talking_with(ANA, number)
    assert line.does(transfers.without_interpreter) is CallRefused.NOBODY_ASKED
    ana.hang_up()
    assert line.went_well()


def test_988_that_does_not_answer_costs_the_caller_nothing(line: Line) -> None:
    line.hires("Ana", ANA)
    line.sim.phone("988").behave("no-answer")
    caller, ana = line.talk(ANA)
    line.does(transfers.with_988)
    ana.wait_heard("Nobody answered there", timeout=60)
    assert caller.talking_with() == [ANA]
    assert line.went_well()
