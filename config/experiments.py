"""Reads config/content/experiments.toml and checks that nothing is compared that must not be."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

FILE = Path(__file__).parent / "content" / "experiments.toml"
STANDARD = "standard"
FIELDS = {"wording": "words", "hour": "hour", "spacing": "spacing_hours"}
FORBIDDEN = "crisis_handed_over"  # how such contacts are followed up is never compared


class ExperimentsError(Exception):
    """The experiments cannot be run; the text says which one and why."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Arm(_Strict):
    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    words: str | None = None
    hour: int | None = Field(None, ge=9, le=19)
    spacing_hours: float | None = Field(None, ge=12, le=168)

    @property
    def changes(self) -> set[str]:
        return {name for name in FIELDS.values() if getattr(self, name) is not None}


class _Experiment(_Strict):
    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,47}$")
    plan: str
    step: str
    aspect: Literal["wording", "hour", "spacing"]
    starts: date
    ends: date
    arm: tuple[_Arm, ...] = Field(min_length=2, max_length=4)


class _File(_Strict):
    experiment: tuple[_Experiment, ...] = ()


def load_experiments(
    phrases: Mapping[str, object], plans: Mapping[str, Any], file: Path = FILE
) -> Sequence[dict[str, Any]]:
    """The experiments as plain values; `plans` are those of `config.follow_ups`. ExperimentsError names a mistake."""
    try:
        found = _File.model_validate(tomllib.loads(file.read_text(encoding="utf-8"))).experiment
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise ExperimentsError(f"{file.name}: {error}") from None
    for one in found:
        problem = _problem(one, phrases, plans)
        if problem:
            raise ExperimentsError(f"{file.name}: {one.id}: {problem}")
    for one, other in combinations(found, 2):
        if one.id == other.id:
            raise ExperimentsError(f"{file.name}: {one.id} is there twice.")
        if (one.plan, one.step) == (other.plan, other.step) and one.starts < other.ends and other.starts < one.ends:
            raise ExperimentsError(f"{file.name}: {one.id} and {other.id} change the same step at the same time.")
    return [one.model_dump() for one in found]


def _problem(one: _Experiment, phrases: Mapping[str, object], plans: Mapping[str, Any]) -> str:
    plan = next((plan for plan in plans["plan"] if plan["id"] == one.plan), None)
    steps = [step for step in plan["step"] if step["kind"] == one.step] if plan else []
    if plan is None or len(steps) != 1:
        return f"there is no one step {one.step!r} in a plan {one.plan!r}."
    if plan["flags"] or plan["urgencies"] or FORBIDDEN in plan["dispositions"]:
        return "its plan is for people in danger, whose follow-ups are never compared."
    if steps[0]["channel"] != "text":
        return "only steps that are texts can be compared."
    if one.starts >= one.ends:
        return "it must start before it ends."
    if one.arm[0].id != STANDARD or one.arm[0].changes:
        return f"its first arm is {STANDARD!r} and changes nothing."
    if len({arm.id for arm in one.arm}) != len(one.arm):
        return "two arms have the same name."
    for arm in one.arm[1:]:
        problem = _arm_problem(one, arm, steps[0], phrases)
        if problem:
            return f"{arm.id}: {problem}"
    return ""


def _arm_problem(one: _Experiment, arm: _Arm, step: Mapping[str, Any], phrases: Mapping[str, object]) -> str:
    if arm.changes != {FIELDS[one.aspect]}:
        return f"an arm of {one.aspect} gives {FIELDS[one.aspect]} and nothing else."
    if one.aspect != "wording":
        return ""
    if step["words_unchosen"] or step["words_neutral"]:
        return "a step with words_unchosen or words_neutral has two wordings already, which cannot be compared."
    if not str(arm.words).startswith(f"{step['words']}.") or arm.words not in phrases:
        return f"words must be a phrase named {step['words']}.SOMETHING in the phrase files."
    return ""
