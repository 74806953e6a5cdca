"""Counselors write with callers through the helpline's number, and say by text whether they are there."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.alarms import Alarm
from models.contacts import Contact
from models.crypto import lookup_hash
from models.people import Counselor
from routing.vocabulary import Channel, ContactStatus, Disposition, Presence, RescueStep, Role, Urgency
from services import hand_over, owed_endings, rescue
from services.alarms import AlarmKind
from services.house import House
from tests.services.outside import CALLER, HELPLINE, NOON, make_caller, make_contact
from tests.services.texting import COUNSELOR, OTHER, Thread, contact_of, staff


class TestTwoWayRelay:
    """A counselor writes with a caller through the helpline's number."""

    @pytest.fixture
    def counselors(self, caller: Thread) -> list[Thread]:
        threads = staff(caller.house, COUNSELOR, OTHER)
        caller.text("hi")
        caller.text("can I talk to a person please")
        return threads

    def test_the_first_to_take_has_the_conversation_and_sees_the_last_words(self, counselors: list[Thread]) -> None:
        first, second = counselors
        (taken,) = first.text("TAKE")
        assert "They wrote: can I talk to a person please" in taken
        assert second.text("take") == ["Nobody is waiting for a text just now."]

    def test_words_go_both_ways_and_no_private_number_is_shown(self, caller: Thread, counselors: list[Thread]) -> None:
        first, _ = counselors
        first.text("TAKE")
        before = len(caller.outgoing())
        assert first.text("Hi, I'm here. What happened?") == []
        (relayed,) = caller.outgoing()[before:]
        assert (relayed.body, relayed.helpline_number) == ("Hi, I'm here. What happened?", HELPLINE)
        assert caller.text("I do not know where to begin") == []  # no machine talks in between
        assert first.outgoing()[-1].body == "I do not know where to begin"
        assert not any(CALLER in message.body for message in first.outgoing())

    def test_danger_is_answered_by_the_machine_too(self, caller: Thread, counselors: list[Thread]) -> None:
        first, _ = counselors
        first.text("TAKE")
        (answer,) = caller.text("I want to die, I have a gun")
        assert "911" in answer
        assert first.outgoing()[-1].body == "I want to die, I have a gun"

    @pytest.mark.parametrize("words", ["1", "thanks", "HELP", "STOP", 'Liked "Hi, I am here."'])
    def test_nothing_that_is_written_to_a_counselor_is_swallowed(
        self, caller: Thread, counselors: list[Thread], words: str
    ) -> None:
        first, _ = counselors
        first.text("TAKE")
        caller.text(words)
        assert first.outgoing()[-1].body == words

    def test_passing_keeps_the_place_and_asks_the_others(self, caller: Thread, counselors: list[Thread]) -> None:
        first, second = counselors
        first.text("TAKE")
        first.text("PASS")
        assert contact_of(caller.house).claimed_by is None
        assert "They wrote" in second.text("TAKE")[0]

    def test_a_counselor_who_falls_silent_loses_the_conversation(
        self, caller: Thread, counselors: list[Thread]
    ) -> None:
        first, second = counselors
        first.text("TAKE")
        asked = len(second.outgoing())
        assert hand_over.escalate(caller.house, first.now + timedelta(minutes=6)) == 1
        assert contact_of(caller.house).claimed_by is None
        assert len(second.outgoing()) == asked + 1

    def test_danger_that_a_counselor_leaves_unanswered_is_told_at_once_and_is_somebody_elses_within_a_minute(
        self, caller: Thread, counselors: list[Thread]
    ) -> None:
        first, second = counselors
        (lead,) = staff(caller.house, "+16175550113", role=Role.SUPERVISOR)
        first.text("TAKE")
        first.text("Hi, I'm here. What happened?")
        told, theirs = len(lead.outgoing()), len(first.outgoing())
        said = caller.text("mi hermana ya no quiere vivir")
        assert "URGENT" in (words := lead.outgoing()[told].body)
        assert "has the conversation" in words
        assert ["URGENT" in text.body for text in first.outgoing()[theirs:]] == [True, False], "then the words"
        said += caller.text("esta dormida y respira raro, no la puedo despertar")
        assert [text.body == words for text in lead.outgoing()[told:]] == [True, True], "from 988 to 911"
        assert ["URGENT" in text.body for text in first.outgoing()[theirs + 2 :]] == [True, False]
        caller.text("se tomo todas las pastillas para matarse y no la puedo despertar")
        assert contact_of(caller.house).urgency is Urgency.CALL_911_THEN_988
        assert len(lead.outgoing()) == told + 2, "nobody is told the same again"
        with caller.house.db.begin() as session:
            raised = select(Alarm.kind).where(Alarm.subject == str(contact_of(caller.house).id))
            assert set(session.scalars(raised)) == {AlarmKind.TEXT_DANGER_TAKEN}
        begun, heard = caller.now - timedelta(minutes=2), len(caller.outgoing())
        assert hand_over.escalate(caller.house, begun + timedelta(seconds=59)) == 0
        contact = contact_of(caller.house)
        assert contact.claimed_by is not None
        assert rescue.write_step(caller.house, contact.id, contact.claimed_by, RescueStep.DISPATCH_CALLED, caller.now)
        with caller.house.db.begin() as session:
            late = session.get_one(Contact, contact.id)
            assert late.deadline_at == caller.now + hand_over.TYPING_TOO_LONG, "who calls 911 for them is not replaced"
            late.deadline_at = begun + hand_over.TYPING_TOO_LONG_IN_DANGER
        assert hand_over.escalate(caller.house, begun + timedelta(seconds=61)) == 1, "writing more buys no time"
        assert "Reply TAKE" in lead.outgoing()[-1].body
        assert (len(said), len(caller.outgoing())) == (2, heard), "the person is not told the same again"
        assert "They wrote" in second.text("TAKE")[0]
        assert first.text("TAKE") == ["Nobody is waiting for a text just now."]
        second.text("PASS")
        assert "Reply TAKE" in lead.outgoing()[-1].body
        with caller.house.db.begin() as session:
            alarm = session.scalars(select(Alarm).where(Alarm.kind == AlarmKind.TEXT_DANGER)).one()
            assert alarm.count == 2, "who gives back danger leaves an alarm, too"

    def test_when_nobody_takes_it_the_person_is_told_how_to_be_called(
        self, caller: Thread, counselors: list[Thread]
    ) -> None:
        now = caller.now
        for _ in range(4):
            now += timedelta(minutes=4)
            hand_over.escalate(caller.house, now)
        assert sum("still looking" in message.body for message in caller.outgoing()) == 1

    def test_asking_around_goes_on_all_night_but_slower_and_slower(
        self, caller: Thread, counselors: list[Thread]
    ) -> None:
        rounds, hours = [], 10
        for minute in range(hours * 60):
            now = caller.now + timedelta(minutes=minute)
            if hand_over.escalate(caller.house, now):
                rounds.append(now)
        assert rounds[1] - rounds[0] == hand_over.ASK_AGAIN
        assert rounds[-1] - rounds[-2] == hand_over.LONGEST_PAUSE, "nobody is forgotten"
        assert len(rounds) < 30, "and no phone is flooded"

    def test_done_asks_how_it_ended_and_a_digit_closes_it(self, caller: Thread, counselors: list[Thread]) -> None:
        first, _ = counselors
        first.text("TAKE")
        (question,) = first.text("done")
        assert "How did it end?" in question
        assert first.text("1T") == ["Noted, thank you."]
        contact = contact_of(caller.house)
        assert (contact.status, contact.disposition) == (ContactStatus.CLOSED, Disposition.REFERRED)
        assert (contact.caller.texting_ok, contact.caller.follow_up_texts_ok) == (True, True)

    def test_a_t_makes_no_phone_safe_that_was_said_not_to_be(self, caller: Thread, counselors: list[Thread]) -> None:
        first, _ = counselors
        caller.text("don't text me, he reads my phone")
        first.text("TAKE")
        assert "How did it end?" in first.text("done")[0]
        assert first.text("1T") == [
            "Noted, but not the T: they said that texts are not safe. If that has changed, write it on their page."
        ]
        contact = contact_of(caller.house)
        assert contact.disposition is Disposition.REFERRED
        assert (contact.caller.texting_ok, contact.caller.follow_up_texts_ok) == (False, None)

    def test_a_digit_is_taken_for_the_question_it_answers_or_is_asked_for_again_in_words(
        self, caller: Thread, counselors: list[Thread]
    ) -> None:
        first, _ = counselors
        with caller.house.db.begin() as session:
            ana = session.scalars(select(Counselor).where(Counselor.phone_hash == lookup_hash(COUNSELOR))).one()
            times = {"opened_at": NOON - timedelta(hours=1), "ended_at": NOON - timedelta(minutes=20)}
            somebody = make_caller(session, "+12125550149")
            call_id = make_contact(session, somebody, Channel.VOICE, claimed_by=ana.id, **times).id

        def written() -> dict[bool, Disposition | None]:
            with caller.house.db.begin() as session:
                theirs = select(Contact).where(Contact.claimed_by.is_not(None))
                return {contact.id == call_id: contact.disposition for contact in session.scalars(theirs)}

        first.now = caller.now
        assert owed_endings.ask(caller.house, first.now) == 1
        assert "11:00" in (of_the_call := first.outgoing()[-1].body)
        first.text("TAKE")
        assert owed_endings.ask(caller.house, first.now) == 0
        before = len(caller.outgoing())
        (held,) = first.text("1")
        assert "your 1 went to nobody" in held
        assert len(caller.outgoing()) == before
        assert first.text("DONE") == [of_the_call], "one question after the other"
        assert first.text("1") == ["Noted, thank you."]
        assert written() == {True: Disposition.REFERRED, False: None}
        (of_the_text,) = first.text("1")
        assert "How did it end?" in of_the_text, "said twice, it would stand on the other"
        assert first.text("2") == ["Noted, thank you."]
        assert written() == {True: Disposition.REFERRED, False: Disposition.INFORMATION}


class TestCounselorsOwnPhone:
    """Presence by text."""

    def test_on_and_off(self, text_house: House) -> None:
        (counselor,) = staff(text_house, COUNSELOR, presence=Presence.AVAILABLE)
        assert "You are off" in counselor.text("OFF")[0]
        assert "You are off" in counselor.text("status")[0]
        assert "You are on" in counselor.text("On.")[0]

    def test_an_unknown_word_is_answered_with_what_can_be_done(self, text_house: House) -> None:
        (counselor,) = staff(text_house, COUNSELOR)
        assert "ON or OFF" in counselor.text("what")[0]
        assert counselor.text("3") == ["No contact of yours is waiting for its ending."]
