"""A plan as a helpline changed it: the same steps, done at other times, by others, in other words, or not at all."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby, pairwise
from string import Formatter
from typing import Any, NamedTuple

from routing.follow_up import NEWS, By, Plan, Step
from routing.vocabulary import Disposition, FollowUpKind

LONGEST = timedelta(days=365)
ATTEMPTS = range(1, 6)  # 988 Follow-Up Matters: stop after three to five
# Whoever does not answer a text is left alone for half a day at least; a week later it is another matter
TEXTS_APART = (timedelta(hours=12), timedelta(days=7))
WORK_APART = (timedelta(hours=1), timedelta(days=7))
_ANSWERS = re.compile(r"\b(?:YES|NO)\b")
Table = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class StepEdit:
    """How one step of the shipped plan is done. A step that repeats keeps its number of times and their distance."""

    kind: FollowUpKind
    on: bool
    by: By
    after: timedelta
    words: str
    attempts: int
    spacing: timedelta


@dataclass(frozen=True)
class PlanEdit:
    """Every step in the order of the shipped plan, and the stop rule."""

    steps: tuple[StepEdit, ...]
    silent_attempts: int


class PlanWrong(NamedTuple):
    """One rule that an edit breaks, and the step that it is about (counted from 0; None: the plan)."""

    rule: str
    step: int | None = None


def groups(plan: Plan) -> list[list[Step]]:
    """The steps of a shipped plan, those of one that repeats together."""
    return [list(same) for _, same in groupby(plan.steps, key=lambda step: step.place)]


def edit_of(plan: Plan) -> PlanEdit:
    """A shipped plan as an edit that changes nothing."""
    first = (steps[0] for steps in groups(plan))
    edits = (StepEdit(s.kind, True, s.by, s.after, s.words, s.attempts, s.spacing) for s in first)
    return PlanEdit(tuple(edits), plan.silent_attempts)


def applied(plan: Plan, edit: PlanEdit, version: int) -> Plan:
    """The shipped plan as it is done after the edit; `version` says which edit that was."""
    steps = tuple(
        _step(shipped, each, same[0])
        for same, each in zip(groups(plan), edit.steps, strict=True)
        if each.on
        for shipped in same
    )
    return replace(plan, steps=steps, silent_attempts=edit.silent_attempts, edit=version)


def _step(shipped: Step, edit: StepEdit, first: Step) -> Step:
    step = replace(
        shipped,
        by=edit.by,
        after=edit.after + (shipped.after - first.after),
        words=edit.words if edit.by is By.TEXT else "",
        attempts=edit.attempts,
        spacing=edit.spacing,
    )
    if step.words == shipped.words:
        return step
    return replace(step, words_unchosen="", words_neutral="")  # they belong to the shipped words


def wordings(step: Step, plan: Plan, phrases: Table) -> tuple[str, ...]:
    """Phrases to text this step in: its own, and follow-ups that ask for the same answers and have no more gaps."""
    if step.by is By.PERSON and for_danger(plan):
        return ()  # a person asks, never a machine
    asked, gaps = _answers(step.words, phrases), {"organisation"} | _gaps(step.words, phrases)
    others = (
        key
        for key in sorted(phrases)
        if key.startswith("follow_up.") and _answers(key, phrases) == asked and _gaps(key, phrases) <= gaps
    )
    return tuple(dict.fromkeys([*([step.words] if step.words else []), *others]))


def for_danger(plan: Plan) -> bool:
    """Whether a plan is for people who were in danger."""
    return bool(plan.flags or plan.urgencies) or Disposition.CRISIS_HANDED_OVER in plan.dispositions


def _answers(key: str, phrases: Table) -> frozenset[str]:
    return frozenset(_ANSWERS.findall(phrases[key]["en"])) if key else frozenset()


def _gaps(key: str, phrases: Table) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(phrases[key]["en"]) if name} if key else set()


def problems(plan: Plan, edit: PlanEdit, phrases: Table) -> tuple[PlanWrong, ...]:
    """What keeps an edit of this shipped plan from being used."""
    shipped = [same[0] for same in groups(plan)]
    if [step.kind for step in shipped] != [each.kind for each in edit.steps]:
        return (PlanWrong("other_plan"),)
    found = [
        PlanWrong(rule, place)
        for place, (same, each) in enumerate(zip(groups(plan), edit.steps, strict=True))
        for rule in _wrong(plan, same, each, phrases)
    ]
    on = [(place, each) for place, each in enumerate(edit.steps) if each.on]
    if not on and for_danger(plan):
        found.append(PlanWrong("danger_off", 0))
    if not any(one.rule == "after" for one in found):
        found += [PlanWrong("order", place) for (_, above), (place, each) in pairwise(on) if each.after < above.after]
    if edit.silent_attempts not in ATTEMPTS:
        found.append(PlanWrong("silent"))
    return tuple(found)


def _wrong(plan: Plan, same: Sequence[Step], each: StepEdit, phrases: Table) -> Iterator[str]:
    shipped = same[0]
    if not each.on:
        return
    if not timedelta() <= each.after <= LONGEST - (same[-1].after - shipped.after):
        yield "after"
    if each.attempts not in ATTEMPTS:
        yield "attempts"
    low, high = TEXTS_APART if each.by is By.TEXT else WORK_APART
    if not low <= each.spacing <= high:
        yield "apart_text" if each.by is By.TEXT else "apart_person"
    if each.by is By.PERSON and shipped.kind in NEWS:
        yield "news"
    elif each.by is By.TEXT and each.words not in wordings(shipped, plan, phrases):
        yield "person" if not wordings(shipped, plan, phrases) else "words"


def edit_data(edit: PlanEdit) -> dict[str, Any]:
    """An edit as it is kept."""
    hour = timedelta(hours=1)
    steps = [
        {
            "kind": each.kind.value,
            "on": each.on,
            "by": each.by.value,
            "after_hours": each.after / hour,
            "words": each.words,
            "attempts": each.attempts,
            "spacing_hours": each.spacing / hour,
        }
        for each in edit.steps
    ]
    return {"steps": steps, "silent_attempts": edit.silent_attempts}


def edit_from(data: Mapping[str, Any]) -> PlanEdit:
    """An edit as it was kept. KeyError, ValueError: it was kept by a release that does not fit this one."""
    steps = tuple(
        StepEdit(
            FollowUpKind(each["kind"]),
            each["on"],
            By(each["by"]),
            timedelta(hours=each["after_hours"]),
            each["words"],
            each["attempts"],
            timedelta(hours=each["spacing_hours"]),
        )
        for each in data["steps"]
    )
    return PlanEdit(steps, data["silent_attempts"])


def fitting(plan: Plan, data: Mapping[str, Any] | None) -> PlanEdit | None:
    """An edit as it was kept, if it is one of this shipped plan; None: there is none, or another release made it."""
    try:
        edit = edit_from(data) if data is not None else None
    except (KeyError, ValueError, TypeError):
        return None
    kinds = [same[0].kind for same in groups(plan)]
    return edit if edit is not None and [each.kind for each in edit.steps] == kinds else None
