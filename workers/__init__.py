"""Celery: the relay of the outbox, ringing, texts, follow-ups, housekeeping. Thin."""
