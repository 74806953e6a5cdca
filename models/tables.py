"""Every table, imported in one place, for migrations and mappers."""

from models import contacts, directory, follow_ups, live_facts, matches, outbox, people, sign_ins, texts

__all__ = ["contacts", "directory", "follow_ups", "live_facts", "matches", "outbox", "people", "sign_ins", "texts"]
