"""What came of the follow-ups of an experiment, by arm."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session, aliased, load_only

from models.contacts import Contact
from models.follow_ups import FollowUp
from routing.vocabulary import FollowUpStatus, Urgency

_OVER = (FollowUpStatus.DONE, FollowUpStatus.STOPPED)
_Spoken = aliased(Contact)


@dataclass(frozen=True)
class ArmCounts:
    """People of one arm: texted and over, of those answered, and of those in touch with a counselor afterwards."""

    arm: str
    people: int
    answered: int
    connected: int


def counts_of(session: Session, experiment_id: str, within: timedelta) -> Sequence[ArmCounts]:
    """People whose follow-up is over, each once; whoever was flagged before the first text has left the comparison.

    Connected: spoke or wrote with a counselor within that time after the text.
    """
    row = FollowUp.plan
    spoken_at = func.coalesce(_Spoken.connected_at, _Spoken.claimed_at)
    connected = exists().where(
        _Spoken.caller_id == Contact.caller_id,
        and_(spoken_at > FollowUp.started_at, spoken_at <= FollowUp.started_at + within),
    )
    person = (
        select(
            func.min(row["arm"].astext).label("arm"),  # a person has one
            func.bool_or(FollowUp.status == FollowUpStatus.DONE).label("answered"),
            func.bool_or(connected).label("connected"),
        )
        .join(FollowUp.contact)
        .where(row["experiment"].astext == experiment_id, FollowUp.attempts > 0, FollowUp.status.in_(_OVER))
        .where(row["left"].is_(None))
        .group_by(Contact.caller_id)
        .subquery()
    )
    query = select(
        person.c.arm,
        func.count(),
        func.count().filter(person.c.answered),
        func.count().filter(person.c.connected),
    ).group_by(person.c.arm)
    return [ArmCounts(*found) for found in session.execute(query)]


def callers_in_danger(session: Session, caller_ids: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Those of these callers of whom any contact ever showed a sign of danger."""
    query = select(Contact.caller_id).where(Contact.caller_id.in_(caller_ids), Contact.urgency != Urgency.NONE)
    return frozenset(session.scalars(query.distinct()))


def read_what_is_known(session: Session, contacts: Collection[Contact]) -> None:
    """Read the triage of contacts that were loaded without it, at once."""
    query = select(Contact).where(Contact.id.in_([contact.id for contact in contacts]))
    session.scalars(query.options(load_only(Contact.triage))).all()
