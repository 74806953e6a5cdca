"""Whoever works on a contact holds back others who would change it, not those who only write beside it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from models import follow_ups as rows
from models import texts
from models.contacts import lock_contact, record
from models.database import Database
from models.disclosures import Disclosure, lock_consent
from models.follow_ups import FollowUp
from models.texts import TextMessage
from routing.disclosure import Basis, SharedFor, Told
from routing.follow_up import Outcome
from routing.vocabulary import FollowUpKind, FollowUpStatus, TextStatus
from services import disclosure, follow_ups, written_consents
from services.written_consents import Revoked
from tests.fixtures.lock_order import LockOrder
from tests.services.consenting import a_consent, a_person, a_place
from tests.services.outside import HELPLINE, NOON, make_caller, make_contact


def test_a_sweeper_tells_of_a_contact_that_a_webhook_holds_and_only_a_second_change_waits(
    build_clean_engine: Callable[[], Engine], keys: None
) -> None:
    """A sweeper holds a follow-up and writes of its contact; a webhook holds the contact and wants the follow-up."""
    webhook, sweeper = Database(build_clean_engine()), Database(build_clean_engine())
    with webhook.begin() as session:
        contact_id = make_contact(session, make_caller(session)).id
    with webhook.begin() as holding:
        assert lock_contact(holding, contact_id) is not None
        with sweeper.begin() as session:
            session.execute(text("set local lock_timeout = '200ms'"))
            record(session, contact_id, "follow_up_started", NOON + timedelta(days=1))
        with sweeper.begin() as session:
            session.execute(text("set local lock_timeout = '200ms'"))
            with pytest.raises(OperationalError, match="lock timeout"):
                lock_contact(session, contact_id)


def test_a_consent_is_taken_back_while_a_text_under_it_is_taken_which_then_does_not_go(
    build_clean_engine: Callable[[], Engine], keys: None
) -> None:
    sender, person = Database(build_clean_engine()), Database(build_clean_engine())
    with person.begin() as session:
        contact, place = a_person(session), a_place(session)
        consent_id = a_consent(session, contact, place).id
        told = Disclosure(contact_id=contact.id, consent_id=consent_id, facility_id=place, recipient="Harbor House")
        told.basis, told.purpose, told.how, told.facts = Basis.CONSENT, SharedFor.TREATMENT, Told.TEXT, []
        told.at = told.documented_at = NOON
        session.add(told)
        session.flush()
        text_ = TextMessage(disclosure_id=told.id, outgoing=True, purpose="referral_question", body="facts")
        text_.helpline_number, text_.status = HELPLINE, TextStatus.QUEUED
        text_.created_at = text_.due_at = NOON
        session.add(text_)
        session.flush()
        text_id = text_.id
    with sender.begin() as taking:
        (message,) = texts.claim_to_send(taking, [text_id], NOON)
        with person.begin() as session:
            session.execute(text("set local lock_timeout = '200ms'"))
            consent = lock_consent(session, consent_id)
            assert consent is not None
            assert written_consents.revoke_in(session, consent, Revoked.BY_PERSON, NOON)
        assert not disclosure.still_allowed(taking, message, NOON)


def test_a_step_that_ends_its_plan_waits_for_nobody_who_has_a_later_step(
    build_clean_engine: Callable[[], Engine], keys: None
) -> None:
    webhook, sweeper = Database(build_clean_engine()), Database(build_clean_engine())
    with webhook.begin() as session:
        contact = make_contact(session, make_caller(session))
        plan = {"plan": "p", "by": "text", "silent_attempts": 1}
        of = {"contact": contact, "kind": FollowUpKind.WEEK, "due_at": NOON, "created_at": NOON, "plan": plan}
        asked = FollowUp(**of, status=FollowUpStatus.STARTED, attempts=1, max_attempts=1)
        later, last = FollowUp(**of), FollowUp(**of)
        session.add_all([asked, later, last])
        session.flush()
        asked_id, later_id, last_id = asked.id, later.id, last.id
    with webhook.begin() as holding:
        holding.get_one(FollowUp, later_id, with_for_update={"of": FollowUp})
        with sweeper.begin() as session:
            session.execute(text("set local lock_timeout = '200ms'"))
            row = rows.lock_started(session, asked_id)
            assert row is not None
            follow_ups.settle(session, row, Outcome.NO_ANSWER, NOON)
    with sweeper.begin() as session:
        found = [session.get_one(FollowUp, id_).status for id_ in (asked_id, later_id, last_id)]
    assert found == [FollowUpStatus.STOPPED, FollowUpStatus.PENDING, FollowUpStatus.STOPPED]


def test_the_watch_over_the_order_of_locks_sees_claims_joins_and_what_was_locked_before_a_savepoint(
    database: Database, lock_order: LockOrder, keys: None
) -> None:
    with database.begin() as session:
        make_contact(session, make_caller(session))
    person, claim = text("UPDATE caller SET id = id"), text("UPDATE contact SET id = id")
    both = text("SELECT 1 FROM contact JOIN caller ON caller.id = caller_id FOR NO KEY UPDATE OF contact")
    for first in (claim, both):
        with database.begin() as session:
            session.execute(first)
            with session.begin_nested():
                session.execute(text("SELECT 1"))
            session.execute(person)
    assert len(lock_order.broken) == 2
    lock_order.broken.clear()
    with database.begin() as session:
        session.execute(person)
        session.execute(both)
    with database.begin() as session:
        session.execute(claim)
    assert lock_order.broken == []
