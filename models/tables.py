"""Every table, imported in one place, for migrations and mappers."""

from models import contacts, follow_ups, outbox, people, sign_ins, texts

__all__ = ["contacts", "follow_ups", "outbox", "people", "sign_ins", "texts"]
