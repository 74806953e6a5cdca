"""Comparing at random how people are followed up: who takes part, in which arm, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from models.contacts import Contact
from models.crypto import lookup_hash
from models.experiments import ArmCounts, callers_in_danger, counts_of, read_what_is_known
from models.follow_ups import FollowUp
from routing import clock
from routing.experiments import Arm, Experiment
from routing.follow_up import Plan, Step
from routing.proportions import Interval, Share, newcombe, quantile, wilson
from routing.sending import zones_of
from services import consent
from services.house import House

CONNECTED_WITHIN = timedelta(days=14)


def allotted(
    session: Session, house: House, contact: Contact, plan: Plan, step: Step, now: datetime
) -> tuple[Experiment, Arm] | None:
    """The arm in which this person gets this step; None when nothing is compared, and for everybody flagged."""
    today = house.day_of(now)
    running = next((one for one in house.experiments if one.is_for(plan, step, today)), None)
    if running is None or flagged(session, contact):
        return None
    return running, running.arm_of(lookup_hash(f"experiment {running.id} {contact.caller_id}"))


def words_compared(house: House, now: datetime) -> Mapping[str, date]:
    """Phrases that people of a running comparison are texted, each with the day on which it ends."""
    today = house.day_of(now)
    running = ((one, plan, step) for one in house.experiments for plan in house.plans.plans for step in plan.steps)
    return {
        words: one.ends
        for one, plan, step in running
        if one.is_for(plan, step, today)
        for words in (step.words, step.words_neutral, step.words_unchosen, *(arm.words for arm in one.arms))
        if words
    }


def flagged(session: Session, contact: Contact) -> bool:
    """Whether there was a sign of danger, now or in any contact before: such people always get the standard."""
    return _has_flags(contact) or bool(callers_in_danger(session, [contact.caller_id]))


def _has_flags(contact: Contact) -> bool:
    return bool((contact.triage or {}).get("flags"))


def due_at(session: Session, house: House, contact: Contact, arm: Arm, standard: datetime) -> datetime:
    """When an arm's text leaves: the standard time, or the next time that the person's clock shows the arm's hour."""
    if arm.hour is None:
        return standard
    window = consent.window_of(house.rules)
    zone = zones_of(consent.person_of(session, contact.caller), window)[0]
    return clock.next_open(standard, zone, arm.hour, arm.hour + 1)


def back_to_standard(session: Session, rows: Sequence[FollowUp]) -> None:
    """Whoever was flagged since the plan was made gets the standard from now on, and is counted in no arm any more."""
    compared = [row for row in rows if "arm" in row.plan and "left" not in row.plan]
    if not compared:
        return
    read_what_is_known(session, [row.contact for row in compared])
    in_danger = callers_in_danger(session, {row.contact.caller_id for row in compared})
    for row in compared:
        if row.contact.caller_id in in_danger or _has_flags(row.contact):
            row.plan = {**row.plan, **row.plan["standard"], "left": True}


def leave(row: FollowUp) -> None:
    """A person does this step now, so that it is counted in no arm any more."""
    if "arm" in row.plan:
        row.plan = {**row.plan, "left": True}


@dataclass(frozen=True)
class Outcome:
    """One share of an arm with its interval; `difference` is to the standard, None for the standard itself."""

    share: Share
    interval: Interval
    difference: Interval | None


@dataclass(frozen=True)
class ArmReport:
    """What came of one arm."""

    arm: str
    answered: Outcome
    connected: Outcome


@dataclass(frozen=True)
class ExperimentReport:
    """A comparison so far; `over`: nobody is allotted any more, so that it may be judged."""

    experiment: Experiment
    over: bool
    arms: tuple[ArmReport, ...]


def report(house: House, now: datetime) -> tuple[ExperimentReport, ...]:
    """Every experiment with its arms in the order of the file."""
    today = house.day_of(now)
    with house.db.begin() as session:
        return tuple(
            ExperimentReport(one, today >= one.ends, _arms(one, counts_of(session, one.id, CONNECTED_WITHIN)))
            for one in house.experiments
        )


def _arms(experiment: Experiment, counted: Sequence[ArmCounts]) -> tuple[ArmReport, ...]:
    by_arm = {counts.arm: counts for counts in counted}
    arms = [by_arm.get(arm.id) or ArmCounts(arm.id, 0, 0, 0) for arm in experiment.arms]
    z = quantile(len(arms) - 1)

    def outcome(name: str, counts: ArmCounts) -> Outcome:
        share, base = (Share(getattr(one, name), one.people) for one in (counts, arms[0]))
        difference = None if counts is arms[0] else newcombe(share, base, z)
        return Outcome(share, wilson(share, z), difference)

    return tuple(ArmReport(one.arm, outcome("answered", one), outcome("connected", one)) for one in arms)
