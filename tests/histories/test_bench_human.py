"""The benchmark's line against the real one: the same calls and phones, and people talk at nearly the same moment."""

import pytest

from bench.human import line as played
from bench.human.ours import Ours
from bench.human.people import Caller as Somebody
from bench.human.people import Ring
from simulator.hearing import talking_with
from tests.histories.plans import Caller, History, Pickup, Staff
from tests.histories.stage import Stage, same_ids_each_time
from tests.histories.world import World

CALLS, COUNSELORS = (0.0, 1.5), 4
PICK_UP, PRESS = 3.0, 2.0


def really(stage: Stage) -> list[float]:
    """When each caller talks, on the real services."""
    staff = (Staff((Pickup(after=PICK_UP, think=PRESS),)),) * COUNSELORS
    talks: dict[int, float] = {}
    with same_ids_each_time():
        world = World(stage, History(tuple(Caller(at, phone + 1) for phone, at in enumerate(CALLS)), staff))

        def look() -> None:
            for one in world.callers:
                if one.call is not None and talking_with(one.call):
                    talks.setdefault(one.index, world.engine.now - world.began)

        world.watch = look  # type: ignore[method-assign]
        world.pass_time(16)
    return [talks[index] for index in range(len(CALLS))]


def test_callers_of_the_benchmark_talk_when_those_of_the_real_services_do(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(played, "ring", lambda *_: Ring(PICK_UP, PRESS))
    people = [Somebody(number, at, talk=60, counts=True) for number, at in enumerate(CALLS)]
    Ours(people, COUNSELORS, "").run(100)

    assert [one.answered_at for one in people] == pytest.approx(really(stage), abs=1.0)
