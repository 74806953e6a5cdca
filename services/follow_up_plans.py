"""Follow-ups are planned: from how a contact ended, and from where a referral has come to stand."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import follow_ups, reading
from models.contacts import Contact, record
from models.follow_ups import FollowUp
from models.referrals import Referral
from routing.follow_up import NEWS, By, Dropped, Ended, Plan, Step, purpose_of
from routing.sending import Purpose
from routing.vocabulary import Disposition, FollowUpKind, FollowUpStatus
from services import experiments
from services.follow_ups import end
from services.house import House


@dataclass(frozen=True)
class Proposed:
    """What a disposition would plan: steps of one kind, how many, by whom (text or person), the first one's time.

    `optional`: the counselor may leave them out.
    """

    kind: str
    by: str
    count: int
    due_at: datetime
    optional: bool

    @property
    def purpose(self) -> Purpose | None:
        """Why its text would be written; None for what a person does."""
        return purpose_of(FollowUpKind(self.kind)) if self.by == By.TEXT else None


def proposed(
    house: House, contact: Contact, planned: Sequence[FollowUp], now: datetime
) -> Mapping[Disposition, tuple[Proposed, ...]]:
    """What each disposition but the written one would plan beside what the contact has `planned`, in order of time."""
    still = [row for row in planned if row.status in reading.OPEN_FOLLOW_UPS]
    of_referrals = {row.plan["plan"] for row in still if row.plan.get("referral")}
    scale = house.rules.follow_up_time_scale

    def times(disposition: Disposition) -> Iterator[tuple[Plan, Step, datetime]]:
        stands = _standing(planned) if after_a_list(contact, disposition) else {}
        for plan, step in _owed(house, contact, disposition, of_referrals):
            waits = stands.get((plan.id, step.kind))
            if waits is None:
                yield plan, step, now + step.after * scale
            elif waits:  # planned already; what has begun is not proposed again
                yield plan, step, waits.pop(0).due_at

    return {each: _together(times(each)) for each in Disposition if each is not contact.disposition}


def after_a_list(contact: Contact, disposition: Disposition) -> bool:
    """Whether this contact had got a list by text and is now said to be referred: the same is owed to both."""
    return contact.disposition is Disposition.PLACES_TEXTED and disposition is Disposition.REFERRED


def _standing(rows: Iterable[FollowUp]) -> dict[tuple[str, FollowUpKind], list[FollowUp]]:
    """What plans have planned, by plan and kind, without what made room for something else: its rows that wait."""
    found: dict[tuple[str, FollowUpKind], list[FollowUp]] = {}
    for row in rows:
        if row.plan.get("plan") and row.last_outcome != Dropped.REPLACED:
            waits = found.setdefault((row.plan["plan"], row.kind), [])
            waits += [row] if row.status is FollowUpStatus.PENDING else []
    return found


def _together(steps: Iterable[tuple[Plan, Step, datetime]]) -> tuple[Proposed, ...]:
    kinds: dict[tuple[str, str, bool], list[datetime]] = {}
    for plan, step, due_at in steps:
        alike = (step.kind.value, step.by.value, plan.may_be_left_out(step))
        kinds.setdefault(alike, []).append(due_at)
    rows = [Proposed(kind, by, len(times), min(times), optional) for (kind, by, optional), times in kinds.items()]
    return tuple(sorted(rows, key=lambda row: row.due_at))


def _owed(
    house: House, contact: Contact, disposition: Disposition, of_referrals: Collection[str]
) -> list[tuple[Plan, Step]]:
    """The steps that this disposition asks for; what referrals have planned makes some of them needless."""
    needless = house.plans.needless_beside(frozenset(of_referrals))
    owed = house.plans.owed(_ended(contact, disposition))
    return [(plan, step) for plan, step in owed if step.kind not in needless]


def plan_for(
    session: Session,
    house: House,
    contact: Contact,
    now: datetime,
    *,
    leave_out: Collection[FollowUpKind] = (),
    by: str = "",
    goes_on: bool = False,
) -> list[FollowUp]:
    """Plan what this contact's disposition asks for, in the caller's transaction; it replaces what was planned so.

    What a referral has planned stands, and makes some of it needless. `leave_out`: kinds of steps that the counselor
    (`by`, an id) would rather not have; it is on record. What may not be left out is planned all the same.
    `goes_on`: steps that were planned or begun already stand as they are, and nobody is asked the same again.
    """
    open_ones = follow_ups.open_follow_ups(session, contact.id)
    of_referrals = {old.plan["plan"] for old in open_ones if old.plan.get("referral")}
    stands = _standing(reading.follow_ups_of(session, contact.id)) if goes_on else {}
    owed = _owed(house, contact, contact.disposition, of_referrals) if contact.disposition else []
    left_out = [(plan, step) for plan, step in owed if step.kind in leave_out and plan.may_be_left_out(step)]
    wanted = [(plan, step) for plan, step in owed if (plan, step) not in left_out]
    kept = stands.keys() & {(plan.id, step.kind) for plan, step in wanted}
    for old in open_ones:
        waits = old.kind in follow_ups.PLANNED and old.status is FollowUpStatus.PENDING
        if waits and not old.plan.get("referral") and (old.plan.get("plan"), old.kind) not in kept:
            end(session, old, FollowUpStatus.STOPPED, Dropped.REPLACED.value, now)
    new = [(plan, step) for plan, step in wanted if (plan.id, step.kind) not in kept]
    planned = [_row(session, house, contact, plan, step, now) for plan, step in new]
    for kind in sorted({step.kind for _, step in left_out}):
        record(session, contact.id, "follow_up_left_out", now, follow_up=kind.value, by=by)
    for old in follow_ups.texts_planned_before(session, contact, [row.kind for row in planned]):
        end(session, old, FollowUpStatus.STOPPED, Dropped.REPLACED.value, now)  # nobody is texted the same twice
    session.add_all(planned)
    for row in planned:
        record(session, contact.id, "follow_up_planned", now, follow_up=row.kind.value, due=row.due_at.isoformat())
    return planned


def _ended(contact: Contact, disposition: Disposition) -> Ended:
    known: dict[str, Any] = contact.triage or {}
    return Ended(
        disposition=disposition,
        urgency=contact.urgency,
        flags=frozenset(flag["value"] for flag in known.get("flags", ())),
        substances=frozenset(substance["value"] for substance in known.get("substances", ())),
    )


def plan_for_referral(
    session: Session, house: House, contact: Contact, referral: Referral, now: datetime, *, texts_too: bool
) -> None:
    """Plan what is owed because a referral (contact locked) has come to stand so, in place of what was planned.

    `texts_too`: also what only tells the caller the news; not while a counselor is telling them.
    """
    owed = [
        (plan, step)
        for plan, step in house.plans.owed_to_referral(referral.status, referral.reason)
        if texts_too or step.kind not in NEWS
    ]
    needless = {kind for plan, _ in owed for kind in plan.instead_of}
    for old in follow_ups.open_follow_ups(session, contact.id):
        if _waits(old) and (old.plan.get("referral") == referral.id or old.kind in needless):
            end(session, old, FollowUpStatus.STOPPED, Dropped.REPLACED.value, now)
    _plan_all(session, house, contact, owed, referral, now)


def put_aside(session: Session, contact: Contact, referral_ids: Collection[int], now: datetime) -> None:
    """What waits about these referrals is neither told nor asked: what is chosen of them is planned anew."""
    for old in follow_ups.open_follow_ups(session, contact.id):
        if _waits(old) and old.plan.get("referral") in referral_ids:
            end(session, old, FollowUpStatus.STOPPED, Dropped.REPLACED.value, now)


def _waits(row: FollowUp) -> bool:
    by_a_person = row.plan.get("by") == By.PERSON
    return row.kind in follow_ups.PLANNED and (row.status is FollowUpStatus.PENDING or by_a_person)


def plan_for_reason(session: Session, house: House, contact: Contact, referral: Referral, now: datetime) -> None:
    """The same for what the reason of a decline asks for, when the reason is told after it."""
    owed = house.plans.owed_to_referral(referral.status, referral.reason)
    _plan_all(session, house, contact, [(plan, step) for plan, step in owed if plan.reasons], referral, now)


def _plan_all(
    session: Session,
    house: House,
    contact: Contact,
    owed: list[tuple[Plan, Step]],
    referral: Referral,
    now: datetime,
) -> None:
    for plan, step in owed:
        row = _row(session, house, contact, plan, step, now)
        row.plan = {**row.plan, "referral": referral.id}
        session.add(row)
        record(session, contact.id, "follow_up_planned", now, follow_up=row.kind.value, due=row.due_at.isoformat())


def _row(session: Session, house: House, contact: Contact, plan: Plan, step: Step, now: datetime) -> FollowUp:
    scale = house.rules.follow_up_time_scale  # a demonstration's days are minutes
    due_at, compared = now + step.after * scale, {}
    allotted = experiments.allotted(session, house, contact, plan, step, now)
    if allotted is not None:
        experiment, arm = allotted
        standard = {"words": step.words, "spacing_seconds": (step.spacing * scale).total_seconds()}
        compared = {"experiment": experiment.id, "arm": arm.id, "standard": standard}
        step, due_at = arm.changed(step), experiments.due_at(session, house, contact, arm, due_at)
    return FollowUp(
        contact_id=contact.id,
        kind=step.kind,
        due_at=due_at,
        attempts=0,
        max_attempts=step.attempts,
        created_at=now,
        plan={
            "plan": plan.id,
            "version": house.plans.version,
            "edit": plan.edit,
            "by": step.by.value,
            "words": step.words,
            "words_unchosen": step.words_unchosen,
            "words_neutral": step.words_neutral,
            "spacing_seconds": (step.spacing * scale).total_seconds(),
            "silent_attempts": plan.silent_attempts,
            **compared,
        },
    )
