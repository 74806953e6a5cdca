"""Texting with the line: what is asked, what is answered, and what goes before everything else."""

from datetime import timedelta

from sqlalchemy import select, text

from models.contacts import Contact
from models.follow_ups import FollowUp
from models.matches import MatchRecord
from models.outbox import OutboxRow
from models.people import Caller
from models.texts import TextMessage
from routing.vocabulary import ContactStatus, Disposition, FollowUpKind, Language, TextStatus, Urgency
from services import (
    console,
    contact_page,
    conversation,
    dispositions,
    follow_up_starts,
    hand_over,
    knowing,
    owed_endings,
    text_claims,
    text_contacts,
)
from services.conversation import Heard, Inbound
from services.dispositions import WrapUp
from services.house import House
from services.referrals import referring
from services.suggestions import first_places
from tests.services.outside import CALLER, HELPLINE, NOON, make_caller, make_contact, make_counselor
from tests.services.texting import COUNSELOR, Thread, contact_of, events, staff


def test_a_first_conversation_ends_with_three_places_and_their_reasons(caller: Thread) -> None:
    (hello,) = caller.text("hi")
    assert "reached people who help find treatment" in hello
    assert "What is going on" in hello
    (where,) = caller.text("I take klonopin and can't stop, I have depression")
    assert "ZIP" in where
    (how,) = caller.text("02150")
    assert "1. " in how
    assert "3. " in how
    assert "nobody pays to be listed" in how
    assert "Medicaid" in how  # the next question: how it would be paid
    contact = contact_of(caller.house)
    assert {entry["value"] for entry in contact.triage["substances"]} == {"clonazepam"}
    assert contact.caller.timezone == "America/New_York"


def test_the_match_of_a_text_plans_the_check_in_of_the_next_day(caller: Thread) -> None:
    caller.text("alcohol, need detox in 02150, medicaid")
    contact = contact_of(caller.house)
    assert contact.disposition is Disposition.PLACES_TEXTED
    with caller.house.db.begin() as session:
        kinds = set(session.scalars(select(FollowUp.kind)))
        counselor = make_counselor(session, COUNSELOR).id
    assert FollowUpKind.CHECK_IN in kinds
    later = caller.now + timedelta(hours=25)
    follow_up_starts.start_due(caller.house, later)
    assert any("we said we would check in" in message.body for message in caller.outgoing())
    page = contact_page.contact_page(caller.house, contact.id, counselor, later)
    assert page is not None
    then = [step.kind for step in page.proposed[Disposition.REFERRED]]
    assert then == ["did_they_take_you", "week", "month"], "what has begun is not proposed again"
    told = WrapUp(leave_out=frozenset({FollowUpKind.MONTH}))
    assert dispositions.close(caller.house, contact.id, counselor, Disposition.REFERRED, later, told)
    assert standing(caller.house) == ["check_in started", "did_they_take_you pending", "week pending"]


def standing(house: House) -> list[str]:
    """Every follow-up that was not put aside for another, in order of time."""
    with house.db.begin() as session:
        rows = session.scalars(select(FollowUp).order_by(FollowUp.due_at)).all()
        return [f"{row.kind.value} {row.status.value}" for row in rows if row.last_outcome != "replaced"]


def test_after_a_list_by_text_a_counselor_still_writes_how_the_conversation_ended(caller: Thread) -> None:
    house = caller.house
    caller.text("alcohol, need detox in 02150, medicaid")
    planned = standing(house)
    (counselor,) = staff(house, COUNSELOR)
    caller.text("can I talk to a person")
    counselor.now = caller.now
    counselor.text("TAKE")
    with house.db.begin() as session:
        contact = session.scalars(select(Contact)).one()
        contact_id, by, sent = contact.id, contact.claimed_by, contact.flow["places_first"]
    assert by is not None
    assert referring.refer(house, contact_id, by, sent[0], caller.now) is None
    with house.db.begin() as session:
        contact = session.get_one(Contact, contact_id)
        assert contact.disposition is Disposition.PLACES_TEXTED, "a referral is a step: they have the conversation yet"
        contact.disposition, contact.flow = None, {**contact.flow, "places_first": []}
        assert first_places(session, house, contact, caller.now)
        assert contact.disposition is None, "a list takes no referral back"
        contact.disposition = Disposition.PLACES_TEXTED
    (question,) = counselor.text("done")
    assert "How did it end?" in question
    (row,) = console.contact_list(house).to_wrap_up
    assert (row.id, row.state) == (contact_id, "ended")
    with house.db.begin() as session:
        assert owed_endings.owed_by(session, by) == (1, contact_id)
    assert counselor.text("1") == ["Noted, thank you."]
    contact = contact_of(house)
    assert (contact.status, contact.disposition_by) == (ContactStatus.CLOSED, by)
    assert standing(house) == planned, "the same is owed, and it stands"


