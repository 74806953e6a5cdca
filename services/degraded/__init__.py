"""Helping people while the database is gone: a snapshot, a journal and signed tickets instead of rows."""
