"""What people answer to a follow-up stays with the contact that it was about."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.contacts import Contact
from models.follow_ups import FollowUp, oldest_due, open_referral_work
from models.people import Counselor
from routing.sending import Purpose
from routing.vocabulary import ContactStatus, FollowUpKind, FollowUpStatus, Presence
from services import callbacks, follow_up_starts, hand_over, ringing, suggestions, text_contacts
from services.conversation import Heard
from services.texts import queue_text
from tests.fixtures.paper import PaperTelephony
from tests.services.outside import HELPLINE
from tests.services.texting import COUNSELOR, Thread, contact_of, staff, story


def checked_in(caller: Thread, kind: FollowUpKind = FollowUpKind.CHECK_IN) -> Contact:
    """A person whose conversation is over, and who was just asked how it went."""
    caller.text("heroin, 02150, medicaid")
    caller.now += timedelta(hours=25)
    text_contacts.close_idle(caller.house, caller.now)
    with caller.house.db.begin() as session:
        for row in session.scalars(select(FollowUp)):
            row.due_at = caller.now if row.kind is kind else caller.now + timedelta(days=9)
    follow_up_starts.start_due(caller.house, caller.now)
    return contact_of(caller.house)


@pytest.mark.parametrize("words", ["1", "Sí", "call me"])
def test_who_wants_a_call_at_the_check_in_is_called_for_the_contact_it_was_about(caller: Thread, words: str) -> None:
    contact = checked_in(caller)
    (answer,) = caller.text(words)
    assert "We will call you" in answer
    assert caller.heard is Heard.ANSWER
    with caller.house.db.begin() as session:
        callback = session.scalars(select(FollowUp).where(FollowUp.kind == FollowUpKind.CALLBACK)).one()
        assert [row.id for row in session.scalars(select(Contact))] == [contact.id]  # and no new one
    assert (callback.requested, callback.contact_id) == (True, contact.id)
    assert story(caller.house, contact)[-3:] == ["text_received", "follow_up_ended", "callback_requested"]


def test_who_wants_a_call_that_we_may_not_make_is_written_to_by_a_counselor(caller: Thread) -> None:
    checked_in(caller)
    caller.house = replace(caller.house, rules=replace(caller.house.rules, callbacks_a_day=0))
    (answer,) = caller.text("1")
    assert "A counselor will write to you here" in answer
    waiting = contact_of(caller.house)
    assert (waiting.status, waiting.next_step) == (ContactStatus.CONVERSING, hand_over.COUNSELOR)


def test_yes_says_that_the_place_took_them_when_that_was_the_question(caller: Thread) -> None:
    contact = checked_in(caller, FollowUpKind.DID_THEY_TAKE_YOU)
    assert "We are glad to hear that" in caller.text("yes")[0]
    assert "callback_requested" not in story(caller.house, contact)
    assert "We will call you" in caller.text("1")[0]  # a second thought is still about that contact
    assert "callback_requested" in story(caller.house, contact)


def test_stop_to_a_check_in_opens_no_conversation(caller: Thread) -> None:
    contact = checked_in(caller)
    assert "no more texts" in caller.text("STOP")[0]
    assert contact_of(caller.house).id == contact.id
    assert "texts_stopped" in story(caller.house, contact)


def test_other_words_to_a_check_in_begin_a_conversation_that_names_the_contact_and_repeats_nothing(
    caller: Thread,
) -> None:
    before = checked_in(caller)
    answers = caller.text("not so good this week")
    answers += caller.text("where can somebody sleep safe tonight")
    after = contact_of(caller.house)
    assert after.id != before.id
    assert story(caller.house, after)[:2] == ["opened", "continues"]
    assert "continued" in story(caller.house, before)
    assert not any("heroin" in answer.lower() or "02150" in answer for answer in answers)
    assert not {"substances", "zip"} & set(after.triage)


def test_thanks_to_the_check_in_begins_no_interrogation(caller: Thread) -> None:
    caller.text("heroin, 02150, medicaid")
    caller.now += timedelta(hours=25)
    text_contacts.close_idle(caller.house, caller.now)
    follow_up_starts.start_due(caller.house, caller.now)
    (answer,) = caller.text("yes doing ok thanks")
    assert "Thank you for letting us know" in answer
    assert "What is going on" not in answer


def asked_about_illness(caller: Thread, *, over: bool) -> Contact:
    """A conversation that asked about liver and lungs last, and a check-in after it (in a demonstration at once)."""
    contact = checked_in(caller) if over else None
    if contact is None:
        caller.text("heroin, 02150, medicaid")
        contact = contact_of(caller.house)
        caller.now += timedelta(minutes=1)
        with caller.house.db.begin() as session:
            session.scalars(select(FollowUp).where(FollowUp.kind == FollowUpKind.CHECK_IN)).one().due_at = caller.now
        follow_up_starts.start_due(caller.house, caller.now)
    assert "liver or lung illness" in caller.outgoing()[0].body
    assert "we said we would check in" in caller.outgoing()[-1].body
    return contact


def check_in_is_open(caller: Thread) -> bool:
    with caller.house.db.begin() as session:
        return session.scalars(select(FollowUp).where(FollowUp.kind == FollowUpKind.CHECK_IN)).one().done_at is None


@pytest.mark.parametrize("over", [False, True], ids=["conversation goes on", "conversation is over"])
def test_an_illness_told_after_a_check_in_answers_the_question_about_illness(caller: Thread, over: bool) -> None:
    contact = asked_about_illness(caller, over=over)
    (answer,) = caller.text("hepatitis c, diagnosed in may")
    profile = suggestions.profile_of(caller.house, contact_of(caller.house))
    assert profile is not None
    assert profile.liver_disease
    assert contact_of(caller.house).id == contact.id
    assert check_in_is_open(caller)
    assert ("Thank you for letting us know" in answer) == over


@pytest.mark.parametrize("words", ["yes", "1"])
def test_who_takes_the_offer_of_a_call_is_called_though_another_question_is_open(caller: Thread, words: str) -> None:
    asked_about_illness(caller, over=False)
    assert "We will call you" in caller.text(words)[0]
    assert not check_in_is_open(caller)


def test_of_two_check_ins_that_went_out_together_the_later_one_is_answered(caller: Thread) -> None:
    caller.text("heroin, 02150, medicaid")
    together = (FollowUpKind.CHECK_IN, FollowUpKind.DID_THEY_TAKE_YOU)
    with caller.house.db.begin() as session:
        for row in session.scalars(select(FollowUp)):
            if row.kind in together:
                row.due_at = caller.now + timedelta(seconds=together.index(row.kind))
    caller.now += timedelta(minutes=1)
    follow_up_starts.start_due(caller.house, caller.now)
    assert "did it work out" in caller.outgoing()[-1].body
    assert "We are glad to hear that" in caller.text("yes")[0]


def test_a_no_after_both_questions_is_for_the_later_one(caller: Thread) -> None:
    asked_about_illness(caller, over=False)
    assert "Thank you for letting us know" in caller.text("no")[0]
    assert not check_in_is_open(caller)


def test_a_check_in_waits_while_a_counselor_is_wanted_or_with_them_and_is_texted_once_afterwards(
    caller: Thread,
) -> None:
    (ana,) = staff(caller.house, COUNSELOR)
    caller.text("heroin, 02150, medicaid")
    caller.text("can I talk to a real person please")

    def checked_in_after(time: timedelta) -> int:
        """How many check-ins have gone out when so much time has passed."""
        caller.now = ana.now = caller.now + time
        with caller.house.db.begin() as session:
            for row in session.scalars(select(FollowUp).where(FollowUp.kind == FollowUpKind.CHECK_IN)):
                row.due_at = min(row.due_at, caller.now)
        follow_up_starts.start_due(caller.house, caller.now)
        return sum("check in" in message.body for message in caller.outgoing())

    assert checked_in_after(timedelta(minutes=5)) == 0, "they wait for a person"
    ana.text("TAKE")
    ana.text("Hi, I am here")
    assert checked_in_after(timedelta(minutes=5)) == 0, "who would get the answer"
    ana.text("DONE")
    assert checked_in_after(timedelta(hours=6)) == 0
    assert [checked_in_after(timedelta(hours=hours)) for hours in (16, 1)] == [1, 1]


def test_whoever_answers_a_check_in_to_the_counselor_they_write_with_is_not_asked_again(caller: Thread) -> None:
    contact = asked_about_illness(caller, over=False)
    (ana,) = staff(caller.house, COUNSELOR)
    with caller.house.db.begin() as session:
        ana_id = session.scalars(select(Counselor.id)).one()
    assert hand_over.take_text(caller.house, contact.id, ana_id, caller.now)
    caller.text("doing better, thanks")
    assert ana.outgoing()[-1].body == "doing better, thanks"
    assert not check_in_is_open(caller)


def test_beside_a_counselor_a_yes_or_no_is_written_on_the_referral_and_nothing_else_closes_that_question(
    caller: Thread,
) -> None:
    (ana,) = staff(caller.house, COUNSELOR)
    caller.text("heroin, 02150, medicaid")
    caller.text("can I talk to a real person please")
    caller.now += timedelta(minutes=1)
    with caller.house.db.begin() as session:
        asked = session.scalars(select(FollowUp).where(FollowUp.kind == FollowUpKind.DID_THEY_TAKE_YOU)).one()
        asked.status, asked.attempts, asked.started_at = FollowUpStatus.STARTED, 1, caller.now
        theirs = {"contact": asked.contact, "caller": asked.contact.caller, "helpline_number": HELPLINE}
        question = queue_text(session, body="did it?", purpose=Purpose.FOLLOW_UP, now=caller.now, **theirs)
        asked.plan = {**asked.plan, "text": str(question.id)}

    def stands() -> tuple[str | None, list[str]]:
        with caller.house.db.begin() as session:
            row = session.scalars(select(FollowUp).where(FollowUp.kind == FollowUpKind.DID_THEY_TAKE_YOU)).one()
            return row.last_outcome, [work.plan["work"] for work in open_referral_work(session)]

    ana.text("TAKE")
    for nothing in ("MORE", "Liked “did it?”", "I am on the bus"):
        assert caller.text(nothing) == [], "our own words in a reaction are no danger of theirs"
        assert stands() == (None, []), nothing
    before = len(ana.outgoing())
    assert caller.text("no") == [], "a person is here: no machine talks in between"
    assert stands() == ("no", ["did_not_work_out"])
    told, words = [message.body for message in ana.outgoing()[before:]]
    assert ("answer our question" in told, words) == (True, "no")
    assert "question_answered" in story(caller.house, contact_of(caller.house))


def test_a_yes_to_what_the_counselor_asked_is_no_answer_to_our_question(caller: Thread) -> None:
    contact = asked_about_illness(caller, over=False)
    (ana,) = staff(caller.house, COUNSELOR)
    with caller.house.db.begin() as session:
        row = session.scalars(select(FollowUp).where(FollowUp.kind == FollowUpKind.CHECK_IN)).one()
        row.kind = FollowUpKind.WAITING_LIST
        ana_id = session.scalars(select(Counselor.id)).one()
    assert hand_over.take_text(caller.house, contact.id, ana_id, caller.now)
    ana.now = caller.now
    ana.text("Are you somewhere safe?")
    caller.text("yes")
    assert ana.outgoing()[-1].body == "yes"
    with caller.house.db.begin() as session:
        assert session.scalars(select(FollowUp).where(FollowUp.kind == FollowUpKind.WAITING_LIST)).one().done_at is None


@pytest.mark.parametrize("over", [False, True], ids=["it goes on", "it was over"])
@pytest.mark.parametrize("meanwhile", [True, False], ids=["while they are called", "after it"])
def test_no_second_counselor_calls_into_a_conversation_and_after_a_call_in_vain_a_counselor_is_still_found(
    caller: Thread, paper: PaperTelephony, meanwhile: bool, over: bool
) -> None:
    (ana,) = staff(caller.house, COUNSELOR, presence=Presence.AWAY)
    caller.text("hi")
    caller.text("please call me")
    contact = contact_of(caller.house)
    caller.now += timedelta(seconds=1)
    if over:
        with caller.house.db.begin() as session:
            session.get_one(Contact, contact.id).status = ContactStatus.ENDED
    assert callbacks.begin(caller.house, contact.id, caller.now)
    asked = len(ana.outgoing())
    if meanwhile:
        caller.text("can I talk to a real person here please")
    caller.now += timedelta(minutes=4)
    ringing.plan(caller.house, paper, contact.id, caller.now)
    left = ContactStatus.ENDED if over and not meanwhile else ContactStatus.CONVERSING
    assert contact_of(caller.house).status is left, "nobody was free to call"
    if not meanwhile:
        caller.text("can I talk to a real person here please")
    hand_over.escalate(caller.house, caller.now)
    assert len(ana.outgoing()) == asked + 1, "they are told at once"
    ana.now = caller.now
    ana.text("TAKE")
    ana.text("Hi, I am here")
    assert callbacks.begin_due(caller.house, ana.now + timedelta(minutes=5)) == 0
    with caller.house.db.begin() as session:
        assert oldest_due(session, ana.now + timedelta(minutes=5)) is None, "nobody is late"
    assert callbacks.begin_due(caller.house, ana.now + timedelta(minutes=45)) == 1
