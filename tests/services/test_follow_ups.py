"""Follow-ups: who gets one, when, how often, and what an answer does."""

import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from models.contacts import Contact
from models.follow_ups import FollowUp
from models.matches import MatchRecord
from models.people import Caller
from models.texts import TextMessage
from routing.follow_up import Outcome
from routing.sending import Purpose
from routing.vocabulary import Disposition, FollowUpKind, FollowUpStatus, TextStatus
from services import follow_up_plans, follow_up_starts, follow_ups, reaching, text_reports, texts, unreachable
from services.house import House
from services.match_replay import note_choice
from services.text_reports import StatusReport
from services.unreachable import LastWord
from tests.services.outside import NIGHT, NOON, make_caller, make_contact, make_counselor, write_in

DAY = timedelta(days=1)


def close(house: House, disposition: Disposition, *, texted: bool = True, **facts: object) -> None:
    with house.db.begin() as session:
        contact = make_contact(session, make_caller(session, timezone="America/New_York", **facts))
        if texted:
            write_in(session, contact)
        contact.disposition = disposition
        follow_up_plans.plan_for(session, house, contact, NOON)


def rows(house: House, kind: FollowUpKind | None = FollowUpKind.CHECK_IN) -> list[FollowUp]:
    with house.db.begin() as session:
        query = select(FollowUp).order_by(FollowUp.due_at)
        return list(session.scalars(query if kind is None else query.where(FollowUp.kind == kind)))


def texts_out(house: House) -> list[str]:
    with house.db.begin() as session:
        query = select(TextMessage).where(TextMessage.outgoing).order_by(TextMessage.position)
        return [message.body for message in session.scalars(query)]


def test_a_referred_person_is_asked_a_day_later_how_it_went(house: House) -> None:
    close(house, Disposition.REFERRED)
    assert follow_up_starts.start_due(house, NOON + DAY - timedelta(seconds=1)) == 0
    assert follow_up_starts.start_due(house, NOON + DAY) == 1
    assert [row.status for row in rows(house)] == [FollowUpStatus.STARTED]
    assert len(texts_out(house)) == 1
    assert "Reply 1" in texts_out(house)[0]


def test_a_due_row_is_started_once_however_often_the_sweeper_comes(house: House) -> None:
    close(house, Disposition.REFERRED)
    assert [follow_up_starts.start_due(house, NOON + DAY) for _ in range(3)] == [1, 0, 0]
    assert len(texts_out(house)) == 1


@pytest.mark.parametrize("disposition", [Disposition.CALLER_LEFT, Disposition.NOT_FOR_US, Disposition.INFORMATION])
def test_whoever_only_hung_up_or_asked_something_is_left_alone(house: House, disposition: Disposition) -> None:
    close(house, disposition)
    assert rows(house, None) == []


def swept(house: House, now: datetime) -> None:
    """Two ticks: what no text reaches is handed to people by the first, and theirs from the second."""
    follow_ups.give_up_waiting(house, now)
    follow_up_starts.start_due(house, now)
    follow_up_starts.start_due(house, now)


def test_whom_nothing_safe_reaches_is_one_open_question_that_a_counselor_closes_with_a_word(house: House) -> None:
    close(house, Disposition.REFERRED, texted=False)
    swept(house, NOON + DAY)
    (row,) = rows(house)
    assert (row.status, row.plan["instead"], row.plan["why"]) == (FollowUpStatus.STARTED, "no_way", "no_consent")
    swept(house, NOON + 4 * DAY)
    (asked,) = rows(house, FollowUpKind.DID_THEY_TAKE_YOU)
    assert (asked.status, asked.last_outcome) == (FollowUpStatus.STOPPED, "no_consent"), "it is asked once"
    with house.db.begin() as session:
        ana = make_counselor(session, "+16175550119").id
        ben = make_counselor(session, "+16175550118").id
    assert reaching.take(house, row.id, ana, NOON + 4 * DAY)
    assert not reaching.take(house, row.id, ben, NOON + 4 * DAY)
    assert unreachable.close(house, row.id, ana, LastWord.WAITS_FOR_THEM, NOON + 5 * DAY)
    assert not unreachable.close(house, row.id, ana, LastWord.WAITS_FOR_THEM, NOON + 5 * DAY)
    assert sorted(row.last_outcome or "" for row in rows(house, None)) == ["no_consent", *["waits_for_them"] * 3]
    assert texts_out(house) == []


