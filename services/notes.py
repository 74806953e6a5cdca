"""A counselor's notes on a contact: saved as they are typed, never overwritten by somebody else's older page."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime

from models.contacts import lock_contact
from models.outbox import touch
from services import audit
from services.house import House

LONGEST_NOTES = 20_000  # characters


@dataclass(frozen=True)
class NotesSaved:
    """What is stored now. `kept` is False when nothing was saved: others wrote meanwhile, or it is too long."""

    kept: bool
    notes: str
    version: str


def write_notes(
    house: House, contact_id: uuid.UUID, counselor_id: uuid.UUID, *, notes: str, seen_version: str, now: datetime
) -> NotesSaved | None:
    """Save notes if nobody changed them since `seen_version`; None when there is no such contact."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None:
            return None
        stored = contact.notes or ""
        if len(notes) > LONGEST_NOTES or version_of(stored) != seen_version:
            return NotesSaved(stored == notes, stored, version_of(stored))
        if notes != stored:
            contact.notes = notes
            audit.write(session, "notes_written", counselor_id, now, contact_id=contact_id)
            touch(session, contact_id)
        return NotesSaved(True, notes, version_of(notes))


def version_of(notes: str | None) -> str:
    """A short word that changes with the notes; it travels with the form and tells nothing about them."""
    return hashlib.sha256((notes or "").encode()).hexdigest()[:16]
