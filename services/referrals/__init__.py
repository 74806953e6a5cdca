"""Referrals from the question to a place until the person has arrived there: the closed loop."""