def test_whom_a_text_does_not_reach_is_called_at_their_own_hours_when_they_said_that_it_is_safe(house: House) -> None:
    close(house, Disposition.REFERRED, texted=False, follow_up_texts_ok=True)
    follow_up_starts.start_due(house, NOON + DAY)
    with house.db.begin() as session:
        caller = session.scalars(select(Caller)).one()
        caller.calling_ok, caller.timezone = True, "America/New_York"
        caller.safe_from_hour, caller.safe_until_hour = 17, 19
        sent = session.scalars(select(TextMessage)).one()
        other = texts.copy_of(sent, Purpose.FOLLOW_UP, NOON + DAY + timedelta(hours=1))
        other.status = TextStatus.DELIVERED  # another step's, which says nothing of this one's
        session.add(other)
    told = NOON + 2 * DAY - timedelta(hours=2)
    assert text_reports.note_status(house, sent.id, StatusReport("SM1", "undelivered"), told) is TextStatus.UNDELIVERED
    assert rows(house)[0].due_at == told, "nobody waits for an answer to it"
    swept(house, NOON + 2 * DAY)
    (row,) = rows(house)
    assert (row.status, row.plan["instead"], row.due_at) == (
        *(FollowUpStatus.PENDING, "call"),
        NOON + 2 * DAY + timedelta(hours=5),
    )
    swept(house, row.due_at)
    assert follow_ups.complete(house, row.id, Outcome.NO_ANSWER, row.due_at)
    (row,) = rows(house)
    assert (row.status, row.attempts) == (FollowUpStatus.PENDING, 1)
    assert row.due_at > NOON + 3 * DAY, "not the next minute again"
    assert len(texts_out(house)) == 2


def test_a_caller_who_agreed_on_the_telephone_is_texted(house: House) -> None:
    close(house, Disposition.REFERRED, texted=False, follow_up_texts_ok=True)
    follow_up_starts.start_due(house, NOON + DAY)
    assert len(texts_out(house)) == 1


def test_the_first_text_to_anybody_says_how_to_stop_whichever_it_is(house: House) -> None:
    close(house, Disposition.REFERRED, texted=False, follow_up_texts_ok=True)
    with house.db.begin() as session:
        for row in session.scalars(select(FollowUp)):
            row.due_at = NOON if row.kind in (FollowUpKind.WEEK, FollowUpKind.MONTH) else NOON + 9 * DAY
    follow_up_starts.start_due(house, NOON)
    assert sorted("STOP ends texts" in body for body in texts_out(house)) == [False, True]


def test_after_stop_a_planned_follow_up_ends_without_a_text(house: House) -> None:
    close(house, Disposition.REFERRED)
    with house.db.begin() as session:
        session.scalars(select(Caller)).one().texts_stopped_at = NOON
    follow_up_starts.start_due(house, NOON + DAY)
    assert [row.plan["why"] for row in rows(house)] == ["stopped"]
    assert texts_out(house) == []


def test_a_follow_up_due_at_night_goes_at_nine(house: House) -> None:
    close(house, Disposition.REFERRED)
    with house.db.begin() as session:
        session.scalars(select(FollowUp).where(FollowUp.kind == FollowUpKind.CHECK_IN)).one().due_at = NIGHT
    follow_up_starts.start_due(house, NIGHT)
    (row,) = rows(house)
    assert (row.status, row.due_at.hour, row.attempts) == (FollowUpStatus.PENDING, 13, 0)
    assert texts_out(house) == []


def pass_days(house: House, days: int) -> None:
    for day in range(1, days + 1):
        now = NOON + day * DAY
        follow_ups.give_up_waiting(house, now)
        follow_up_starts.start_due(house, now)


def test_whoever_never_answers_is_texted_four_times_and_then_left_in_peace(house: House) -> None:
    close(house, Disposition.REFERRED)
    pass_days(house, 40)
    assert len(texts_out(house)) == 4
    assert [(row.kind.value, row.status.value, row.last_outcome) for row in rows(house, None)] == [
        ("check_in", "stopped", "no_answer"),
        ("did_they_take_you", "stopped", "no_answer"),
        ("week", "stopped", "no_answer"),
        ("month", "stopped", "stop_rule"),
    ]


def test_whoever_answers_once_still_hears_from_us_after_a_month(house: House) -> None:
    close(house, Disposition.REFERRED)
    follow_up_starts.start_due(house, NOON + DAY)
    with house.db.begin() as session:
        follow_ups.hear_answer(session, session.scalars(select(Caller)).one(), Outcome.ANSWERED, NOON + DAY)
    pass_days(house, 40)
    assert len(texts_out(house)) == 4  # the check-in once, then three days, a week, a month
    assert [row.last_outcome for row in rows(house, None)] == ["answered", "no_answer", "no_answer", "no_answer"]


@pytest.mark.parametrize("outcome", [Outcome.WANTS_COUNSELOR, Outcome.ANSWERED])
def test_any_answer_ends_the_check_in(house: House, outcome: Outcome) -> None:
    close(house, Disposition.REFERRED)
    follow_up_starts.start_due(house, NOON + DAY)
    with house.db.begin() as session:
        caller = session.scalars(select(Caller)).one()
        assert follow_ups.hear_answer(session, caller, outcome, NOON + DAY)
        assert not follow_ups.hear_answer(session, caller, outcome, NOON + DAY)
    assert [(row.status, row.last_outcome) for row in rows(house)] == [(FollowUpStatus.DONE, outcome.value)]


