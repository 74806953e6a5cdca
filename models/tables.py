"""Every table, imported in one place, for migrations and mappers."""

from models import consents, contacts, directory, follow_ups, live_facts, matches, outbox, people, sign_ins, texts

__all__ = [
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
