"""Whatever callers, counselors, Twilio and our own workers do, in any order: nobody is left with nothing."""

import time

import pytest

from tests.histories.search import smallest_failure
from tests.histories.stage import Stage

SECONDS = 60.0  # `make histories` runs longer
BLOCK = 5
FEWEST = 4  # blocks, however slow the machine is


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_caller_reaches_somebody_and_every_phone_is_let_go(stage: Stage) -> None:
    began = time.monotonic()
    seed = 0
    while seed < FEWEST or time.monotonic() - began < SECONDS:
        failure = smallest_failure(stage, seed, BLOCK)
        assert not failure, failure
        seed += 1
