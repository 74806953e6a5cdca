"""Reading the audit: who did what, when, about which contact, newest first."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models.people import AuditEvent


@dataclass(frozen=True)
class Wanted:
    """What is looked for; None and empty mean whatever. `by_nobody`: what the system or a command did."""

    actor_id: uuid.UUID | None = None
    by_nobody: bool = False
    kind: str = ""
    contact_id: uuid.UUID | None = None
    since: datetime | None = None
    before: datetime | None = None


def count_events(session: Session, wanted: Wanted) -> int:
    """How many events fit."""
    return session.scalar(_fitting(select(func.count()).select_from(AuditEvent), wanted)) or 0


def events(session: Session, wanted: Wanted, *, limit: int, offset: int = 0) -> Sequence[AuditEvent]:
    """Events that fit, newest first."""
    query = _fitting(select(AuditEvent), wanted).order_by(AuditEvent.at.desc(), AuditEvent.id)
    return session.scalars(query.limit(limit).offset(offset)).all()


def _fitting(query: Select[Any], wanted: Wanted) -> Select[Any]:
    if wanted.actor_id is not None:
        query = query.where(AuditEvent.actor_id == wanted.actor_id)
    if wanted.by_nobody:
        query = query.where(AuditEvent.actor_id.is_(None))
    if wanted.kind:
        query = query.where(AuditEvent.kind == wanted.kind)
    if wanted.contact_id is not None:
        query = query.where(AuditEvent.data["contact_id"].astext == str(wanted.contact_id))
    if wanted.since is not None:
        query = query.where(AuditEvent.at >= wanted.since)
    if wanted.before is not None:
        query = query.where(AuditEvent.at < wanted.before)
    return query