def test_everything_in_one_text_is_enough(caller: Thread) -> None:
    (answer,) = caller.text("my son is on heroin, we are in 02150 and have medicaid")
    assert "Places near 02150" in answer


def test_more_shows_the_next_places_and_says_when_the_list_is_over(caller: Thread) -> None:
    caller.text("alcohol detox 02150 medicaid")
    seen = []
    for _ in range(10):
        (answer,) = caller.text("MORE")
        seen.append(answer)
        if "whole list" in answer:
            break
    assert "whole list" in seen[-1]
    assert seen[0].startswith("4. ")


def test_in_spanish_everything_is_answered_in_spanish(caller: Thread) -> None:
    (answer,) = caller.text("hola, necesito ayuda con el alcohol, vivo en 02150")
    assert "Lugares cerca de 02150" in answer
    assert contact_of(caller.house).language is Language.SPANISH


def test_danger_is_answered_before_any_question_and_counselors_are_told(caller: Thread) -> None:
    (counselor,) = staff(caller.house, COUNSELOR)
    (answer,) = caller.text("my friend took pills and is not breathing")
    assert "911" in answer
    assert "ZIP" not in answer
    contact = contact_of(caller.house)
    assert contact.urgency in (Urgency.CALL_911, Urgency.CALL_911_THEN_988)
    assert contact.next_step == hand_over.COUNSELOR
    assert [message.body for message in counselor.outgoing() if "URGENT" in message.body]


def test_call_me_promises_a_callback_once_and_wakes_the_calls_worker(caller: Thread) -> None:
    (answer,) = caller.text("CALL ME")
    assert "We will call you" in answer
    caller.text("call me")
    with caller.house.db.begin() as session:
        (promise,) = session.scalars(select(FollowUp)).all()
        tasks = set(session.scalars(select(OutboxRow.task)))
    assert (promise.kind, promise.requested) == (FollowUpKind.CALLBACK, True)
    assert "workers.calls.call_back" in tasks


def test_the_same_message_again_changes_nothing(text_house: House) -> None:
    inbound = Inbound("SMtwice", CALLER, HELPLINE, "hi")
    heard = [conversation.receive_text(text_house, inbound, NOON) for _ in range(2)]
    assert heard == [Heard.CONVERSATION, Heard.AGAIN]
    with text_house.db.begin() as session:
        assert len(session.scalars(select(TextMessage)).all()) == 2


def test_stop_is_obeyed_confirmed_once_and_remembered(caller: Thread) -> None:
    (confirmation,) = caller.text("STOP")
    assert "no more texts" in confirmation
    with caller.house.db.begin() as session:
        assert session.scalars(select(Caller)).one().texts_stopped_at == caller.now
    assert caller.text("stop!") == [], "one confirmation"
    (again,) = caller.text("start")
    assert "texts are on again" in again
    with caller.house.db.begin() as session:
        assert session.scalars(select(Caller)).one().texts_stopped_at is None


def test_a_conversation_that_its_counselor_left_open_waits_for_its_wrap_up(caller: Thread) -> None:
    (counselor,) = staff(caller.house, COUNSELOR)
    caller.text("I want to kill myself")
    counselor.text("TAKE")
    counselor.text("I am here.")
    assert text_contacts.close_idle(caller.house, caller.now + timedelta(hours=13)) == 1
    contact = contact_of(caller.house)
    assert (contact.status, contact.disposition) == (ContactStatus.ENDED, None)


def test_stop_that_the_provider_answered_is_not_answered_twice(caller: Thread) -> None:
    assert caller.text("STOP", opt_out_type="STOP") == []
    with caller.house.db.begin() as session:
        assert session.scalars(select(Caller)).one().texts_stopped_at is not None


