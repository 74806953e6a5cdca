"""An admin changes how people are followed up: checked in words, for those who come after, on record, taken back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from models import edited_words
from models.edited_words import PlanEdit
from models.people import AuditEvent
from routing import plan_edits
from routing.experiments import Arm, Experiment
from routing.follow_up import By, Plan, Plans
from routing.vocabulary import ContactStatus, Disposition, FollowUpKind, Role
from services import follow_up_plans, live_words, plan_desk
from services.house import House
from tests.fixtures.people import Browser
from tests.services.outside import NOON, make_caller, make_contact

SignIn = Callable[[Role], Browser]


def shipped(house: House, plan_id: str) -> Plan:
    return next(plan for plan in house.plans.shipped if plan.id == plan_id)


def form(house: House, plan_id: str, version: int = 0, **changed: str) -> dict[str, str]:
    """What the page of a plan sends when these fields are changed; an empty word leaves a field out."""
    edit = plan_edits.edit_of(shipped(house, plan_id))
    fields = {"version": str(version), "silent": str(edit.silent_attempts)}
    for n, step in enumerate(edit.steps):
        hours = timedelta(hours=1)
        fields |= {f"on-{n}": "on", f"by-{n}": step.by.value, f"after-{n}": f"{step.after / hours:g}"}
        fields |= {f"words-{n}": step.words, f"attempts-{n}": str(step.attempts), f"unit-{n}": "hours"}
        fields[f"spacing-{n}"] = f"{step.spacing / hours:g}"
    return {name: value for name, value in {**fields, **changed}.items() if value or name.startswith("words")}


def laid(house: House, number: int) -> list[tuple[FollowUpKind, timedelta, str]]:
    with house.db.begin() as session:
        caller = make_caller(session, f"+1617555{number:04d}", follow_up_texts_ok=True, timezone="America/New_York")
        contact = make_contact(session, caller, status=ContactStatus.CLOSED, disposition=Disposition.REFERRED)
        rows = follow_up_plans.plan_for(session, house, contact, NOON)
        assert {row.plan["edit"] for row in rows} == {house.plans.plans[0].edit}
        return [(row.kind, row.due_at - NOON, row.plan["words"]) for row in rows]


@pytest.mark.usefixtures("zip_codes")
def test_a_plan_is_changed_for_those_who_come_after_and_given_back(house: House, sign_in_as: SignIn) -> None:
    before, ana = laid(house, 101), sign_in_as(Role.ADMIN)
    other = replace(house, plans=Plans(house.plans.version, house.plans.shipped), phrases=replace(house.phrases))
    changed = {"after-0": "2", "unit-0": "days", "words-0": "follow_up.check_in.question", "on-2": "", "silent": "3"}
    assert ana.post("/plans/referral", **form(house, "referral", **changed))[0] == 302
    live_words.look(other)
    after = laid(other, 102)
    assert after[0] == (FollowUpKind.CHECK_IN, timedelta(days=2), "follow_up.check_in.question")
    assert [kind for kind, _, _ in before if kind not in {kind for kind, _, _ in after}] == [FollowUpKind.WEEK]
    listed, page = ana.get("/plans")[1], sign_in_as(Role.AUDITOR).get("/plans/referral")[1]
    assert ">changed<" in listed
    assert f"Changed by {ana.person.name}" in page
    assert "2 d" in page
    assert "Save this plan" not in page
    assert ana.post("/plans/referral", **form(house, "referral", silent="2"))[0] == 409

    version = str(house.plans.plans[0].edit)
    assert ana.post("/plans/referral", version=version, act="shipped")[0] == 302
    assert laid(house, 103) == before
    with house.db.begin() as session:
        assert [row.edit is None for row in session.scalars(select(PlanEdit).order_by(PlanEdit.version))] == [
            False,
            True,
        ]
        kinds = session.scalars(
            select(AuditEvent.kind).where(AuditEvent.kind.startswith("plan_")).order_by(AuditEvent.at)
        )
        assert list(kinds) == ["plan_changed", "plan_as_shipped"]
    assert ana.get("/plans/none")[0] == 404


@pytest.mark.usefixtures("zip_codes")
def test_what_would_harm_or_confuse_is_refused_with_a_sentence(house: House, sign_in_as: SignIn) -> None:
    ana = sign_in_as(Role.ADMIN)
    for plan_id, changed, said in (
        ("referral", {"after-0": "400", "unit-0": "days"}, 'value="400"><p class="wrong" role="alert">Give a time'),
        ("referral", {"after-0": "nan"}, 'value="nan"><p class="wrong" role="alert">Give a time between 0 hours'),
        ("referral", {"after-1": "12"}, "comes after the one above it"),
        ("referral", {"attempts-0": "9"}, "One to five attempts"),
        ("referral", {"spacing-0": "1"}, "12 to 168 hours apart"),
        ("referral", {"words-0": "follow_up.did_they_take_you"}, "others ask for other answers"),
        ("referral", {"words-0": "text.stop"}, "others ask for other answers"),
        ("referral", {"silent": "x"}, "one to five attempts without an answer"),
        ("referral_accepted", {"by-0": "person"}, "texted at once"),
        ("overdose_risk", {"by-0": "text", "words-0": "follow_up.check_in"}, "stays with a counselor"),
        ("overdose_risk", {"on-0": ""}, "Leave one step on"),
        ("crisis", {"on-0": ""}, "Leave one step on"),
    ):
        status, page = ana.post(f"/plans/{plan_id}", **form(house, plan_id, **changed))
        assert (status, said in page) == (422, True), (plan_id, changed)
    assert ana.post("/plans/referral", **form(house, "referral", **{"by-0": "pigeon"}))[0] == 400
    assert all(plan.edit == 0 for plan in house.plans.plans)
    assert ana.post("/plans/referral", **form(house, "referral"))[0] == 302, "the same again is no change"
    with house.db.begin() as session:
        assert session.scalars(select(PlanEdit)).all() == []


def test_a_step_that_is_compared_is_left_alone_and_one_that_no_longer_fits_is_not_compared(house: House) -> None:
    now = datetime.now(UTC)
    arms = (Arm("standard"), Arm("question", words="follow_up.check_in.question"))
    day = timedelta(days=1)

    def comparing(since: datetime) -> House:
        one = Experiment("e", "referral", FollowUpKind.CHECK_IN, "wording", since.date(), since.date() + 90 * day, arms)
        return replace(house, experiments=(one,))

    plan = shipped(house, "referral")
    edit = plan_edits.edit_of(plan)
    person = replace(edit, steps=(replace(edit.steps[0], by=By.PERSON, words=""), *edit.steps[1:]))
    refused = plan_desk.change(comparing(now - 2 * day), "referral", person, 0, None, now)
    assert refused is not None
    assert refused.wrong == (("compared", 0),)
    week_off = replace(edit, steps=(*edit.steps[:2], replace(edit.steps[2], on=False), edit.steps[3]))
    assert plan_desk.change(comparing(now - 2 * day), "referral", week_off, 0, None, now) is None
    coming = comparing(now + 2 * day)
    assert plan_desk.change(coming, "referral", person, house.plans.plans[0].edit, None, now) is None
    done = house.plans.plans[0]
    later = (now + 3 * day).date()
    assert coming.experiments[0].is_for(plan, plan.steps[0], later)
    assert not coming.experiments[0].is_for(done, done.steps[0], later)


def test_a_step_that_repeats_moves_as_a_whole_and_its_words_go_with_the_texts(house: House) -> None:
    plan = shipped(house, "long_acting_benzodiazepine_stopped")
    edit = plan_edits.edit_of(plan)
    moved = replace(edit, steps=(replace(edit.steps[0], after=timedelta(hours=24)),))
    done = plan_edits.applied(plan, moved, 7)
    assert [step.after.days for step in done.steps] == list(range(1, 10))
    news = shipped(house, "referral_declined")
    assert plan_edits.applied(news, plan_edits.edit_of(news), 7) == replace(news, edit=7)
    assert plan_edits.edit_from(plan_edits.edit_data(edit)) == edit


def test_an_edit_that_fits_no_more_after_a_release_is_left_out_and_can_be_given_back(
    house: House, sign_in_as: SignIn
) -> None:
    kept = plan_edits.edit_data(plan_edits.edit_of(shipped(house, "referral")))
    old = {**kept, "steps": [{**kept["steps"][0], "kind": "a_kind_of_before"}, *kept["steps"]]}
    with house.db.begin() as session:
        version = edited_words.next_words_version(session)
        session.add(PlanEdit(version=version, key="referral", edit=old, at=NOON))
    live_words.look(house)
    admin = sign_in_as(Role.ADMIN)
    assert admin.get("/plans/referral")[0] == 200
    assert plan_desk.as_shipped(house, "referral", version, None, NOON) is None
    assert admin.post("/plans/referral", **form(house, "referral", version + 1, **{"silent": "3"}))[0] == 302
