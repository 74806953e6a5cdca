"""Turns that transactions take with each other: PostgreSQL's advisory locks, each with a number of its own."""

from enum import IntEnum, unique

from sqlalchemy import func, select
from sqlalchemy.orm import Session


@unique
class Turn(IntEnum):
    """What is done by one transaction at a time."""

    ROSTER = 7_361_001
    DIRECTORY = 7_361_002
    GOING_AWAY = 7_361_003
    GAPS = 7_361_004
    ENDINGS = 7_361_005


def take_turn(session: Session, turn: Turn) -> None:
    """Wait for the turn; it is ours until this transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(turn.value)))


def try_turn(session: Session, turn: Turn) -> bool:
    """Take the turn if nobody has it; whether it is ours until this transaction ends."""
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(turn.value))))
