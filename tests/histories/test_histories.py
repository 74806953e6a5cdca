"""Whatever callers, counselors, Twilio and our own workers do, in any order: nobody is left with nothing."""

import pytest

from tests.histories.search import smallest_failure
from tests.histories.stage import Stage

BLOCK = 3
BLOCKS = 2  # the same histories each time; `make histories` goes on from there


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_caller_reaches_somebody_and_every_phone_is_let_go(stage: Stage) -> None:
    for seed in range(BLOCKS):
        failure = smallest_failure(stage, seed, BLOCK)
        assert not failure, failure
