"""Embedded servers and the supervision of processes for make run and the tests."""
