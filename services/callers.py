"""Finding or making the caller behind a number."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models.crypto import lookup_hash
from models.people import Caller


def caller_for(session: Session, number: str | None, now: datetime) -> Caller:
    """The caller with this E.164 number, made if new. A withheld number is a new caller each time."""
    if number is None:
        caller = Caller(created_at=now)
        session.add(caller)
        session.flush()
        return caller
    hashed = lookup_hash(number)
    found = session.scalar(select(Caller).where(Caller.number_hash == hashed))
    if found is not None:
        return found
    session.execute(
        insert(Caller)
        .values(number=number, number_hash=hashed, created_at=now)
        .on_conflict_do_nothing(index_elements=[Caller.number_hash])
    )
    return session.scalars(select(Caller).where(Caller.number_hash == hashed)).one()
