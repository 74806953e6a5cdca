"""Toll fraud, blocks, floods and care plans: the line is protected, and nobody in danger is kept from help."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from models import care
from models.contacts import Contact, events_of
from models.people import AuditEvent
from routing.documents import Ask, Document, Enqueue, HangUp, Record, Ring
from routing.phone import callable_in
from routing.vocabulary import ContactStatus, Disposition, Urgency
from services import (
    blocks,
    callback_rules,
    care_plans,
    contact_page,
    dispositions,
    escalation,
    held_calls,
    intake,
    waiting,
)
from services.blocks import BlockReason
from tests.services.calls import LINE, Stage, says

THEM = "+12125550142"


def calls_in(stage: Stage, number: str, sid: str, verdict: str = "") -> Document:
    call = intake.inbound_call(stage.house, sid, number, LINE, verdict)
    return intake.open_call(stage.house, call, stage.now)


def newest(stage: Stage) -> Contact:
    with stage.house.db.begin() as session:
        return session.scalars(select(Contact).order_by(Contact.opened_at.desc(), Contact.id)).all()[0]


def is_welcomed(document: Document) -> bool:
    return isinstance(document.steps[-1], Enqueue)


@pytest.mark.parametrize(
    ("number", "called"),
    [("+16175550123", True), ("+18765550123", False), ("+19005550123", False), ("+34612345678", False)],
)
def test_only_ordinary_numbers_of_our_countries_are_called_back(number: str, *, called: bool) -> None:
    assert callable_in(number, {"US", "CA"}) is called


def test_a_callback_abroad_is_refused_said_and_seen_and_at_the_limit_there_is_voicemail(stage: Stage) -> None:
    contact = stage.dials("+18765550123")
    assert says(waiting.greeting_key(stage.house, contact, "9", stage.now))[0] == "voice.no_callback_number"
    assert [row.reason for row in callback_rules.refused_lately(stage.house, stage.now)] == ["country"]
    stage.later(181)
    stage.waits(contact)
    document = waiting.left(stage.house, contact, "leave", stage.now)
    assert any(isinstance(step, Record) for step in document.steps)


def test_a_number_is_promised_so_many_callbacks_a_day_save_in_danger(stage: Stage) -> None:
    stage.house = replace(stage.house, rules=replace(stage.house.rules, callbacks_per_number_a_day=1))
    for _ in range(2):
        contact = stage.dials(THEM)
        waiting.greeting_key(stage.house, contact, "9", stage.now)
        stage.caller_hangs_up()
        stage.later(60)
    with stage.house.db.begin() as session:
        again = session.get_one(Contact, contact)
        assert callback_rules.refusal(session, stage.house, again, stage.now) == "number_limit"
        again.urgency = Urgency.CALL_911
        assert callback_rules.refusal(session, stage.house, again, stage.now) is None
        again.urgency = Urgency.NONE
        again.status = ContactStatus.ENDED
    with stage.house.db.begin() as session:
        owed_before = care.promised_since(session, stage.now - care.DAY)
    said = Disposition.CALLBACK_REQUESTED
    assert dispositions.close(stage.house, contact, stage.counselor(101), said, stage.now)
    with stage.house.db.begin() as session:
        assert care.promised_since(session, stage.now - care.DAY) == owed_before + 1, "a counselor's word is kept"


def test_a_blocked_number_rings_nobody_and_still_hears_and_reaches_help_in_danger(stage: Stage) -> None:
    supervisor = stage.counselor(150)
    refused = blocks.block_number(stage.house, supervisor, phone=THEM, days="400", reason="boredom", now=stage.now)
    assert refused == ("days", "reason")
    days, reason = "2", BlockReason.THREATS.value
    assert blocks.block_number(stage.house, supervisor, phone=THEM, days=days, reason=reason, now=stage.now) == ()

    heard = calls_in(stage, THEM, "CAblocked")
    assert says(heard)[:2] == ["voice.emergency", "voice.blocked"]
    assert calls_in(stage, THEM, "CAblocked") == heard, "told twice"
    contact = newest(stage)
    assert contact.status is ContactStatus.CLOSED
    assert stage.rings(contact.id) == []
    danger = held_calls.answered(stage.house, contact.id, "", "he is not breathing", stage.now)
    assert says(danger)[0].startswith("voice.danger_911")
    assert isinstance(held_calls.answered(stage.house, contact.id, "0", "", stage.now).steps[-1], Ask | HangUp)
    crisis = held_calls.answered(stage.house, contact.id, "8", "", stage.now)
    assert isinstance(crisis.steps[-1], Ring)
    assert says(escalation.after_988(stage.house, contact.id, answered=True, now=stage.now)) == ["voice.goodbye"]

    assert is_welcomed(calls_in(stage, "+12125550149", "CAneighbour")), "an exact number, no other"
    stage.later(2 * 86400 + 1)
    assert is_welcomed(calls_in(stage, THEM, "CAlater")), "a block has an end"


def test_in_a_flood_strangers_press_a_key_first_and_who_is_known_or_in_danger_does_not(stage: Stage) -> None:
    with stage.house.db.begin() as session:
        friend = session.get_one(Contact, stage.dials("+12125550144"))
        friend.connected_at = stage.now
    stage.later(3600)
    rules = replace(stage.house.rules, challenge_above_calls_a_minute=3)
    stage.house = replace(stage.house, rules=rules)
    for number in (1, 2, 3):
        assert is_welcomed(calls_in(stage, f"+1212555012{number}", f"CA{number}"))
    stage.later(1)

    assert says(calls_in(stage, "+12125550125", "CAstranger"))[1:] == ["voice.challenged"] * 2 + ["voice.goodbye"]
    stranger = newest(stage)
    assert stage.rings(stranger.id) == []
    assert is_welcomed(held_calls.answered(stage.house, stranger.id, "1", "", stage.now))
    assert is_welcomed(held_calls.answered(stage.house, stranger.id, "1", "", stage.now)), "told twice"
    assert newest(stage).status is ContactStatus.WAITING
    stage.later(1)
    calls_in(stage, "+12125550126", "CAspeaks")
    asked_again = held_calls.answered(stage.house, newest(stage).id, "", "hello, is anybody there", stage.now)
    assert says(asked_again)[1:] == ["voice.challenged"] * 2 + ["voice.goodbye"]
    spoke = held_calls.answered(stage.house, newest(stage).id, "", "my son is not breathing", stage.now)
    assert is_welcomed(spoke)
    assert is_welcomed(calls_in(stage, "+12125550144", "CAfriend"))


def test_the_networks_verdict_is_kept_and_nonsense_is_not(stage: Stage) -> None:
    calls_in(stage, THEM, "CA1", "TN-Validation-Failed-C")
    assert newest(stage).stir == "TN-Validation-Failed-C"
    stage.later(1)
    calls_in(stage, THEM, "CA2", "<b>anything</b>")
    assert newest(stage).stir is None


def test_a_care_plan_is_on_the_page_of_every_contact_of_that_number_and_audited(stage: Stage) -> None:
    supervisor = stage.counselor(150)
    first = stage.dials(THEM)
    assert care_plans.write(stage.house, first, supervisor, "Ask about the dog. Ten minutes.", "", stage.now)
    assert not care_plans.write(stage.house, first, supervisor, "x" * 2001, "", stage.now)
    later = stage.dials(THEM)

    page = contact_page.contact_page(stage.house, later, supervisor, stage.now)
    assert page is not None
    assert page.care_plan is not None
    assert (page.care_plan.words, page.care_plan.writer) == ("Ask about the dog. Ten minutes.", "Counselor 150")
    with stage.house.db.begin() as session:
        assert [e.data for e in session.scalars(select(AuditEvent))] == [{"contact_id": str(first)}]
        assert "dog" not in str([event.data for event in events_of(session, first)])
    care_plans.write(stage.house, first, supervisor, " ", "", stage.now)
    page = contact_page.contact_page(stage.house, later, supervisor, stage.now)
    assert page is not None
    assert page.care_plan is None
