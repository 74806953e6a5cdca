"""What has outlived its period goes, by itself and on record; holds keep it; the provider's copies go too."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import legal_holds, outlived, retention
from models.legal_holds import LegalHold
from models.retention import ProviderCopy
from services import audit
from services.house import House
from telephony.ports import CallGone, ProviderRefused, ProviderUnsure, Telephony

BATCH = 200  # rows in one transaction, so that nobody waits for it
BATCHES = 5  # of each kind in one sweep, which has 45 s; the next one goes on
COPIES = 60  # requests to the provider in one sweep, fewer when it gives no answer
AGAIN = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
SOON = timedelta(days=30)


@dataclass(frozen=True)
class Forecast:
    """What would go now of one kind, and within the next thirty days (those of now among them)."""

    kind: str
    days: int
    now: int
    soon: int


@dataclass(frozen=True)
class HoldRow:
    """A legal hold; `contact_id` None: all of the person."""

    id: uuid.UUID
    caller_id: uuid.UUID
    contact_id: uuid.UUID | None
    reason: str
    placed_at: datetime
    placed_by: str
    ended_at: datetime | None


def forecast(house: House, now: datetime) -> tuple[Forecast, ...]:
    """What would go, by kind of record; nothing is changed."""
    with house.db.begin() as session:
        return tuple(
            Forecast(
                kind,
                days,
                outlived.count_outlived(session, kind, now - timedelta(days=days)),
                outlived.count_outlived(session, kind, now - timedelta(days=days) + min(SOON, timedelta(days=days))),
            )
            for kind, days in house.retention.items()
        )


def standing(house: House) -> tuple[tuple[HoldRow, ...], int]:
    """The holds that stand, and how many copies the provider is still to remove."""
    with house.db.begin() as session:
        return tuple(hold_row(hold) for hold in legal_holds.holds_now(session)), retention.count_copies(session)


def apply_due(house: House, now: datetime, *, by: uuid.UUID | None = None) -> Mapping[str, int]:
    """Let go what has outlived its period, a thousand rows of each kind at most; how many went, by kind."""
    gone: dict[str, int] = {}
    for kind, days in house.retention.items():
        for _ in range(BATCHES):
            with house.db.begin() as session:
                count = retention.remove_outlived(session, kind, now - timedelta(days=days), now, BATCH)
                if count:
                    audit.write(session, "retention_applied", by, now, record=kind, count=count)
            gone[kind] = gone.get(kind, 0) + count
            if count < BATCH:
                break
    return {kind: count for kind, count in gone.items() if count}


def erase_copies(house: House, telephony: Telephony, now: datetime) -> int:
    """Ask the provider to remove what it still has; how many are gone. One that fails is asked for again, later."""
    with house.db.begin() as session:
        copies = [(copy.sid, copy.kind) for copy in _claimed(retention.copies_due(session, now, COPIES), now)]
    gone = []
    for sid, kind in copies:
        try:
            if _erased(telephony, sid, kind):
                gone.append(sid)
        except ProviderUnsure:
            break  # each further one might wait for an answer just as long
    with house.db.begin() as session:
        retention.copies_gone(session, gone)
        if gone:
            audit.write(session, "provider_copies_removed", None, now, count=len(gone))
    return len(gone)


def _claimed(copies: Sequence[ProviderCopy], now: datetime) -> Sequence[ProviderCopy]:
    """Not due again for a while, so that a sweeper that dies or a request that fails is followed by another."""
    for copy in copies:
        copy.due_at = now + AGAIN[min(copy.attempts, len(AGAIN) - 1)]
        copy.attempts += 1
    return copies


def hold_row(hold: LegalHold) -> HoldRow:
    """A hold as pages show it."""
    placer = hold.placer.name if hold.placer else ""
    return HoldRow(hold.id, hold.caller_id, hold.contact_id, hold.reason, hold.placed_at, placer, hold.ended_at)


def _erased(telephony: Telephony, sid: str, kind: str) -> bool:
    remove = {
        "text": telephony.delete_text,
        "call": telephony.delete_call,
        "recording": telephony.delete_recording,
        "words": telephony.delete_transcription,
    }[kind]
    try:
        remove(sid)
    except CallGone:
        return True
    except ProviderRefused:
        return False
    return True
