"""Facility staff are asked for their beds by text and by call, and a phone that is also a caller's is not confused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alarms import Alarm
from models.bed_contacts import BedContact
from models.bed_rounds import BedRound
from models.call_budget import SECOND, take_slot
from models.contacts import Contact
from models.directory import Facility
from models.live_facts import newest_beds
from models.outbox import OutboxRow
from models.texts import TextMessage
from routing.match_overlay import BedState
from routing.sending import Purpose
from routing.vocabulary import BedLevel, Language, LegStatus, TextStatus
from services import conversation, staff_calls, tasks, texts
from services.conversation import Heard, Inbound
from services.directory import bed_calls, bed_questions
from services.directory.bed_phones import BedPhone, register_phone, remove_phone
from services.directory.importing import ImportWish, import_directory
from services.directory.place_page import place_page
from services.directory.refused import Refused
from services.house import House
from services.text_claims import Sent
from telephony.ports import ProviderRefused
from tests.fixtures.directory import WriteCsv, place
from tests.fixtures.paper import PaperTelephony
from tests.services.outside import HELPLINE, Provider, make_counselor

STAFF, DAY = "+16175550177", datetime(2026, 11, 20, tzinfo=UTC)
BEFORE, TEN = DAY + timedelta(hours=14), DAY + timedelta(hours=15)  # 9:00 and 10:00 in Chelsea, Massachusetts
BOTH = (BedLevel.DETOX.value, BedLevel.RESIDENTIAL.value)


@pytest.fixture
def quay(match_house: House, write_csv: WriteCsv) -> House:
    """One place, Quay House."""
    assert not import_directory(match_house, ImportWish(write_csv([place()])), BEFORE).errors
    return match_house


def the_place(house: House) -> int:
    with house.db.begin() as session:
        return session.scalars(select(Facility.id).order_by(Facility.id)).first() or 0


def register(house: House, **facts: object) -> Refused | None:
    wanted = BedPhone(the_place(house), "(617) 555-0177", BOTH[:1], (10,))
    return register_phone(house, replace(wanted, **facts), BEFORE, None)  # type: ignore[arg-type]


def texts_out(house: House) -> list[str]:
    with house.db.begin() as session:
        rows = session.scalars(select(TextMessage).where(TextMessage.outgoing).order_by(TextMessage.position))
        return [row.body for row in rows]


def say(house: House, body: str, at: datetime, **more: str) -> Heard:
    inbound = Inbound(f"SM{at.timestamp()}", STAFF, HELPLINE, body, **more)  # type: ignore[arg-type]
    return conversation.receive_text(house, inbound, at)


def beds(house: House) -> dict[str, tuple[int, str]]:
    with house.db.begin() as session:
        return {bed.level.value: (bed.open, bed.how) for bed in newest_beds(session)}


def a_round(house: House) -> BedRound:
    with house.db.begin() as session:
        return session.scalars(select(BedRound).order_by(BedRound.opened_at.desc())).first()  # type: ignore[return-value]


def conversations(house: House) -> int:
    with house.db.begin() as session:
        return len(session.scalars(select(Contact)).all())


def test_a_phone_that_breaks_holds_up_no_other(quay: House) -> None:
    for number in ("(617) 555-0177", "(617) 555-0178"):
        assert register(quay, number=number) is None
    with quay.db.begin() as session:
        session.scalars(select(BedContact).order_by(BedContact.id)).first().levels = []  # type: ignore[union-attr]
    assert bed_questions.ask_due(quay, TEN) == 1
    assert len(texts_out(quay)) == 1


def test_a_phone_is_asked_at_its_hour_answers_one_digit_for_each_level_and_corrects_it(quay: House) -> None:
    assert register(quay, levels=BOTH) is None
    assert bed_questions.ask_due(quay, TEN - timedelta(minutes=1)) == 0
    assert bed_questions.ask_due(quay, TEN + timedelta(minutes=5)) == 1
    assert bed_questions.ask_due(quay, TEN + timedelta(minutes=6)) == 0
    assert texts_out(quay) == [
        "Harborline: how many detox beds are open now at Quay House? Reply with one digit: 0, 1, 2 … 9 (9 = 9 or more)."
        " STOP ends these questions."
    ]
    at = TEN + timedelta(minutes=9)
    assert say(quay, " 3. ", at) is Heard.FACILITY
    assert texts_out(quay)[-1].startswith("Thank you. Noted for Quay House: 3 detox beds open.")
    assert "how many residential treatment beds" in texts_out(quay)[-1]
    say(quay, "9", at + timedelta(minutes=1))
    say(quay, "0", at + timedelta(minutes=2))
    assert beds(quay) == {"detox": (3, "text"), "residential": (0, "text")}
    page = place_page(quay, the_place(quay), at)
    assert page is not None
    assert {(bed.who, bed.state) for bed in page.beds} == {
        ("••• ••• ••77", BedState.OPEN),
        ("••• ••• ••77", BedState.FULL),
    }
    assert say(quay, "thanks!", at + timedelta(minutes=3)) is Heard.FACILITY
    assert len(texts_out(quay)) == 4
    assert conversations(quay) == 0


def test_a_wrong_answer_gets_one_clear_sentence_and_then_a_person(quay: House) -> None:
    register(quay, language=Language.SPANISH)
    bed_questions.ask_due(quay, TEN)
    say(quay, "tenemos doce", TEN + timedelta(minutes=1))
    assert texts_out(quay)[-1].startswith("Envíe solo un dígito, de 0 a 9")
    assert beds(quay) == {}
    assert say(quay, "no entiendo nada", TEN + timedelta(minutes=2)) is Heard.CONVERSATION
    assert conversations(quay) == 1


def test_whoever_needs_help_is_a_caller_also_from_a_registered_phone(quay: House) -> None:
    register(quay)
    bed_questions.ask_due(quay, TEN)
    assert say(quay, "I want to kill myself", TEN + timedelta(minutes=1)) is Heard.CONVERSATION
    assert "988" in texts_out(quay)[-1]
    assert say(quay, "3", TEN + timedelta(minutes=2)) is Heard.CONVERSATION, "an answer to what we asked last"
    assert beds(quay) == {}


def test_a_caller_who_is_asked_for_beds_in_the_midst_answers_that_with_a_digit(quay: House) -> None:
    register(quay)
    say(quay, "hello, my son needs help", TEN - timedelta(minutes=3))
    bed_questions.ask_due(quay, TEN)
    assert say(quay, "4", TEN + timedelta(minutes=1)) is Heard.FACILITY
    assert beds(quay) == {"detox": (4, "text")}
    assert say(quay, "he takes heroin", TEN + timedelta(minutes=2)) is Heard.CONVERSATION


def test_stop_ends_texts_and_calls_until_start(quay: House) -> None:
    register(quay)
    bed_questions.ask_due(quay, TEN)
    assert say(quay, "STOP", TEN + timedelta(minutes=1)) is Heard.FACILITY
    assert bed_calls.plan_due(quay, TEN + timedelta(hours=1)) == 0
    assert bed_questions.ask_due(quay, TEN + timedelta(days=1)) == 0
    assert say(quay, "START", TEN + timedelta(days=1)) is Heard.FACILITY
    assert bed_questions.ask_due(quay, TEN + timedelta(days=1, minutes=2)) == 1
    assert conversations(quay) == 0


def test_the_sender_keeps_a_question_to_the_facilitys_day_and_learns_a_stop_from_the_network(quay: House) -> None:
    register(quay)
    bed_questions.ask_due(quay, TEN)
    with quay.db.begin() as session:
        question = session.scalars(select(TextMessage)).one()
        assert question.purpose == Purpose.BED_QUESTION
    provider = Provider(fail_before=[ProviderRefused(21610, retry=False)])
    assert texts.send(quay, provider, question.id, TEN + timedelta(hours=13)) is Sent.WAITS  # 23:00 there
    assert texts.send(quay, provider, question.id, TEN + timedelta(days=1)) is Sent.SUPPRESSED
    with quay.db.begin() as session:
        assert session.scalars(select(BedContact)).one().stopped_at is not None
        assert session.scalars(select(TextMessage)).one().status is TextStatus.SUPPRESSED


def test_an_unanswered_text_is_followed_by_one_call_that_takes_a_key(quay: House, paper: PaperTelephony) -> None:
    register(quay, levels=BOTH)
    bed_questions.ask_due(quay, TEN)
    assert bed_calls.plan_due(quay, TEN + timedelta(minutes=19)) == 0
    assert bed_calls.plan_due(quay, TEN + timedelta(minutes=20)) == 1
    with quay.db.begin() as session:
        asked = session.scalars(select(OutboxRow).where(OutboxRow.task == tasks.ASK_BEDS)).one()
    round_id = a_round(quay).id
    assert (asked.queue, asked.args) == ("calls", [str(round_id)])
    now = TEN + timedelta(minutes=21)
    slow = replace(quay, rules=replace(quay.rules, calls_per_second=1))
    assert bed_calls.place(slow, paper, round_id, now)
    assert not bed_calls.place(slow, paper, round_id, now + SECOND), "a reminder that comes twice rings once"
    with quay.db.begin() as session:
        assert take_slot(session, 1, now + SECOND), "and takes nobody's turn"
    assert paper.ringing() == [STAFF]
    bed_calls.picked_up(quay, round_id, "CA1")
    bed_calls.pressed(quay, round_id, "#", now)
    bed_calls.pressed(quay, round_id, "2", now)
    last = bed_calls.pressed(quay, round_id, "0", now)
    bed_calls.call_ended(quay, round_id)
    assert [getattr(step, "key", "") for step in last.steps] == ["bed.call_thanks", ""]
    assert beds(quay) == {"detox": (2, "call"), "residential": (0, "call")}
    assert a_round(quay).call_status is LegStatus.ENDED
    assert bed_calls.plan_due(quay, now + timedelta(hours=1)) == 0


def test_where_it_is_night_and_a_phone_that_cannot_be_read_keep_no_other_from_being_called(
    quay: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff_calls, "BATCH", 1)
    for number in ("(617) 555-0177", "(617) 555-0178", "(617) 555-0179"):
        assert register(quay, number=number, voice_only=True) is None
    assert bed_questions.ask_due(quay, TEN) == 3
    with quay.db.begin() as session:
        broken, night, open_now = session.scalars(select(BedRound)).all()
        broken.asked_at, night.asked_at = TEN - 2 * SECOND, TEN - SECOND
        broken.phone.timezone, night.phone.timezone = "No/Where", "Pacific/Auckland"
        id_ = open_now.id
    assert bed_calls.plan_due(quay, TEN) == 1
    assert bed_questions.ask_due(quay, TEN + timedelta(days=1)) == 1
    with quay.db.begin() as session:
        assert session.get_one(BedRound, id_).call_status is LegStatus.PLANNED
        assert session.scalars(select(Alarm.kind).order_by(Alarm.at)).all() == ["row_broken"] * 2, "a day later anew"


def test_a_call_that_cannot_be_planned_holds_up_no_other(quay: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in ("(617) 555-0177", "(617) 555-0178"):
        assert register(quay, number=number, voice_only=True) is None
    assert bed_questions.ask_due(quay, TEN) == 2
    ask, asked = tasks.ask, list[object]()

    def breaks_once(session: Session, task: str, id_: object, now: datetime) -> None:
        asked.append(id_)
        if len(asked) == 1:
            raise RuntimeError
        ask(session, task, id_, now)

    monkeypatch.setattr(tasks, "ask", breaks_once)
    assert bed_calls.plan_due(quay, TEN) == 1
    assert bed_calls.plan_due(quay, TEN) == 1, "the next sweep finds what broke"
    assert asked[2] == asked[0]


def test_a_phone_that_reads_no_texts_is_called_at_once_but_not_at_night(quay: House, paper: PaperTelephony) -> None:
    register(quay, voice_only=True)
    bed_questions.ask_due(quay, TEN)
    assert texts_out(quay) == []
    night = replace(quay, rules=replace(quay.rules, text_window_start_hour=12))
    assert bed_calls.plan_due(night, TEN) == 0
    assert bed_calls.plan_due(quay, TEN) == 1
    assert not bed_calls.place(night, paper, a_round(quay).id, TEN)
    assert bed_calls.plan_due(quay, TEN) == 1, "what was too late for the evening is planned anew"
    paper.refuse.add(STAFF)
    assert not bed_calls.place(quay, paper, a_round(quay).id, TEN)
    assert a_round(quay).call_status is LegStatus.ENDED


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        ({"number": "555"}, Refused.NUMBER),
        ({"number": HELPLINE}, Refused.NUMBER_OF_OURS),
        ({"number": "+16175550111"}, Refused.NUMBER_OF_OURS),
        ({"levels": ()}, Refused.LEVELS),
        ({"levels": ("spa",)}, Refused.LEVELS),
        ({"ask_hours": (3,)}, Refused.HOURS),
        ({"facility_id": 10**9}, Refused.UNKNOWN_FACILITY),
    ],
)
def test_a_phone_that_cannot_be_registered_is_refused(quay: House, facts: dict[str, object], refused: Refused) -> None:
    with quay.db.begin() as session:
        make_counselor(session)
    assert register(quay, **facts) is refused


def test_a_phone_answers_for_one_place_and_no_more_once_it_is_taken_off(quay: House, write_csv: WriteCsv) -> None:
    register(quay)
    with quay.db.begin() as session:
        contact_id, facility_id = session.execute(select(BedContact.id, BedContact.facility_id)).one()
        other = Facility(key="other")
        session.add(other)
        session.flush()
        other_id = other.id
    assert register(quay, facility_id=other_id) is Refused.NUMBER_TAKEN
    assert remove_phone(quay, other_id, contact_id, TEN, None) is Refused.UNKNOWN_PHONE
    assert remove_phone(quay, facility_id, contact_id, TEN, None) is None
    assert bed_questions.ask_due(quay, TEN) == 0
    assert say(quay, "3", TEN) is Heard.CONVERSATION


def test_the_hour_of_asking_follows_the_clock_of_the_place(quay: House) -> None:
    register(quay, ask_hours=(10, 15))
    assert bed_questions.ask_due(quay, TEN + timedelta(hours=1)) == 1, "an hour late is still asked"
    assert bed_questions.ask_due(quay, DAY + timedelta(hours=22, minutes=5)) == 0, "two hours late is not"
    assert bed_questions.ask_due(quay, datetime(2027, 7, 1, 14, 1, tzinfo=UTC)) == 1, "10:01 in summer"
