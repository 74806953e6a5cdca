"""The closed loop: a place is asked without a word about the person, answers, and the caller is never left alone."""

from datetime import timedelta

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import select

from models.alarms import Alarm
from models.contacts import Contact, ContactEvent
from models.directory import Listing
from models.disclosures import disclosures_of
from models.follow_ups import FollowUp, open_referral_work
from models.people import Caller, lock_caller
from routing.disclosure import Fact
from routing.vocabulary import (
    ContactStatus,
    DeclineReason,
    Disposition,
    FollowUpKind,
    FollowUpStatus,
    Language,
    ReferralStatus,
)
from runtime.migrate import ROOT
from services import dispositions, texts
from services.conversation import Heard
from services.referrals import asking, calls, changes, place_page, referring, work
from services.referrals.referring import ReferralRefused
from services.text_claims import Sent
from tests.fixtures.paper import PaperTelephony
from tests.services.consenting import a_consent
from tests.services.outside import Provider
from tests.services.referring import FIRST, SECOND, Story
from tests.services.texting import Thread, story


def test_a_place_is_asked_without_a_fact_of_the_person_and_accepts_with_one_digit(told: Story) -> None:
    first = told.order()[0]
    told.register(first, FIRST)
    assert told.refer(first) is None
    (question,) = told.to_places()
    code = told.referral().code or "-"
    assert f"code {code}." in question
    assert not any(word in question.lower() for word in ("heroin", "02150", "medicaid", "555-01"))
    assert told.refer(first) is ReferralRefused.ALREADY
    heard, thanks = told.place_says(FIRST, "1")
    assert (heard, f"code {code}" in thanks) == (Heard.FACILITY, True)
    with told.house.db.begin() as session:  # they want no questions later; but this is what they asked for
        session.scalars(select(Caller)).one().follow_up_texts_ok = False
    assert told.places() == [("accepted", "facility_text")]
    assert told.place_says(FIRST, "1")[0] is Heard.FACILITY, "said twice it is one answer"
    (news,) = told.told()
    assert "can take a new person now" in news
    assert code in news
    assert told.planned() == ["did_they_take_you", "no_show", "week", "month"]
    assert [kind for kind in story(told.house, told.contact) if kind.startswith("referral")] == [
        *("referral", "referral", "referral_outcome")  # chosen, asked, accepted
    ]


def test_a_decline_offers_the_next_place_and_yes_asks_it(told: Story) -> None:
    first, second = told.order()[:2]
    told.register(first, FIRST)
    told.register(second, SECOND)
    told.refer(first)
    assert "1 full, 2 full but there is a waiting list" in told.place_says(FIRST, "no")[1]
    assert told.work() == ["declined"]
    assert told.places() == [("declined", "facility_text"), ("offered", "service")]
    told.place_says(FIRST, "1")
    assert told.referral().reason is DeclineReason.FULL
    (offer,) = told.told()
    assert "cannot take you today. Next on your list:" in offer
    assert "We will ask them and write to you" in told.caller.text("yes")[0]
    assert told.places()[1] == ("sent", "service")
    assert told.work() == []
    told.place_says(SECOND, "1")
    assert told.places()[1] == ("accepted", "facility_text")


def test_who_does_not_want_the_next_place_is_not_sent_there(told: Story) -> None:
    first = told.order()[0]
    told.register(first, FIRST)
    told.refer(first)
    told.place_says(FIRST, "2")
    told.told()
    assert "MORE for other places" in told.caller.text("no thanks")[0]
    assert told.places()[1] == ("withdrawn", "caller")
    assert "1. " not in "".join(told.caller.text("MORE")), "the list goes on where it stopped"


def test_a_place_without_a_registered_phone_is_a_counselors_work_when_the_caller_wants_it(told: Story) -> None:
    told.refer(told.order()[0])
    assert told.to_places() == []
    said = referring.say(
        *(told.house, told.contact.id, told.counselor, told.order()[0], ReferralStatus.DECLINED, told.now)
    )
    assert said is None
    told.told()
    told.caller.text("YES")
    assert told.places()[1] == ("chosen", "caller")
    assert told.work() == ["ask_the_place"]


