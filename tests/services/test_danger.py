"""What happens on danger: said, rung first, supervisors told, a rescue screen, and flags cleared with what was done."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.contacts import Contact, ContactEvent
from models.texts import TextMessage
from routing.call_flow import NextStep
from routing.documents import JoinConference
from routing.understanding import DOUBTED, SetAside, Understanding
from routing.vocabulary import Addressed, ContactStatus, RescueStep, Role, Urgency
from services import board, contact_page, dispatch, first_words, flags, hand_over, notes, rescue, suggestions, waiting
from services.contact_answers import Given, write_answers
from services.house import House
from services.notes import version_of
from tests.services.calls import NOON, Stage, says
from tests.services.texting import COUNSELOR, Thread, contact_of, staff


@pytest.fixture
def caller(house: House, zip_codes: None) -> Thread:
    return Thread(house)


def texts(house: House) -> list[str]:
    query = select(TextMessage).where(TextMessage.outgoing).order_by(TextMessage.position)
    with house.db.begin() as session:
        return [message.body for message in session.scalars(query)]


def kinds(house: House) -> list[str]:
    with house.db.begin() as session:
        return list(session.scalars(select(ContactEvent.kind).order_by(ContactEvent.id)))


def test_danger_said_into_the_greeting_is_heard_at_once(stage: Stage, zip_codes: None) -> None:
    contact_id = stage.dials()
    document = first_words.heard(stage.house, contact_id, "my son is not breathing", stage.now)
    assert says(document) == ["voice.danger_911_now"]
    assert stage.contact(contact_id).urgency is Urgency.CALL_911
    other = stage.dials("+12125550143")
    document = first_words.heard(stage.house, other, "I need help with heroin", stage.now)
    assert says(document) == ["voice.thanks", "voice.confidential", "voice.keys"]
    assert {entry["value"] for entry in (stage.contact(other).triage or {})["substances"]} == {"heroin"}


def test_danger_is_answered_even_when_somebody_comes_or_they_are_sent_on(stage: Stage, zip_codes: None) -> None:
    stage.counselor(101)
    contact_id = stage.dials()
    stage.rings(contact_id)
    stage.takes(101)
    document = first_words.heard(stage.house, contact_id, "my son is not breathing", stage.now)
    assert says(document) == ["voice.danger_911_now"], "the counselor is not in the line yet"
    stage.counselor_enters(101)
    document = first_words.heard(stage.house, contact_id, "he is not breathing", stage.now)
    assert says(document) == ["voice.danger_911_now"]
    assert isinstance(document.steps[-1], JoinConference)
    other = stage.dials("+12125550143")
    with stage.house.db.begin() as session:
        session.get_one(Contact, other).next_step = NextStep.CRISIS_988
    document = first_words.heard(stage.house, other, "I want to kill myself", stage.now)
    assert says(document) == ["voice.danger_988_warm_transfer", "voice.connecting_988"]


def test_i_took_forty_and_a_hang_up_open_the_rescue_screen_for_a_human(stage: Stage, zip_codes: None) -> None:
    supervisor = stage.counselor(105, role=Role.SUPERVISOR)
    stage.counselor(101)
    centre = {"state": "MA", "county": "Suffolk County", "name": "Dispatch (invented)", "phone": "617-555-0190"}
    assert dispatch.add_centre(stage.house, supervisor, **centre, now=stage.now) == ()
    contact_id = stage.dials()
    waiting.heard(stage.house, contact_id, "zip", "02150", None, stage.now)
    assert says(waiting.heard(stage.house, contact_id, "what", None, "I took forty", stage.now)) == [
        "voice.danger_911_now"
    ]
    assert sum("URGENT" in body for body in texts(stage.house)) == 1
    stage.caller_hangs_up()
    assert stage.contact(contact_id).status is ContactStatus.ABANDONED
    (link,) = [body for body in texts(stage.house) if "hung up" in body]
    assert f"/contacts/{contact_id}/rescue" in link
    screen = rescue.rescue(stage.house, contact_id, stage.now)
    assert screen is not None
    assert screen.left
    assert (screen.zip, screen.county) == ("02150", "Suffolk County")
    assert [centre.phone for centre in screen.centres] == ["+16175550190"]
    assert [name for name, _ in screen.supervisors] == ["Counselor 105"]
    assert rescue.write_step(stage.house, contact_id, supervisor, RescueStep.DISPATCH_CALLED, stage.now)
    screen = rescue.rescue(stage.house, contact_id, stage.now)
    assert screen is not None
    assert (screen.log[-1].data["did"], screen.log[-1].who) == ("dispatch_called", "Counselor 105")
    assert [row.id for row in board.board(stage.house, stage.now).dangers.rows] == [contact_id]
    flags.clear_flag(stage.house, contact_id, supervisor, "overdose", Addressed.EMERGENCY_SERVICES, stage.now)
    assert board.board(stage.house, stage.now).dangers.rows == ()


def test_the_counselor_hears_the_danger_after_press_one(stage: Stage) -> None:
    stage.counselor(101)
    contact_id = stage.dials()
    waiting.heard(stage.house, contact_id, "what", None, "he is not breathing", stage.now)
    stage.rings(contact_id)
    assert "voice.fact_911_now" not in says(stage.picks_up(101))
    assert says(stage.presses(101, "1"))[0] == "voice.fact_911_now"


def test_a_cleared_flag_opens_matching_again_and_the_same_words_close_it(caller: Thread) -> None:
    caller.text("my son took too many klonopin and wont wake up, 02150")
    with caller.house.db.begin() as session:
        contact = session.scalars(select(Contact)).one()
        person = staff(caller.house, COUNSELOR)[0]
        raised = [entry["value"] for entry in contact.triage["flags"]]
    assert raised
    counselor_id = _id_of(caller.house, person)
    for flag in raised:
        assert flags.clear_flag(caller.house, contact.id, counselor_id, flag, Addressed.EMERGENCY_SERVICES, caller.now)
    contact = contact_of(caller.house)
    assert contact.urgency is Urgency.NONE
    assert "danger_over" in kinds(caller.house)
    profile = suggestions.profile_of(caller.house, contact)
    assert profile is not None
    assert set(profile.flags_addressed) == set(raised)
    (answer,) = caller.text("he is in the hospital now, thank you")
    assert "911 now" not in answer
    caller.text("he is not breathing!")
    assert contact_of(caller.house).urgency is Urgency.CALL_911
    assert not flags.clear_flag(caller.house, contact.id, counselor_id, "nothing", Addressed.SAFE_NOW, caller.now)


def _id_of(house: House, thread: Thread):
    from models.people import counselor_by_phone

    with house.db.begin() as session:
        found = counselor_by_phone(session, thread.number)
        assert found is not None
        return found.id


def test_a_counselors_own_words_only_suggest(stage: Stage) -> None:
    counselor_id, contact_id = stage.counselor(101), stage.dials()
    written = "Caller says her brother had an overdose. She is thinking about suicide."
    notes.write_notes(
        stage.house, contact_id, counselor_id, notes=written, seen_version=version_of(None), now=stage.now
    )
    write_answers(stage.house, contact_id, Given(substances="xanax, not breathing"), stage.now)
    assert stage.contact(contact_id).urgency is Urgency.NONE
    page = contact_page.contact_page(stage.house, contact_id, counselor_id, stage.now)
    assert page is not None
    offered = {one.id for one in page.suggested}
    assert {"suicidal_thoughts", "not_breathing_or_blue"} <= offered
    assert flags.answer_suggestion(stage.house, contact_id, counselor_id, "not_breathing_or_blue", False, stage.now)
    assert flags.answer_suggestion(stage.house, contact_id, counselor_id, "suicidal_thoughts", True, stage.now)
    page = contact_page.contact_page(stage.house, contact_id, counselor_id, stage.now)
    assert page is not None
    assert not {"suicidal_thoughts", "not_breathing_or_blue"} & {one.id for one in page.suggested}
    assert [flag.id for flag in page.flags] == ["suicidal_thoughts"]
    assert stage.contact(contact_id).urgency is Urgency.WARM_TRANSFER_988


def test_danger_in_a_conversation_that_waits_already_is_told_at_once(caller: Thread) -> None:
    (counselor,) = staff(caller.house, COUNSELOR)
    caller.text("can I talk to a person")
    before = len(counselor.outgoing())
    caller.text("my husband is not breathing")
    assert len(counselor.outgoing()) > before
    assert "URGENT" in counselor.outgoing()[-1].body
    deadline = contact_of(caller.house).deadline_at
    assert deadline is not None
    assert deadline - caller.now <= hand_over.ASK_AGAIN_IN_DANGER


def test_poison_control_brings_a_person_and_no_question(caller: Thread) -> None:
    (answer,) = caller.text("my toddler swallowed one of my pills, she seems fine")
    if "1-800-222-1222" in answer:
        assert "ZIP" not in answer
        assert contact_of(caller.house).next_step == hand_over.COUNSELOR
    else:
        assert "911" in answer


def test_an_old_danger_leaves_the_board(stage: Stage) -> None:
    contact_id = stage.dials()
    waiting.heard(stage.house, contact_id, "what", None, "he is not breathing", stage.now)
    assert board.board(stage.house, NOON + timedelta(hours=1)).dangers.rows
    assert not board.board(stage.house, NOON + timedelta(days=4)).dangers.rows


def test_danger_is_answered_in_the_language_that_tells_it(caller: Thread) -> None:
    caller.text("hi, my son drinks")
    (answer,) = caller.text("mi hijo no despierta")
    assert "Llame al 911 ahora" in answer


class Doubting:
    """Reads every text as one whose phrase of danger does not sound like any."""

    def understand(self, *_: object) -> Understanding:
        return Understanding(set_aside=(SetAside("overdose", "od on cake", DOUBTED), SetAside("seizure", "x", "past")))


def test_a_flag_that_the_sound_took_back_is_shown_to_a_human(stage: Stage) -> None:
    counselor_id, contact_id = stage.counselor(101), stage.dials()
    waiting.heard(replace(stage.house, triage=Doubting()), contact_id, "what", None, "i od on cake", stage.now)
    page = contact_page.contact_page(stage.house, contact_id, counselor_id, stage.now)
    assert page is not None
    assert [(one.id, one.words) for one in page.suggested] == [("overdose", "od on cake")]
    assert "doubted" not in {answer.key for answer in page.answers}
    assert flags.answer_suggestion(stage.house, contact_id, counselor_id, "overdose", True, stage.now)
    assert stage.contact(contact_id).urgency is Urgency.CALL_911
