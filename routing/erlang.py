"""How many counselors a load needs: Erlang's formula for callers who wait in one line and do not give up.

A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic telephone
exchanges" (1917). It takes calls that come independently, handle times that vary like exponential ones, and no
hang-ups; real lines with hang-ups wait a little less.
"""

import math


def load(calls_per_hour: float, handle_seconds: float) -> float:
    """Erlangs: counselors who are busy on average. The handle time includes ringing, pressing 1 and wrap-up."""
    return calls_per_hour * handle_seconds / 3600


def waiting_share(erlangs: float, counselors: int) -> float:
    """Erlang C: the share of callers (0 to 1) who find every counselor busy; 1 when the line cannot keep up."""
    if erlangs >= counselors:
        return 1.0
    blocked = 1.0  # Erlang B, counselor by counselor: stable for any number
    for count in range(1, counselors + 1):
        blocked = erlangs * blocked / (count + erlangs * blocked)
    return counselors * blocked / (counselors - erlangs * (1 - blocked))


def mean_wait(erlangs: float, counselors: int, handle_seconds: float) -> float:
    """Seconds that callers wait on average for a counselor to be free; infinite when the line cannot keep up."""
    if erlangs >= counselors:
        return math.inf
    return waiting_share(erlangs, counselors) * handle_seconds / (counselors - erlangs)


def within(seconds: float, erlangs: float, counselors: int, handle_seconds: float) -> float:
    """The share of callers (0 to 1) for whom a counselor is free within some seconds; 0 when it cannot keep up."""
    if erlangs >= counselors or seconds < 0:
        return 0.0
    return 1 - waiting_share(erlangs, counselors) * math.exp(-(counselors - erlangs) * seconds / handle_seconds)


def counselors_for(share: float, seconds: float, erlangs: float, handle_seconds: float) -> int:
    """The fewest counselors with whom that share of callers waits no longer than some seconds.

    Raises ValueError for a share of 1 or more, which no number reaches, and for negative seconds.
    """
    if not (0 <= share < 1 and seconds >= 0):
        raise ValueError("the share lies between 0 and 1, and the seconds are not negative")
    counselors = math.floor(erlangs) + 1
    while within(seconds, erlangs, counselors, handle_seconds) < share:
        counselors += 1
    return counselors
