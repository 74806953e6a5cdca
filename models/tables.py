"""Every table, imported in one place, for migrations and mappers."""

from models import (
    bed_contacts,
    bed_rounds,
    consents,
    contacts,
    directory,
    follow_ups,
    live_facts,
    matches,
    outbox,
    people,
    sign_ins,
    texts,
)

__all__ = [
    "bed_contacts",
    "bed_rounds",
    "consents",
    "contacts",
    "directory",
    "follow_ups",
    "live_facts",
    "matches",
    "outbox",
    "people",
    "sign_ins",
    "texts",
]
