"""A list that is cut at its length, with how long it is in truth."""

from collections.abc import Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

T = TypeVar("T")


class Listed(NamedTuple, Generic[T]):
    """The first rows, and how many there are in all."""

    rows: Sequence[T]
    total: int


def first(session: Session, query: "Select[T]", limit: int) -> Listed[T]:
    """The first `limit` rows; all are counted only when there may be more."""
    rows = session.scalars(query.limit(limit)).all()
    return Listed(rows, len(rows) if len(rows) < limit else count(session, query))


def count(session: Session, query: "Select[Any]") -> int:
    """How many rows a query has."""
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