def test_silence_is_a_call_then_a_counselors_work_with_an_owner(told: Story, paper: PaperTelephony) -> None:
    first = told.order()[0]
    told.register(first, FIRST)
    told.refer(first)
    assert calls.plan_due(told.house, told.now + timedelta(minutes=4)) == 0
    assert calls.plan_due(told.house, told.now + timedelta(minutes=5)) == 1
    assert referring.late_answers(told.house, told.now + timedelta(minutes=29)) == 0
    assert referring.late_answers(told.house, told.now + timedelta(minutes=31)) == 1
    assert referring.late_answers(told.house, told.now + timedelta(minutes=32)) == 0
    assert told.work() == ["no_answer"]
    assert told.owners() == [None], "whose counselor is off shift is everybody's at once"
    with told.house.db.begin() as session:
        (row,) = open_referral_work(session)
    assert work.take(told.house, row.id, told.counselor, told.now + timedelta(minutes=32))
    assert told.owners() == [told.counselor]
    assert work.offer_late(told.house, told.now + timedelta(minutes=48)) == 1
    assert told.owners() == [None]
    with told.house.db.begin() as session:
        (ask,) = asking.rows.asks_of(session, told.referral().id)
    assert calls.place(told.house, paper, ask.id, told.now + timedelta(minutes=33))
    assert paper.ringing() == [FIRST]
    hello = calls.picked_up(told.house, ask.id, "CA1")
    assert "referral.call_hello" in str(hello)
    why = calls.pressed(told.house, ask.id, "2", told.now)
    assert "referral.call_why" in str(why)
    calls.pressed(told.house, ask.id, "2", told.now)
    assert (told.places()[0], told.referral().reason) == (("declined", "facility_key"), DeclineReason.WAITING_LIST)
    assert told.planned().count("waiting_list") == 3


