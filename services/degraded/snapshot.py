"""Who is on shift, which numbers are blocked, which words were changed: on this host's own disk, a minute old."""

import json
import time
from dataclasses import asdict
from datetime import datetime
from typing import Any

from models.care import blocked_now
from models.crypto import lookup_hash
from models.people import staff_with_phones
from routing.degraded_flow import STEP, OnShift, moments, on_shift_at
from routing.phrases import Words
from routing.schedule import works_at
from routing.vocabulary import Presence
from services import rings, schedules
from services.degraded.local import LocalState
from services.house import House

TAKEN_EVERY_SECONDS = 20.0


def take(house: House, local: LocalState, now: datetime) -> bool:
    """Write a new snapshot unless another process of this host has just done so. Raises when the database is gone."""
    age = local.snapshot_age(time.time())
    if age is not None and 0 <= age < TAKEN_EVERY_SECONDS:
        return False
    when = moments(now)
    with house.db.begin() as session:
        staff = staff_with_phones(session)
        shifts = schedules.schedules(session, staff, when[0], when[-1] + STEP)
        people = [
            OnShift(
                id=str(person.id),
                phone=person.phone or "",
                presence=rings.presence_now(person, now),
                hours=tuple(works_at(shifts[person.id], moment) for moment in when),
            )
            for person in staff
        ]
        blocked = {number.hex(): until.isoformat() for number, until in blocked_now(session, now)}
    coming = [asdict(person) for person in people if any(person.hours)]
    edited = {"phrases": house.phrases.changed, "rules": house.held}
    local.write_snapshot(json.dumps({"at": now.isoformat(), "people": coming, "blocked": blocked, **edited}))
    return True


def who_is_here(local: LocalState, now: datetime) -> list[OnShift]:
    """The people of the snapshot who are on shift now; nobody without a snapshot, or with one too old to know."""
    words = local.read_snapshot()
    if words is None:
        return []
    read = json.loads(words)
    people = [
        OnShift(one["id"], one["phone"], Presence(one["presence"]), tuple(one["hours"])) for one in read["people"]
    ]
    return on_shift_at(people, datetime.fromisoformat(read["at"]), now)


def changed_words(local: LocalState) -> tuple[Words, dict[str, Any]]:
    """Phrases and settings that admins had changed when the snapshot was taken."""
    words = local.read_snapshot()
    read = json.loads(words) if words is not None else {}
    return read.get("phrases", {}), read.get("rules", {})


def is_blocked(local: LocalState, number: str, now: datetime) -> bool:
    """Whether this number was blocked when the snapshot was taken, and still is."""
    words = local.read_snapshot()
    until = json.loads(words).get("blocked", {}).get(lookup_hash(number).hex()) if words is not None else None
    return until is not None and now < datetime.fromisoformat(until)
