"""Texts and follow-ups on a real line while its processes are killed, its broker wiped and its provider unreliable."""
