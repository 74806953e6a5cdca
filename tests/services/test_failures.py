"""What cannot be delivered is set aside with its reason, blocks nothing, and waits for people to decide."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from models import outbox
from models.follow_ups import FollowUp
from models.people import AuditEvent, Caller
from models.texts import TextMessage
from routing.sending import Purpose, Refusal
from routing.vocabulary import FollowUpKind, FollowUpStatus, Role, TextStatus
from services import failures, follow_up_starts, jobs, texts
from services.failures import FailureKind, LetGoReason
from services.house import House
from telephony.ports import ProviderRefused
from tests.fixtures.people import Browser
from tests.services.outside import HELPLINE, NOON, Provider, make_caller, make_contact, make_counselor

LANDLINE = 30006
HOURS = timedelta(hours=1)


@pytest.fixture
def actor(house: House) -> uuid.UUID:
    with house.db.begin() as session:
        return make_counselor(session).id


def failed_text(house: House, purpose: Purpose = Purpose.REPLY) -> uuid.UUID:
    with house.db.begin() as session:
        caller = session.scalar(select(Caller)) or make_caller(session, texting_ok=True, timezone="America/New_York")
        contact = make_contact(session, caller)
        message = texts.queue_text(
            session,
            body="We are here.",
            purpose=purpose,
            helpline_number=HELPLINE,
            contact=contact,
            caller=caller,
            now=NOON,
        )
    provider = Provider(fail_before=[ProviderRefused(LANDLINE, retry=False)])
    texts.send(house, provider, message.id, NOON)
    return message.id


def newest_text(house: House) -> TextMessage:
    with house.db.begin() as session:
        query = select(TextMessage).order_by(TextMessage.created_at.desc())
        found = session.scalars(query).first()
        assert found is not None
        return found


def test_a_failed_text_is_sent_again_as_a_new_one_and_leaves_the_list(house: House, actor: uuid.UUID) -> None:
    failed = failed_text(house)
    (row,) = failures.failures_now(house).rows
    assert (row.kind, row.what, row.code, row.attempts) == (FailureKind.TEXT, "reply", LANDLINE, 1)
    assert failures.try_again(house, row.kind, row.id, actor, NOON + HOURS / 2) is True
    assert failures.failures_now(house).counts.total == 0
    again = newest_text(house)
    assert (again.id != failed, again.status, again.purpose) == (True, TextStatus.QUEUED, "reply")
    assert failures.try_again(house, row.kind, row.id, actor, NOON + HOURS) is False, "two who press at once: one text"
    with house.db.begin() as session:
        assert session.scalars(select(AuditEvent.kind)).all() == ["failure_tried_again"]


def test_late_at_night_an_answer_that_had_failed_waits_for_the_morning(house: House, actor: uuid.UUID) -> None:
    failed = failed_text(house)
    night = NOON + 12 * HOURS
    assert failures.try_again(house, FailureKind.TEXT, str(failed), actor, night) is True
    provider = Provider()
    texts.send(house, provider, newest_text(house).id, night)
    assert provider.sent == []
    assert newest_text(house).due_at == NOON + 21 * HOURS, "nine in Boston"


@pytest.mark.parametrize(("said", "refusal"), [("texts_stopped_at", Refusal.STOPPED), ("texting_ok", Refusal.NOT_SAFE)])
def test_stop_and_safe_contact_hold_for_a_second_try_too(
    house: House, actor: uuid.UUID, said: str, refusal: Refusal
) -> None:
    failed = failed_text(house)
    with house.db.begin() as session:
        caller = session.scalars(select(Caller)).one()
        setattr(caller, said, NOON if said == "texts_stopped_at" else False)
    assert failures.try_again(house, FailureKind.TEXT, str(failed), actor, NOON) is refusal
    assert failures.failures_now(house).counts.texts == 1


def test_the_confirmation_of_stop_is_never_sent_a_second_time(house: House, actor: uuid.UUID) -> None:
    failed = failed_text(house, Purpose.OPT_OUT_CONFIRMATION)
    assert failures.failures_now(house).rows[0].again is False
    assert failures.try_again(house, FailureKind.TEXT, str(failed), actor, NOON) is False


def test_a_task_that_fails_five_times_is_given_up_and_may_be_asked_for_anew(house: House, actor: uuid.UUID) -> None:
    with house.db.begin() as session:
        outbox.put(session, "workers.texts.send", "texts", "x", now=NOON)
        outbox.put(session, "workers.texts.send", "texts", "y", now=NOON)
        poison = outbox.claim_unpublished(session, older_than=NOON + HOURS)[0].id
    for count in range(5):
        assert failures.failures_now(house).counts.jobs == 0, count
        jobs.note_failure(house, poison, "KeyError", NOON)
    (row,) = failures.failures_now(house).rows
    assert (row.kind, row.attempts, row.error) == (FailureKind.JOB, 5, "KeyError")
    with house.db.begin() as session:
        waiting = outbox.claim_unpublished(session, older_than=NOON + HOURS)
        assert [one.args for one in waiting if one.task == "workers.texts.send"] == [["y"]], "what is behind it goes on"
        assert outbox.oldest_unpublished(session) == NOON
    assert failures.try_again(house, row.kind, row.id, actor, NOON) is True
    with house.db.begin() as session:
        assert poison in {one.id for one in outbox.claim_unpublished(session, older_than=NOON + HOURS)}


def test_a_task_that_kills_its_worker_time_and_again_runs_no_more(house: House) -> None:
    with house.db.begin() as session:
        outbox.put(session, "workers.texts.send", "texts", "x", now=NOON)
        (row,) = outbox.claim_unpublished(session, older_than=NOON + HOURS)
        outbox.mark_published(session, [row.id], NOON)
    assert [jobs.may_run_again(house, row.id, "WorkerLost", NOON) for _ in range(6)] == [True] * 4 + [False] * 2
    assert failures.failures_now(house).rows[0].error == "WorkerLost"


def test_one_follow_up_that_breaks_holds_up_no_other(house: House, actor: uuid.UUID) -> None:
    plan = {"plan": "p", "by": "text", "spacing_seconds": 60, "silent_attempts": 4, "words": "follow_up.check_in"}
    with house.db.begin() as session:
        contact = make_contact(session, make_caller(session, follow_up_texts_ok=True))
        for words in ("no.such.phrase", "follow_up.check_in"):
            session.add(
                FollowUp(
                    contact_id=contact.id,
                    kind=FollowUpKind.CHECK_IN,
                    due_at=NOON,
                    created_at=NOON,
                    plan={**plan, "words": words},
                )
            )
    for minutes in (0, 6, 12):
        follow_up_starts.start_due(house, NOON + timedelta(minutes=minutes))
    with house.db.begin() as session:
        statuses = set(session.scalars(select(FollowUp.status)))
    assert statuses == {FollowUpStatus.FAILED, FollowUpStatus.STARTED}
    (row,) = failures.failures_now(house).rows
    assert failures.let_go(house, row.kind, row.id, LetGoReason.CANNOT_WORK, actor, NOON) is True
    assert failures.failures_now(house).counts.total == 0


def test_a_supervisor_decides_on_the_page(house: House, sign_in_as: Callable[[Role], Browser]) -> None:
    with house.db.begin() as session:
        contact = make_contact(session, make_caller(session, texting_ok=True))
        session.add(
            TextMessage(
                contact_id=contact.id,
                caller_id=contact.caller_id,
                outgoing=True,
                purpose="follow_up",
                helpline_number=HELPLINE,
                body="We said we would check in.",
                status=TextStatus.UNDELIVERED,
                error_code=LANDLINE,
                created_at=datetime.now(UTC),
                due_at=NOON,
            )
        )
    supervisor = sign_in_as(Role.SUPERVISOR)
    page = supervisor.get("/failures")[1]
    assert "It is a landline" in page
    assert "check in" not in page
    assert "Es un teléfono fijo" in supervisor.get("/failures", **{"Accept-Language": "es"})[1]
    assert "wait for a decision: 1." in supervisor.get("/board")[1]
    path = page.split('class="inline" action="')[1].split('"')[0]
    assert supervisor.post(path, reason="because")[0] == 422
    assert supervisor.post(path, reason="wrong_number")[0] == 302
    assert "Nothing has failed" in supervisor.get("/failures")[1]
    assert supervisor.post("/failures/text/7/again")[0] == 404
    assert sign_in_as(Role.COUNSELOR).get("/failures")[0] == 403