def test_a_phone_is_asked_about_one_referral_after_the_other(told: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    first = told.order()[0]
    told.register(first, FIRST)
    told.refer(first)
    other = Story(Thread(told.house, "+16175550188"), "+16175550112")
    other.caller.now = max(told.now, other.now)
    assert other.refer(first) is None
    assert other.places() == [("chosen", "counselor")], "it waits in line: a digit never has two meanings"
    told.place_says(FIRST, "2")
    assert asking.ask_due(told.house, told.now) == 0, "the next digit is the reason"
    told.place_says(FIRST, "4")
    with monkeypatch.context() as broken:
        broken.setattr(asking, "lock_contact", lambda *_: 1 / 0)
        assert asking.ask_due(told.house, told.now) == 0, "one that breaks holds up no other"
    with told.house.db.begin() as session:
        assert session.scalars(select(Alarm.kind)).all() == ["row_broken"], "and is told of"
    assert asking.ask_due(told.house, told.now) == 1
    assert other.places() == [("sent", "service")]
    assert f"code {other.referral().code}." in told.to_places()[-1]
    told.refer(told.order()[1])
    with told.house.db.begin() as session:
        broken = FollowUp(contact_id=told.contact_id, kind=FollowUpKind.REFERRAL, status=FollowUpStatus.STARTED)
        broken.due_at = broken.created_at = told.now
        session.add(broken)
    later = max(told.now, other.now) + timedelta(hours=1)
    assert referring.late_answers(told.house, later) == 1, "one that breaks holds up no other"
    assert other.referral().answer_by is None


def test_news_that_may_not_be_texted_is_told_by_a_person(told: Story) -> None:
    first = told.order()[0]
    told.register(first, FIRST)
    told.refer(first)
    with told.house.db.begin() as session:
        lock_caller(session, told.contact.caller_id).texting_ok = False
    told.place_says(FIRST, "1")
    assert told.told() == []
    assert told.work() == ["tell_the_caller"]


def test_no_to_did_it_work_out_is_a_counselors_work_and_yes_closes_the_loop(told: Story) -> None:
    first = told.order()[0]
    told.refer(first)
    referring.say(told.house, told.contact.id, told.counselor, first, ReferralStatus.ACCEPTED, told.now)
    told.told()
    told.caller.now += timedelta(hours=25)
    assert any("did it work out" in words for words in told.told())
    assert "what can be done next" in told.caller.text("No, they were full")[0]
    assert told.places()[0] == ("not_arrived", "caller")
    assert told.work() == ["not_arrived"]
    assert referring.say(told.house, told.contact.id, told.counselor, first, ReferralStatus.ARRIVED, told.now) is None
    assert told.work() == []
    assert told.planned() == ["week", "month"]


def test_only_whom_a_counselor_refers_was_more_than_sent_a_list(told: Story) -> None:
    first = told.order()[0]
    with told.house.db.begin() as session:
        contact = session.get_one(Contact, told.contact_id)
        place = session.get_one(Listing, first).facility_id
        changes.add(session, contact, place, first, ReferralStatus.OFFERED, told.now, counselor_id=None)
    assert told.contact.disposition is Disposition.PLACES_TEXTED, "the line has offered it by itself"
    assert told.refer(first) is None
    assert (told.contact.disposition, told.contact.disposition_by) == (Disposition.REFERRED, told.counselor)


def test_the_endings_that_the_line_wrote_before_lists_had_a_word_are_renamed(told: Story) -> None:
    def word(new: str | None = None, status: ContactStatus = ContactStatus.CLOSED) -> list[str]:
        with told.house.db.begin() as session:
            contact = session.get_one(Contact, told.contact_id)
            written = select(ContactEvent).where(ContactEvent.kind == "disposition").order_by(ContactEvent.id)
            events = session.scalars(written.where(ContactEvent.contact_id == contact.id)).all()
            if new is not None:
                contact.status, contact.disposition, contact.disposition_by = status, Disposition(new), None
                events[0].data = {**events[0].data, "disposition": new}
                session.flush()
                migration = ScriptDirectory(str(ROOT / "migrations")).get_revision("0052").module
                with Operations.context(MigrationContext.configure(session.connection())):
                    migration.upgrade()
                session.expire_all()
            return [str(contact.disposition), *(event.data["disposition"] for event in events)]

    assert word("referred") == ["places_texted", "places_texted"]
    assert told.refer(told.order()[0]) is None
    assert word() == ["referred", "places_texted", "referred"]
    assert word("referred") == ["referred"] * 3, "a person referred them"
    assert word("referred", ContactStatus.ENDED)[0] == "places_texted", "its counselor has yet to write how it ended"


def test_what_a_referral_has_planned_outlives_the_wrap_up(told: Story) -> None:
    first = told.order()[0]
    told.refer(first)
    referring.say(told.house, told.contact_id, told.counselor, first, ReferralStatus.ACCEPTED, told.now)
    planned = [*told.planned()]
    assert dispositions.close(told.house, told.contact_id, told.counselor, Disposition.REFERRED, told.now)
    assert told.planned() == planned, "no check-in beside the question whether they were taken in"


def test_a_place_sees_what_was_agreed_only_after_a_press_and_never_more(told: Story) -> None:
    first = told.order()[0]
    told.refer(first)
    link = referring.link_for(told.house, told.contact_id, told.counselor, first, told.now)
    token = link.rpartition("=")[2]
    assert place_page.show(told.house, token, Language.ENGLISH, told.now).disclosed is None
    with told.house.db.begin() as session:
        contact = session.get_one(Contact, told.contact_id)
        a_consent(session, contact, told.referral().facility_id, (Fact.NAME, Fact.SUBSTANCES))
        before = len(disclosures_of(session, contact.id))
    page = place_page.look(told.house, token, Language.ENGLISH, told.now)
    assert (page.may_show, page.disclosed) == (True, None)
    shown = place_page.show(told.house, token, Language.ENGLISH, told.now).disclosed
    assert shown is not None
    assert set(shown.facts) == {Fact.NAME, Fact.SUBSTANCES}
    assert "Federal confidentiality rules" in shown.notice
    with told.house.db.begin() as session:
        assert len(disclosures_of(session, told.contact_id)) == before + 1
    referring.say(told.house, told.contact_id, told.counselor, first, ReferralStatus.DECLINED, told.now)
    page = place_page.show(told.house, token, Language.ENGLISH, told.now)
    assert (page.disclosed, page.may_show, "accepted" in page.may) == (None, False, True), "who says no needs no facts"
    referring.say(told.house, told.contact_id, told.counselor, first, ReferralStatus.WITHDRAWN, told.now)
    assert place_page.show(told.house, token, Language.ENGLISH, told.now).disclosed is None


def test_a_question_of_the_evening_is_put_and_answered_in_the_morning(told: Story) -> None:
    first = told.order()[0]
    told.register(first, FIRST)
    told.caller.now += timedelta(hours=10, minutes=15)  # a quarter past eight
    told.refer(first)
    assert calls.plan_due(told.house, told.now + timedelta(minutes=6)) == 0
    told.caller.now += timedelta(hours=13)
    asking.ask_due(told.house, told.now)
    assert told.place_says(FIRST, "1")[0] is Heard.FACILITY
    assert told.places() == [("accepted", "facility_text")]


def test_a_digit_before_the_question_has_left_is_no_answer_to_it(told: Story) -> None:
    first = told.order()[0]
    told.register(first, FIRST)
    told.caller.now += timedelta(hours=10, minutes=15)
    told.refer(first)
    assert told.place_says(FIRST, "1")[0] is not Heard.FACILITY
    assert told.places() == [("sent", "service")]
    with told.house.db.begin() as session:
        (ask,) = asking.rows.asks_of(session, told.referral().id)
    referring.say(told.house, told.contact_id, told.counselor, first, ReferralStatus.DECLINED, told.now)
    morning = told.now + timedelta(hours=13)
    assert texts.send(told.house, Provider(), ask.text_id, morning) is Sent.NOT_OURS, "what is settled is not asked"


def test_only_a_place_of_the_list_that_was_shown_can_be_referred_to(told: Story) -> None:
    assert told.refer(10**9) is ReferralRefused.NOT_ON_THE_LIST
    assert told.refer(told.order()[-1]) is ReferralRefused.NOT_ON_THE_LIST
    assert told.places() == []