def test_the_place_you_chose_is_said_only_to_somebody_who_chose_one(house: House) -> None:
    close(house, Disposition.REFERRED)
    follow_up_starts.start_due(house, NOON + 3 * DAY)
    assert sum("one of the places" in body for body in texts_out(house)) == 1
    with house.db.begin() as session:
        contact = session.scalars(select(Contact)).one()
        kept = MatchRecord(
            at=NOON,
            contact_id=contact.id,
            need={},
            outcome="found",
            version="1",
            generation=1,
            live_version=1,
            digest="",
            listing_order=[7],
            shown=1,
        )
        session.add(kept)
        session.flush()
        assert note_choice(session, contact.id, 7, NOON, None)
        row = session.scalars(select(FollowUp).where(FollowUp.kind == FollowUpKind.DID_THEY_TAKE_YOU)).one()
        row.status = FollowUpStatus.PENDING
    follow_up_starts.start_due(house, NOON + 6 * DAY)
    assert sum("the place you chose" in body for body in texts_out(house)) == 1


def test_another_disposition_replaces_what_was_planned(house: House) -> None:
    close(house, Disposition.REFERRED)
    with house.db.begin() as session:
        contact = session.scalars(select(Contact)).one()
        contact.disposition = Disposition.NOT_FOR_US
        follow_up_plans.plan_for(session, house, contact, NOON)
    assert {(row.status, row.last_outcome) for row in rows(house, None)} == {(FollowUpStatus.STOPPED, "replaced")}


def test_a_number_with_two_contacts_is_not_texted_the_same_twice(house: House) -> None:
    with house.db.begin() as session:
        caller = make_caller(session, timezone="America/New_York", follow_up_texts_ok=True)
        for number in (0, 1):
            contact = make_contact(session, caller, disposition=Disposition.REFERRED)
            follow_up_plans.plan_for(session, house, contact, NOON + timedelta(hours=number))
    follow_up_starts.start_due(house, NOON + DAY + timedelta(hours=2))
    assert len(texts_out(house)) == 1
    assert sorted(row.status for row in rows(house)) == [FollowUpStatus.STARTED, FollowUpStatus.STOPPED]


def stopped_a_benzodiazepine(house: House) -> uuid.UUID:
    """A contact about clonazepam that was stopped from one day to the next; the counselor's id."""
    with house.db.begin() as session:
        counselor = make_counselor(session)
        contact = make_contact(session, make_caller(session))
        contact.triage = {
            "substances": [{"value": "clonazepam", "source": "voice"}],
            "flags": [{"value": "stopped_abruptly", "source": "voice"}],
        }
        contact.disposition, contact.disposition_by = Disposition.INFORMATION, counselor.id
        unwanted = (FollowUpKind.WITHDRAWAL_CHECK,)
        follow_up_plans.plan_for(session, house, contact, NOON, leave_out=unwanted)  # safety is not struck off
        return counselor.id


def test_after_a_long_acting_benzodiazepine_a_person_asks_daily_from_day_two_to_ten(house: House) -> None:
    counselor_id = stopped_a_benzodiazepine(house)
    planned = rows(house, FollowUpKind.WITHDRAWAL_CHECK)
    assert [(row.due_at - NOON).days for row in planned] == list(range(2, 11))
    follow_up_starts.start_due(house, NOON + 2 * DAY)
    (first, *_) = rows(house, FollowUpKind.WITHDRAWAL_CHECK)
    assert (first.status, first.owner_id) == (FollowUpStatus.STARTED, counselor_id)
    assert texts_out(house) == []  # a person, not a machine


def test_a_check_that_its_owner_forgets_is_offered_to_everybody_and_never_disappears(house: House) -> None:
    stopped_a_benzodiazepine(house)
    follow_up_starts.start_due(house, NOON + 2 * DAY)
    assert follow_ups.give_up_waiting(house, NOON + 3 * DAY) == 1
    (first,) = [row for row in rows(house, FollowUpKind.WITHDRAWAL_CHECK) if row.started_at]
    assert (first.status, first.owner_id) == (FollowUpStatus.STARTED, None)
    assert follow_ups.complete(house, first.id, Outcome.ANSWERED, NOON + 3 * DAY)
    assert not follow_ups.complete(house, first.id, Outcome.ANSWERED, NOON + 3 * DAY)
    (first,) = [row for row in rows(house, FollowUpKind.WITHDRAWAL_CHECK) if row.started_at]
    assert first.status is FollowUpStatus.DONE
