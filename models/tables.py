"""Every table, imported in one place, for migrations and mappers."""

from models import (
    api_keys,
    bed_contacts,
    bed_rounds,
    consents,
    contacts,
    directory,
    dispatch,
    follow_ups,
    live_facts,
    matches,
    outbox,
    people,
    schedules,
    sign_ins,
    texts,
    versions,
)

__all__ = [
    "api_keys",
    "bed_contacts",
    "bed_rounds",
    "consents",
    "contacts",
    "directory",
    "dispatch",
    "follow_ups",
    "live_facts",
    "matches",
    "outbox",
    "people",
    "schedules",
    "sign_ins",
    "texts",
    "versions",
]