def test_stop_of_somebody_in_danger_is_obeyed_and_still_seen_by_a_human(caller: Thread) -> None:
    (counselor,) = staff(caller.house, COUNSELOR)
    caller.text("I want to kill myself")
    caller.text("stop")
    assert events(caller.house).count("counselor_wanted") >= 2
    assert counselor.outgoing()


def test_help_me_stop_is_no_opt_out(caller: Thread) -> None:
    caller.text("help me stop drinking")
    assert caller.heard is Heard.CONVERSATION
    with caller.house.db.begin() as session:
        assert session.scalars(select(Caller)).one().texts_stopped_at is None


def test_he_reads_my_phone_silences_us_at_once_and_a_human_looks(caller: Thread) -> None:
    (counselor,) = staff(caller.house, COUNSELOR)
    caller.text("hi")
    assert caller.text("don't text me, he reads my phone") == []
    with caller.house.db.begin() as session:
        assert session.scalars(select(Caller)).one().texting_ok is False
    assert counselor.outgoing()
    assert "texts_suspended" in events(caller.house)


def test_a_counselor_who_has_the_conversation_cannot_text_a_phone_that_somebody_reads(caller: Thread) -> None:
    (counselor,) = staff(caller.house, COUNSELOR)
    caller.text("I need a counselor")
    counselor.text("TAKE")
    assert caller.text("don't text me, he reads my phone") == []
    assert counselor.outgoing()[-1].body == "don't text me, he reads my phone"
    assert "texts_suspended" in events(caller.house)
    (told,) = counselor.text("I am calling you then")
    assert told.startswith("That was not sent: they said that texts are not safe.")
    words = caller.outgoing()[-1].id
    assert text_claims.claim(caller.house, [words], caller.now) == {words: text_claims.Sent.SUPPRESSED}


def test_two_misunderstandings_bring_a_person(caller: Thread) -> None:
    (counselor,) = staff(caller.house, COUNSELOR)
    caller.text("hello")
    caller.text("xqz fnord")
    (answer,) = caller.text("blip blop")
    assert "a person from our team" in answer
    assert counselor.outgoing()


def test_pictures_and_reactions_are_answered_sensibly(caller: Thread) -> None:
    caller.text("hi")
    (answer,) = caller.text("", media=1)
    assert "cannot see pictures" in answer
    assert caller.text("Liked “Harborline: hi, you have reached people”") == []
    assert caller.heard is Heard.KEPT
    assert caller.text("Voicemail from (617) 555-0123: call me tomorrow") == []
    assert caller.text("Voicemail from mom: she took all her pills and will not wake up"), "danger is heard in it too"


def test_a_flood_is_kept_but_not_answered_line_by_line(caller: Thread) -> None:
    answers = []
    for number in range(30):
        answers += caller.text(f"aaa {number}")
        caller.now -= timedelta(minutes=1)
    assert len(answers) <= conversation.FLOOD
    (promise,) = caller.text("CALL ME")
    assert "We will call you" in promise, "whoever wants a person is heard"
    known = contact_of(caller.house).triage or {}
    assert not {"city", "state"} & set(known), "that is no town in Maine"
    caller.now -= timedelta(minutes=1)
    assert caller.text("he stopped breathing")  # danger always gets through


def test_short_codes_and_our_own_number_are_never_answered(text_house: House) -> None:
    for sender in ("22395", HELPLINE, "anonymous"):
        heard = conversation.receive_text(text_house, Inbound(f"SM{sender}", sender, HELPLINE, "hi"), NOON)
        assert heard is Heard.IGNORED
    with text_house.db.begin() as session:
        assert session.scalars(select(TextMessage)).all() == []


def test_a_conversation_that_cannot_be_read_holds_up_no_other(house: House) -> None:
    with house.db.begin() as session:
        for minutes, number in enumerate((CALLER, "+16175550124")):
            deadline = NOON - timedelta(minutes=9 - minutes)
            idle = {"status": ContactStatus.CONVERSING, "next_step": text_contacts.CLOSE, "deadline_at": deadline}
            contact = make_contact(session, make_caller(session, number), triage={}, **idle)
            if number == CALLER:
                session.execute(text("update contact set triage = 'no key' where id = :id"), {"id": contact.id})
    assert text_contacts.close_idle(house, NOON) == 1
    with house.db.begin() as session:
        found = session.scalars(select(Contact.status).order_by(Contact.deadline_at)).all()
        assert found == [ContactStatus.CONVERSING, ContactStatus.CLOSED]
        assert session.scalars(select(Contact.deadline_at)).all().count(None) == 1


