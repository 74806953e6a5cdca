"""Information by text and by voice: read in parts, interrupted by a counselor, never in the way of danger."""

import pytest

from models.contacts import Contact
from routing.call_flow import MAX_ASKS
from routing.segments import segments
from routing.vocabulary import ContactStatus
from services import waiting
from services.house import House
from tests.services.calls import Stage, joins, says
from tests.services.texting import Thread, contact_of


@pytest.fixture
def caller(house: House, zip_codes: None) -> Thread:
    return Thread(house)


@pytest.mark.parametrize("words", ["INFO KLONOPIN", "info clonazepam", "INFO", "what are side effects of klonopin?"])
def test_info_gives_the_sheet_and_the_warning_never_to_stop_suddenly(caller: Thread, words: str) -> None:
    (answer,) = caller.text(words)
    assert "Klonopin (clonazepam) is a benzodiazepine" in answer
    assert "do not stop it suddenly" in answer
    assert segments(answer) <= 3
    assert not (contact_of(caller.house).triage or {}).get("substances")  # who asks need not be who takes it


def test_more_goes_on_until_the_way_to_a_person(caller: Thread) -> None:
    read = [*caller.text("informacion klonopin"), *[answer for _ in range(6) for answer in caller.text("mas")]]
    assert "No la deje de golpe" in read[0]
    assert any("Abstinencia" in part for part in read)
    assert all(segments(part) <= 3 for part in read)
    assert "LLAMENME" in read[-1] or "LLÁMENME" in read[-1]


def test_topics_and_help_near_the_person(caller: Thread) -> None:
    assert "the same amount does less" in caller.text("INFO TOLERANCE")[0]
    assert "run out too quickly" in caller.text("info about warning signs")[0]
    assert "without a prescription" in caller.text("where can I get narcan")[0]
    caller.text("klonopin, 02150")
    assert "In Massachusetts, dial 211" in caller.text("INFO SHELTER")[0]
    assert "no sheet under that name" in caller.text("INFO XYZZY")[0]


def test_an_unclear_name_is_asked_about_before_anything_is_told(caller: Thread) -> None:
    (question,) = caller.text("INFO BARS")
    assert "which drug or medicine do you mean" in question
    assert "do not stop" in caller.text("1")[0]


def test_danger_goes_before_information(caller: Thread) -> None:
    (answer,) = caller.text("INFO KLONOPIN my son took it and is not breathing")
    assert "Call 911 now" in answer
    assert "benzodiazepine" not in answer


def heard_lines(stage: Stage, contact_id, turns: int) -> list[str]:
    """What a waiting caller is told in the next turns."""
    return [repr(stage.waits(contact_id)) for _ in range(turns)]


def test_key_three_reads_line_by_line_and_keeps_the_place(stage: Stage) -> None:
    first, contact_id = stage.dials("+12125550101"), stage.dials("+12125550102")
    before = stage.contact(contact_id).waiting_since
    assert "voice.information" in says(waiting.waiting_key(stage.house, contact_id, "3", stage.now))
    assert says(stage.waits(contact_id)) == ["voice.information_ask"]
    waiting.heard(stage.house, contact_id, "info", None, "clonazepam", stage.now)
    told = "".join(heard_lines(stage, contact_id, 3))
    assert "is a benzodiazepine" in told
    assert "do not stop it suddenly" in told
    contact = stage.contact(contact_id)
    assert (contact.waiting_since, contact.status) == (before, ContactStatus.WAITING)
    assert not (contact.triage or {}).get("substances")
    assert stage.contact(first).flow.get("info_line") is None
    waiting.waiting_key(stage.house, contact_id, "0", stage.now)
    assert "voice.information_line" not in "".join(heard_lines(stage, contact_id, 2))


def test_who_says_nothing_hears_the_first_sheet_to_its_end_and_then_the_line_goes_on(stage: Stage) -> None:
    contact_id = stage.dials()
    waiting.waiting_key(stage.house, contact_id, "3", stage.now)
    turns = heard_lines(stage, contact_id, 24)
    end = next(at for at, turn in enumerate(turns) if "voice.information_end" in turn)
    assert "information_line" not in turns[end + 1]
    assert "voice.ask_what" in "".join(turns[end + 1 :])


def test_a_counselor_who_answers_interrupts_the_reading(stage: Stage) -> None:
    stage.counselor(101)
    contact_id = stage.dials()
    waiting.waiting_key(stage.house, contact_id, "3", stage.now)
    heard_lines(stage, contact_id, 3)
    stage.rings(contact_id)
    stage.takes(101)
    stage.counselor_enters(101)
    assert joins(stage.caller_enters(contact_id))


def test_danger_said_while_listening_ends_the_reading(stage: Stage) -> None:
    contact_id = stage.dials()
    waiting.waiting_key(stage.house, contact_id, "3", stage.now)
    stage.waits(contact_id)
    document = waiting.heard(stage.house, contact_id, "info", None, "he is not breathing", stage.now)
    assert says(document) == ["voice.danger_911_now"]
    assert says(stage.waits(contact_id)) == ["voice.stay_danger"]


def test_the_questions_are_still_asked_twice_at_most(stage: Stage) -> None:
    contact_id = stage.dials()
    waiting.waiting_key(stage.house, contact_id, "3", stage.now)
    heard_lines(stage, contact_id, 40)
    with stage.house.db.begin() as session:
        flow = session.get_one(Contact, contact_id).flow
    assert {flow[question] for question in ("what", "zip", "payer")} == {MAX_ASKS}
