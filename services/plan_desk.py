"""An admin reads the follow-up plans, changes how one is done, or gives it its shipped form back; all on record."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from models import edited_words
from models.edited_words import PlanEdit as PlanRow
from routing import plan_edits
from routing.follow_up import Plan
from routing.plan_edits import PlanEdit, PlanWrong
from services import audit, live_words
from services.house import House


@dataclass(frozen=True)
class SavedPlan:
    """One change of a plan. Without an edit, or with one that fits no more, it was done as shipped again."""

    at: datetime
    by: str | None
    edit: PlanEdit | None


@dataclass(frozen=True)
class PlanPage:
    """A plan to be changed. `wordings`: by step, the phrases it may be texted in. `version`: 0 before the first change.

    `compared`: the day until which each step is being compared, so that nobody changes it meanwhile.
    """

    plan: Plan
    shipped: Plan
    now: PlanEdit
    wordings: tuple[tuple[str, ...], ...]
    compared: tuple[date | None, ...]
    changed: bool
    version: int
    history: tuple[SavedPlan, ...]


@dataclass(frozen=True)
class NotSaved:
    """Why an edit was not saved: rules that it breaks, or somebody else's change in the meantime."""

    wrong: tuple[PlanWrong, ...] = ()
    stale: bool = False


def plans(house: House) -> tuple[int, Sequence[tuple[Plan, Plan]]]:
    """The version of the plans' file; every plan as it is done now, each with its shipped form."""
    return house.plans.version, list(zip(house.plans.plans, house.plans.shipped, strict=True))


def page(house: House, plan_id: str, now: datetime) -> PlanPage | None:
    """One plan with its changes, newest first; None: there is no such plan."""
    shipped = next((plan for plan in house.plans.shipped if plan.id == plan_id), None)
    if shipped is None:
        return None
    with house.db.begin() as session:
        rows = edited_words.edits_of(session, PlanRow, plan_id)
    history = tuple(SavedPlan(row.at, name, plan_edits.fitting(shipped, row.edit)) for row, name in rows)
    edit = history[0].edit if history else None
    return PlanPage(
        plan=next(plan for plan in house.plans.plans if plan.id == plan_id),
        shipped=shipped,
        now=edit or plan_edits.edit_of(shipped),
        wordings=tuple(
            plan_edits.wordings(same[0], shipped, house.phrases.shipped) for same in plan_edits.groups(shipped)
        ),
        compared=_compared(house, shipped, now),
        changed=edit is not None,
        version=rows[0][0].version if rows else 0,
        history=history,
    )


def change(
    house: House, plan_id: str, edit: PlanEdit, begun_from: int, by: uuid.UUID | None, now: datetime
) -> NotSaved | None:
    """Do the plan so for whoever is owed it from now on; what was laid stays. StopIteration: no such plan."""
    shipped = next(plan for plan in house.plans.shipped if plan.id == plan_id)
    wrong = plan_edits.problems(shipped, edit, house.phrases.shipped)
    if wrong:
        return NotSaved(wrong)
    return _save(house, shipped, None if edit == plan_edits.edit_of(shipped) else edit, begun_from, by, now)


def as_shipped(house: House, plan_id: str, begun_from: int, by: uuid.UUID | None, now: datetime) -> NotSaved | None:
    """Do the plan as shipped again. StopIteration: no such plan."""
    shipped = next(plan for plan in house.plans.shipped if plan.id == plan_id)
    return _save(house, shipped, None, begun_from, by, now)


def _save(
    house: House, shipped: Plan, edit: PlanEdit | None, begun_from: int, by: uuid.UUID | None, now: datetime
) -> NotSaved | None:
    data = plan_edits.edit_data(edit) if edit is not None else None
    with house.db.begin() as session:
        version = edited_words.next_words_version(session)  # one change at a time
        newest = edited_words.newest_edit(session, PlanRow, shipped.id)
        before = newest.edit if newest is not None else None
        wrong = _comparison_changed(house, shipped, before, edit, now)
        if wrong or (newest.version if newest is not None else 0) != begun_from:
            session.rollback()
            return NotSaved(wrong, stale=not wrong)
        if before == data:
            session.rollback()
            return None
        session.add(PlanRow(version=version, key=shipped.id, edit=data, at=now, by=by))
        kind = "plan_changed" if data is not None else "plan_as_shipped"
        audit.write(session, kind, by, now, plan=shipped.id, version=version)
    live_words.look(house)
    return None


def _comparison_changed(
    house: House, shipped: Plan, before: dict[str, object] | None, edit: PlanEdit | None, now: datetime
) -> tuple[PlanWrong, ...]:
    """Steps that are being compared at random and would be done otherwise: the comparison would be lost."""
    had = plan_edits.fitting(shipped, before) or plan_edits.edit_of(shipped)
    has = edit or plan_edits.edit_of(shipped)
    until = _compared(house, shipped, now)
    pairs = enumerate(zip(had.steps, has.steps, until, strict=True))
    return tuple(PlanWrong("compared", place) for place, (old, new, day) in pairs if day is not None and old != new)


def _compared(house: House, shipped: Plan, now: datetime) -> tuple[date | None, ...]:
    today = house.day_of(now)
    running = {one.step: one.ends for one in house.experiments if one.plan == shipped.id and one.runs(today)}
    return tuple(running.get(same[0].kind) for same in plan_edits.groups(shipped))
