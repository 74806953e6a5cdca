"""A time without the database, seen from the services: who is rung, what is written down, and what becomes of it."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from models.callbacks import owed_callback
from models.contacts import Contact, events_of
from models.texts import TextMessage
from routing.degraded_flow import STEPS, OnShift, Phone, moments, on_shift_at, phones_of_round
from routing.documents import Document, Ring
from routing.follow_up import By
from routing.vocabulary import ContactStatus, FollowUpStatus, Presence
from services import blocks, releasing
from services.degraded import calls, replay, snapshot, texts
from services.degraded.local import LocalState, entry_in
from services.degraded.tickets import Ticket, open_ticket, seal
from services.house import House
from services.intake import InboundCall
from services.text_contacts import Inbound
from tests.fixtures.paper import PaperTelephony
from tests.services.calls import LINE, NOON, Stage, says

CALLER = "+12125550142"
CALL = InboundCall("CA1", CALLER, LINE)


@pytest.fixture
def stage(house: House, paper: PaperTelephony) -> Stage:
    rules = replace(house.rules, on_call_numbers=("+16175550199",))
    return Stage(replace(house, rules=rules), paper)


@pytest.fixture
def local(stage: Stage) -> LocalState:
    assert stage.house.local is not None
    return stage.house.local


def rung(document: Document) -> list[str]:
    return [target.number for step in document.steps if isinstance(step, Ring) for target in step.targets]


def ticket_for(document: Document, number: str) -> str:
    (ring,) = [step for step in document.steps if isinstance(step, Ring)]
    (whisper,) = [target.whisper for target in ring.targets if target.number == number]
    return (whisper or "").rsplit("/", 1)[1]


def after_of(document: Document) -> str:
    return next(step.then for step in document.steps if isinstance(step, Ring)).rsplit("/", 1)[1]


def contacts(stage: Stage) -> list[Contact]:
    with stage.house.db.begin() as session:
        found = list(session.scalars(select(Contact).order_by(Contact.opened_at)))
        for contact in found:
            _ = contact.legs
        return found


def story(stage: Stage, contact: Contact) -> list[str]:
    with stage.house.db.begin() as session:
        return [event.kind for event in events_of(session, contact.id)]


def without_a_database(stage: Stage) -> Callable[[], None]:
    """The database is gone until the returned function is called."""

    def gone(*_: object) -> None:
        raise OperationalError("connect", None, Exception("gone"))

    db = stage.house.db
    saved = db.begin, db.autocommit
    db.begin = db.autocommit = gone  # type: ignore[method-assign, assignment]

    def back() -> None:
        db.begin, db.autocommit = saved  # type: ignore[method-assign]

    return back


def test_people_on_shift_and_the_on_call_numbers_are_rung_from_the_snapshot(stage: Stage, local: LocalState) -> None:
    stage.counselor(101)
    stage.counselor(102, presence=Presence.AWAY)
    stage.counselor(103, on_shift=False)
    assert snapshot.take(stage.house, local, NOON)
    assert not snapshot.take(stage.house, local, NOON), "another process of this host has just done it"

    document = calls.answer(stage.house, CALL, NOON + timedelta(hours=11))
    assert rung(document) == ["+16175550101", "+16175550199"]
    assert says(document)[0] == "voice.fallback"
    too_old = calls.answer(stage.house, CALL, NOON + timedelta(hours=13))
    assert rung(too_old) == ["+16175550199"], "nobody knows who is on shift so much later"


def test_a_blocked_number_is_told_where_help_is_and_rings_nobody(stage: Stage, local: LocalState) -> None:
    supervisor = stage.counselor(101)
    number = CALL.caller_number or ""
    assert blocks.block_number(stage.house, supervisor, phone=number, days="2", reason="threats", now=NOON) == ()
    with stage.house.db.begin() as session:  # neither the number nor who blocked it is needed
        session.execute(text("update block set number = 'no key'"))
        session.execute(text("update counselor set name = 'no key'"))
    snapshot.take(stage.house, local, NOON)

    held = calls.answer(stage.house, CALL, NOON)
    assert rung(held) == []
    assert "voice.blocked_danger" in says(held)
    replay.replay(stage.house, local, NOON)
    (contact,) = contacts(stage)
    with stage.house.db.begin() as session:
        assert owed_callback(session, contact.id) is None
    assert rung(calls.answer(stage.house, CALL, NOON + timedelta(days=3))) == ["+16175550199"], "a block has an end"


def test_a_ticket_is_ours_tells_nothing_expires_and_fits_one_call(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = Ticket("CA1", 1, "somebody")
    sealed = seal(ticket)
    assert open_ticket(sealed, 60) == ticket
    assert "somebody" not in sealed
    assert open_ticket(sealed[:-5] + "AAAA=", 60) is None
    assert open_ticket(sealed, -2) is None
    assert says(calls.picked_up(sealed, "CA1")) == ["voice.degraded_press_one"]
    assert says(calls.picked_up(sealed, "CA2")) == []
    assert len(calls.pressed(stage.house, sealed, "2", "CA9", NOON).steps) == 1
    assert calls.pressed(stage.house, sealed, "1", "CA9", NOON).steps == ()


def test_a_talk_without_the_database_is_a_talk_in_the_records_and_replaying_twice_changes_nothing(
    stage: Stage, local: LocalState, tmp_path: Path
) -> None:
    ana = stage.counselor(101)
    snapshot.take(stage.house, local, NOON)
    document = calls.answer(stage.house, CALL, NOON)
    calls.pressed(stage.house, ticket_for(document, "+16175550101"), "1", "CAana", NOON)
    calls.after(stage.house, after_of(document), CALL, NOON, spoken=True, phone="CAana")
    journal = (tmp_path / "state" / "journal").read_bytes()
    assert replay.replay(stage.house, local, NOON) == 3
    assert replay.replay(stage.house, local, NOON) == 0
    (tmp_path / "state" / "journal").write_bytes(journal)  # the process died before it could remove it
    assert replay.replay(stage.house, local, NOON) == 3

    (contact,) = contacts(stage)
    assert (contact.status, contact.claimed_by) == (ContactStatus.ENDED, ana)
    assert story(stage, contact).count("accepted") == story(stage, contact).count("degraded") == 1
    with stage.house.db.begin() as session:
        assert owed_callback(session, contact.id) is None


def test_a_caller_who_left_while_phones_rang_is_work_for_a_person(stage: Stage, local: LocalState) -> None:
    calls.answer(stage.house, CALL, NOON)
    replay.replay(stage.house, local, NOON)
    (contact,) = contacts(stage)
    with stage.house.db.begin() as session:
        owed = owed_callback(session, contact.id)
        assert owed is not None
        assert (owed.status, owed.plan) == (FollowUpStatus.STARTED, {"by": By.PERSON.value})


def test_when_nobody_answers_the_promised_callback_is_owed_once(stage: Stage, local: LocalState) -> None:
    back = without_a_database(stage)
    document = calls.answer(stage.house, CALL, NOON)
    while rung(document):
        document = calls.after(stage.house, after_of(document), CALL, NOON, spoken=False, phone="")
    assert says(document) == ["voice.degraded_callback"] * 2, "in both languages"
    back()
    replay.replay(stage.house, local, NOON)
    (contact,) = contacts(stage)
    with stage.house.db.begin() as session:
        owed = owed_callback(session, contact.id)
        assert owed is not None
        assert owed.status is FollowUpStatus.PENDING
    releasing.leg_ended(stage.house, None, CALL.sid, "completed", NOON)
    assert story(stage, contact).count("callback_promised") == 1


def test_a_caller_whose_ringing_was_in_vain_waits_as_everybody_does_once_the_database_is_back(
    stage: Stage, local: LocalState
) -> None:
    document = calls.answer(stage.house, CALL, NOON)
    replay.replay(stage.house, local, NOON)
    back = calls.after(stage.house, after_of(document), CALL, NOON, spoken=False, phone="")
    assert says(back) == ["voice.degraded_back"]
    (contact,) = contacts(stage)
    assert contact.status is ContactStatus.WAITING
    with stage.house.db.begin() as session:
        assert owed_callback(session, contact.id) is None


def test_texts_are_answered_at_once_danger_each_time_and_read_once_when_the_database_is_back(
    stage: Stage, local: LocalState
) -> None:
    def text(sid: str, body: str) -> str:
        return texts.answer(stage.house, Inbound(sid, CALLER, LINE, body), NOON)

    assert "911" in text("SM1", "is anybody there")
    assert text("SM2", "hello?") == ""
    assert "This sounds like an emergency" in text("SM3", "I want to kill myself")
    assert text("SM4", "STOP") == ""
    assert replay.replay(stage.house, local, NOON) == 4
    with stage.house.db.begin() as session:
        kept = session.scalars(select(TextMessage.provider_sid).where(~TextMessage.outgoing)).all()
    assert sorted(kept) == ["SM1", "SM2", "SM3", "SM4"]


def test_a_torn_line_and_a_foreign_one_are_set_aside_and_keep_nothing_waiting(
    stage: Stage, local: LocalState, tmp_path: Path
) -> None:
    journal = tmp_path / "state" / "journal"
    calls.answer(stage.house, CALL, NOON)
    with journal.open("ab") as file:
        file.write(journal.read_bytes()[:40])  # the power went
    calls.answer(stage.house, replace(CALL, sid="CA2"), NOON)
    assert [entry_in(line) is None for line in journal.read_bytes().splitlines()] == [False, True, False]
    assert replay.replay(stage.house, local, NOON) == 2
    assert local.refused_lines() == 1
    assert replay.replay_again(stage.house, NOON) == (0, 1)
    assert oct((tmp_path / "state" / "refused").stat().st_mode)[-3:] == "600"


def test_a_disk_that_is_full_keeps_nobody_from_an_answer(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    assert rung(calls.answer(stage.house, CALL, NOON)) == ["+16175550199"]


def test_who_is_on_shift_is_known_by_the_quarter_of_an_hour_and_callers_begin_with_different_people() -> None:
    hours = tuple(step < 3 for step in range(STEPS))
    ana = OnShift("a", "+16175550101", Presence.AVAILABLE, hours)
    taken = NOON + timedelta(minutes=10)
    assert moments(taken)[:2] == [taken, NOON + timedelta(minutes=15)]
    at = [on_shift_at([ana], taken, NOON + timedelta(minutes=minutes)) for minutes in (12, 20, 44, 45)]
    assert [bool(here) for here in at] == [True, True, True, False]
    many = [OnShift(f"{n:02}", f"+161755501{n:02}", Presence.AVAILABLE, hours) for n in range(20)]
    first, second = (phones_of_round(many, ("+16175550199",), "", 0, turn) for turn in (0, 7))
    assert len(first) == len(second) == 10
    assert first[0] != second[0]
    assert first[-1] == Phone("+16175550199")
    everybody = {phone.person for number in range(3) for phone in phones_of_round(many, (), "", number, 0)}
    assert len(everybody) == 20, "nobody is left out in three rounds"
