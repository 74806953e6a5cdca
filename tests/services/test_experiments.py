"""What is compared at random: only people not flagged, the same arm every time, honest words on what came of it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.contacts import Contact
from models.follow_ups import FollowUp
from models.texts import TextMessage
from routing.experiments import Arm, Experiment
from routing.follow_up import Outcome
from routing.vocabulary import ContactStatus, Disposition, FollowUpKind, Role, Urgency
from services import experiments, follow_up_plans, follow_up_starts, follow_ups
from services.house import House
from tests.fixtures.people import Browser
from tests.services.outside import NOON, make_caller, make_contact

DAY = timedelta(days=1)
PEOPLE = 24  # so many that chance leaves no arm empty
ARMS = (Arm("standard"), Arm("question", words="follow_up.check_in.question"))


def comparing(house: House, aspect: str = "wording", *arms: Arm) -> House:
    day = NOON.date()
    one = Experiment("e", "referral", FollowUpKind.CHECK_IN, aspect, day, day + 90 * DAY, arms or ARMS)
    return replace(house, experiments=(one,))


def planned(house: House, number: int = 0, **facts: object) -> FollowUp:
    """The first check-in of a new person's referral."""
    with house.db.begin() as session:
        caller = make_caller(session, f"+1617555{number:04d}", follow_up_texts_ok=True, timezone="America/New_York")
        contact = make_contact(session, caller, status=ContactStatus.CLOSED, disposition=Disposition.REFERRED, **facts)
        return follow_up_plans.plan_for(session, house, contact, NOON)[0]


def newest_words(house: House) -> str:
    with house.db.begin() as session:
        return session.scalars(select(TextMessage.body).order_by(TextMessage.created_at.desc())).all()[0]


def test_people_are_spread_over_the_arms_and_each_stays_in_theirs(house: House) -> None:
    comparing_house = comparing(house)
    rows = [planned(comparing_house, number) for number in range(40)]
    arms = [row.plan["arm"] for row in rows]
    assert 8 <= arms.count("question") <= 32
    row = rows[arms.index("question")]
    with house.db.begin() as session:
        again = follow_up_plans.plan_for(session, comparing_house, session.get_one(Contact, row.contact_id), NOON)[0]
    assert again.plan["arm"] == "question", "whenever it is asked, it is the same arm"
    assert row.plan["words"] == "follow_up.check_in.question"
    assert rows[arms.index("standard")].plan["words"] == "follow_up.check_in"


@pytest.mark.parametrize(
    "facts", [{"urgency": Urgency.WARM_TRANSFER_988}, {"triage": {"flags": [{"value": "psychosis"}]}}]
)
def test_whoever_was_flagged_takes_no_part(house: House, facts: dict[str, object]) -> None:
    only = Arm("question", words="follow_up.check_in.question")
    row = planned(comparing(house, "wording", only), **facts)
    assert "experiment" not in row.plan
    assert row.plan["words"] == "follow_up.check_in"


def test_whoever_is_flagged_later_gets_the_standard_and_is_counted_in_no_arm(house: House) -> None:
    only = comparing(house, "wording", Arm("question", words="follow_up.check_in.question"))
    row = planned(only)
    assert row.plan["arm"] == "question"
    with house.db.begin() as session:
        caller = session.get_one(Contact, row.contact_id).caller
        make_contact(session, caller, urgency=Urgency.CALL_911)
    follow_up_starts.start_due(only, NOON + DAY)
    assert "check in" in newest_words(house)
    with house.db.begin() as session:
        assert session.get_one(FollowUp, row.id).plan["left"] is True


def test_an_arm_may_choose_the_hour_of_the_persons_clock_or_the_spacing(house: House) -> None:
    evening = planned(comparing(house, "hour", Arm("evening", hour=18)))
    assert evening.due_at == NOON + DAY + 6 * timedelta(hours=1), "18:00 in Boston"
    slow = planned(comparing(house, "spacing", Arm("slow", spacing=timedelta(hours=48))), 1)
    assert slow.plan["spacing_seconds"] == 48 * 3600


def test_before_the_start_and_after_the_end_nobody_is_allotted(house: House) -> None:
    (one,) = comparing(house).experiments
    for starts, ends in ((date(2026, 7, 1), date(2026, 8, 1)), (date(2026, 1, 1), NOON.date())):
        assert (
            "arm"
            not in planned(replace(house, experiments=(replace(one, starts=starts, ends=ends),)), starts.month).plan
        )


def test_the_report_counts_people_and_says_when_it_is_not_enough(
    house: House, application: object, sign_in_as: Callable[[Role], Browser]
) -> None:
    running = comparing(house)
    for number in range(PEOPLE):
        planned(running, number)
    follow_up_starts.start_due(running, NOON + DAY)
    with house.db.begin() as session:
        counts = Counter[str]()
        for row in session.scalars(select(FollowUp).where(FollowUp.attempts > 0)).all():
            counts[row.plan["arm"]] += 1  # every other one of each arm answers, whoever chance has put there
            answered = counts[row.plan["arm"]] % 2 == 0
            row.attempts = row.max_attempts
            follow_ups.settle(session, row, Outcome.ANSWERED if answered else Outcome.NO_ANSWER, NOON + 2 * DAY)
    (told,) = experiments.report(running, NOON + 100 * DAY)
    assert told.over
    assert sum(arm.answered.share.total for arm in told.arms) == PEOPLE
    assert sum(arm.answered.share.hits for arm in told.arms) == sum(count // 2 for count in counts.values())
    assert sum(arm.connected.share.hits for arm in told.arms) == 0
    apart = told.arms[1].answered.difference
    assert apart is not None
    assert not apart.leaves_out_zero
    assert not experiments.report(running, NOON + DAY)[0].over
    admin = sign_in_as(Role.ADMIN)
    assert "What helps" in admin.get("/reports/experiments")[1]
    assert admin.get("/reports/experiments.csv")[1].startswith("experiment,aspect,starts,ends,over,arm,outcome")
