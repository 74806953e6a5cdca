"""One step of a sweep that breaks holds up no other, and is not hidden."""

import pytest

from workers.steps import in_turn


def test_a_step_that_breaks_holds_up_no_other() -> None:
    done: list[int] = []
    with pytest.raises(ExceptionGroup):
        in_turn(lambda: done.append(1), lambda: 1 / 0, lambda: done.append(2))
    assert done == [1, 2]
