"""What is compared at random among people not flagged: which arm somebody is in, what an arm changes about a step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from routing.follow_up import By, Plan, Step
from routing.vocabulary import FollowUpKind


@dataclass(frozen=True)
class Arm:
    """One way to do a step; the standard changes nothing."""

    id: str
    words: str | None = None
    hour: int | None = None  # of the person's own clock
    spacing: timedelta | None = None

    def changed(self, step: Step) -> Step:
        """The step as this arm does it; the hour is for whoever knows the person's clock."""
        return replace(step, words=self.words or step.words, spacing=self.spacing or step.spacing)


@dataclass(frozen=True)
class Experiment:
    """A comparison of arms of one step; people are allotted from `starts` to the day before `ends`."""

    id: str
    plan: str
    step: FollowUpKind
    aspect: str
    starts: date
    ends: date
    arms: tuple[Arm, ...]

    def is_for(self, plan: Plan, step: Step, today: date) -> bool:
        """Whether people who are owed this step today are allotted."""
        return (self.plan, self.step) == (plan.id, step.kind) and self.runs(today) and self.fits(step)

    def runs(self, today: date) -> bool:
        """Whether people are allotted on this day."""
        return self.starts <= today < self.ends

    def fits(self, step: Step) -> bool:
        """Whether it can be compared as it is done now: a text, and arms of wording that are variants of its words."""
        if self.aspect != "wording":
            return step.by is By.TEXT
        variants = all(arm.words is None or arm.words.startswith(f"{step.words}.") for arm in self.arms)
        return step.by is By.TEXT and variants and not (step.words_unchosen or step.words_neutral)

    def arm_of(self, digest: bytes) -> Arm:
        """The arm of a person; `digest` is a keyed hash of experiment and person, so that nobody can choose."""
        return self.arms[int.from_bytes(digest[:8]) % len(self.arms)]


def experiments_from(data: Sequence[Mapping[str, Any]]) -> tuple[Experiment, ...]:
    """Experiments from the checked content of config/content/experiments.toml."""
    return tuple(
        Experiment(
            id=one["id"],
            plan=one["plan"],
            step=FollowUpKind(one["step"]),
            aspect=one["aspect"],
            starts=one["starts"],
            ends=one["ends"],
            arms=tuple(_arm(arm) for arm in one["arm"]),
        )
        for one in data
    )


def _arm(written: Mapping[str, Any]) -> Arm:
    hours = written["spacing_hours"]
    spacing = timedelta(hours=hours) if hours is not None else None
    return Arm(written["id"], written["words"], written["hour"], spacing)