def test_days_later_the_line_begins_anew_and_repeats_nothing(caller: Thread) -> None:
    caller.text("heroin, 02150, medicaid")
    caller.now += timedelta(days=3)
    assert text_contacts.close_idle(caller.house, caller.now) == 1
    (answer,) = caller.text("hello")
    assert "heroin" not in answer.lower()
    assert "02150" not in answer
    assert "What is going on" in answer
    with caller.house.db.begin() as session:
        statuses = list(session.scalars(select(Contact.status).order_by(Contact.opened_at)))
    assert statuses == [ContactStatus.CLOSED, ContactStatus.CONVERSING]


def test_a_text_is_stored_before_it_is_answered(caller: Thread) -> None:
    caller.text("hi")
    with caller.house.db.begin() as session:
        statuses = [message.status for message in session.scalars(select(TextMessage).order_by(TextMessage.outgoing))]
    assert statuses == [TextStatus.RECEIVED, TextStatus.QUEUED]


def test_answers_are_packed_into_as_few_texts_as_they_fit() -> None:
    assert text_contacts.packed(["a", "b"]) == ["a\n\nb"]
    assert text_contacts.packed(["a" * 1000, "b" * 1000]) == ["a" * 1000, "b" * 1000]
    assert text_contacts.packed([]) == []
    assert [len(body) for body in text_contacts.packed(["a" * 5000])] == [1600]


def test_for_a_son_no_womens_residence_is_offered_and_for_a_kid_it_says_so_with_its_name(text_house: House) -> None:
    parent, other = Thread(text_house), Thread(text_house, "+16175550199")
    son = " ".join(parent.text("my son needs detox from oxy, 02150"))
    assert "Amaranth House" not in son
    assert "Tidewater General Hospital, Behavioral Health Unit, Chelsea" in son
    assert knowing.value_of(contact_of(text_house), "gender") == "male"
    parent.text("I have Medicaid and I'm his mother")
    assert knowing.value_of(contact_of(text_house), "for_whom") == "child"  # what the writer is or has changes nothing
    assert knowing.value_of(contact_of(text_house), "gender") == "male"
    kid = " ".join(other.text("my kid needs detox from oxy, 02150") + other.text("more"))
    line = next(line for line in kid.splitlines() if "Amaranth House" in line)
    assert "Amaranth House, Residence for Women" in line
    assert "Takes women only. Ask whether that fits." in line


def test_words_that_contradict_each_other_leave_nobody_out(caller: Thread) -> None:
    caller.text("my husband needs detox from oxy")
    caller.text("sorry, my wife needs it. I get words wrong")
    assert knowing.value_of(contact_of(caller.house), "gender") is None


def test_more_goes_on_to_the_end_of_the_list_with_the_count_right(caller: Thread) -> None:
    said = "\n".join(caller.text("my kid needs detox from oxy, 02150"))
    assert "MORE for other places (4)" in said
    said += "\n" + "\n".join(caller.text("more"))
    assert "MORE for other places (1)" in said
    last = "\n".join(caller.text("more"))
    assert "7. " in last
    assert "That was the whole list" in last
    assert "That was the whole list" in caller.text("more")[0]
    names = [line.split(",")[0].split(". ")[1] for line in (said + "\n" + last).splitlines() if line[:1].isdigit()]
    assert len(names) == len(set(names)) == 7
    with caller.house.db.begin() as session:
        assert [kept.shown for kept in session.query(MatchRecord)] == [7], "all of them were put before somebody"


def test_a_payer_that_changes_nothing_in_the_list_is_answered_in_one_line(caller: Thread) -> None:
    caller.text("my son needs detox from oxy, 02150")
    (answer,) = caller.text("medicaid")
    assert answer.endswith("\n\nThe same places fit best. All of these list Medicaid.")
    assert "Places near" not in answer


def test_a_first_list_says_who_lists_the_payer(caller: Thread) -> None:
    answer = "\n".join(caller.text("my son needs detox from oxy, 02150, we have tricare"))
    assert "is listed by number" in answer or "None of these says whether it takes TRICARE" in answer
