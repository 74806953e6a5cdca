"""The wait that is told: not passed by more than one caller in ten, and silent where it would mean nothing."""

import heapq
import random
from dataclasses import dataclass, field
from statistics import median

import pytest

from routing.wait_estimate import ANSWER_SECONDS, MINUTE, Expected, Staff, exceeded, expected_wait, wait_seconds

FREE = 0.0
LONG = 100_000.0


@dataclass
class Line:
    """First come, first served, danger before all; who is free answers after some seconds."""

    dice: random.Random
    counselors: int
    until: dict[int, float] = field(default_factory=dict)
    since: dict[int, float] = field(default_factory=dict)
    queue: list[tuple[int, float, int]] = field(default_factory=list)
    handled: list[float] = field(default_factory=list)
    told: dict[int, Expected] = field(default_factory=dict)
    waited: dict[int, float] = field(default_factory=dict)

    def run(self, callers: int, load: float) -> None:
        at, mean = 0.0, 540.0
        self.until, self.since = dict.fromkeys(range(self.counselors), 0.0), dict.fromkeys(range(self.counselors), 0.0)
        for caller in range(callers):
            at += self.dice.expovariate(load * self.counselors / mean)
            self._serve(at)
            danger = self.dice.random() < 0.03
            if not danger:
                self._tell(caller, at)
            heapq.heappush(self.queue, (0 if danger else 1, at, caller))
            self._serve(at)
        self._serve(LONG * 10)

    def _serve(self, now: float) -> None:
        while self.queue:
            who = min(self.until, key=self.until.__getitem__)
            _, came, caller = self.queue[0]
            begins = max(came, self.until[who])
            if begins > now:
                return
            heapq.heappop(self.queue)
            answered = begins + self.dice.uniform(0.5, 1.4) * ANSWER_SECONDS
            talk = self.dice.lognormvariate(5.9, 0.8)
            self.since[who], self.until[who] = begins, answered + talk
            self.handled.append(talk + answered - begins)
            self.waited[caller] = answered - came

    def _tell(self, caller: int, now: float) -> None:
        free = tuple(FREE for until in self.until.values() if until <= now)
        talking = tuple(now - self.since[who] for who, until in self.until.items() if until > now)
        told = expected_wait(Staff(free, talking, tuple(self.handled[-100:])), len(self.queue), LONG)
        if told is not None:
            self.told[caller] = told


@pytest.mark.parametrize(("counselors", "callers", "load"), [(1, 170, 0.85), (4, 300, 0.95), (10, 400, 1.0)])
def test_the_upper_end_is_passed_by_at_most_one_caller_in_ten(counselors: int, callers: int, load: float) -> None:
    line = Line(random.Random(counselors), counselors)
    line.run(callers, load)

    told, waited = list(line.told.values()), [line.waited[caller] for caller in line.told]
    assert len(told) > 80
    assert exceeded(told, waited) <= 0.10
    assert median(expected.high * MINUTE for expected in told) <= 3 * median(waited), "a range that says something"


def test_nothing_is_told_while_a_phone_rings_for_them_or_nobody_is_there() -> None:
    assert expected_wait(Staff((FREE, FREE), (60.0,), ()), 1, 180) is None
    assert expected_wait(Staff((), (), ()), 0, 180) is None


def test_a_wait_beyond_the_hard_limit_is_told_as_long_and_no_number_is_made_up() -> None:
    told = expected_wait(Staff((), (30.0,), (600.0,) * 40), 3, 180)
    assert told is not None
    assert told.beyond


def test_a_counselor_who_is_about_to_be_free_makes_it_short() -> None:
    assert expected_wait(Staff((20.0,), (), ()), 0, 180) == Expected(0, 1)
    low, high = wait_seconds(Staff((), (290.0,), (300.0,) * 40), 0) or (0.0, 0.0)
    assert low <= high < MINUTE
