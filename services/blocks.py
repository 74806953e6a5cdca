"""Blocks of exact numbers, always with an end: the last resort after a care plan (FIELD.md: no bans without an end)."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from models import care
from models.care import Block
from models.contacts import Contact
from models.crypto import lookup_hash, unreadable_shown
from routing.phone import e164, masked
from services import audit
from services.house import House

LONGEST_DAYS = 30


class BlockReason(StrEnum):
    """Why a number is blocked."""

    THREATS = "threats"
    SEXUAL = "sexual"
    FLOODING = "flooding"
    FRAUD = "fraud"


@dataclass(frozen=True)
class BlockRow:
    """One block, its number masked."""

    id: uuid.UUID
    number: str
    until: datetime
    reason: str
    blocker: str | None


def blocks(house: House, now: datetime) -> tuple[BlockRow, ...]:
    """Blocks that hold now, the next to end first."""
    with house.db.begin() as session:
        return tuple(
            BlockRow(b.id, masked(b.number), b.until, b.reason, b.blocker.name if b.blocker else None)
            for b in care.blocks_now(session, now)
        )


def is_blocked(session: Session, number: str | None, now: datetime) -> bool:
    """Whether this number is blocked now."""
    block = care.block_of(session, number) if number else None
    return block is not None and block.until > now


def block_number(
    house: House, actor_id: uuid.UUID, *, phone: str, days: str, reason: str, now: datetime
) -> tuple[str, ...]:
    """Block an exact number for some days; the names of fields that could not be read, and then nothing changed."""
    number = e164(phone)
    refused = _refused(number, days, reason)
    if refused or number is None:
        return refused
    with house.db.begin() as session:
        _block(session, actor_id, number, int(days), reason, now)
    return ()


def block_contact(
    house: House, actor_id: uuid.UUID, contact_id: uuid.UUID, *, days: str, reason: str, now: datetime
) -> bool:
    """Block the number of a contact without anybody seeing it. False: no such contact or number, or a wrong answer."""
    with house.db.begin() as session:
        contact = session.get(Contact, contact_id)
        number = contact.caller.number if contact else None
        if number is None or _refused(number, days, reason):
            return False
        _block(session, actor_id, number, int(days), reason, now)
        return True


def unblock(house: House, actor_id: uuid.UUID, block_id: uuid.UUID, now: datetime) -> bool:
    """End a block before its time, also one that cannot be read. False: there is none."""
    with unreadable_shown(), house.db.begin() as session:
        block = session.get(Block, block_id)
        if block is None:
            return False
        session.delete(block)
        audit.write(session, "number_unblocked", actor_id, now, block_id=block_id)
        return True


def _refused(number: str | None, days: str, reason: str) -> tuple[str, ...]:
    right_days = days.isascii() and days.isdigit() and 1 <= int(days) <= LONGEST_DAYS
    checks = {"phone": number is not None, "days": right_days, "reason": reason in set(BlockReason)}
    return tuple(field for field, good in checks.items() if not good)


def _block(session: Session, actor_id: uuid.UUID, number: str, days: int, reason: str, now: datetime) -> None:
    block = care.block_of(session, number)
    if block is None:
        block = Block(id=uuid.uuid4(), number=number, number_hash=lookup_hash(number), created_at=now)
        session.add(block)
    block.until, block.reason, block.blocked_by = now + timedelta(days=days), reason, actor_id
    session.flush()
    audit.write(session, "number_blocked", actor_id, now, block_id=block.id, reason=reason, days=days)
