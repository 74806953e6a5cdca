"""Runs one history on a stage."""

from simulator.journal import Entry
from tests.histories import aftermath
from tests.histories.plans import History
from tests.histories.stage import Stage, same_ids_each_time
from tests.histories.watch import Watch
from tests.histories.world import World

FETCHES_FAILED = {11200, 11205}  # what lost and refused webhooks cause; nothing else is excused


def problems_of(stage: Stage, history: History) -> list[str]:
    """What should not have happened in a history, in order of time; empty when all went well."""
    with same_ids_each_time():
        world = World(stage, history)
        watch = Watch(world)
        aftermath.run(world, watch)
    troubled = any(trouble.area == "webhook" for trouble in history.troubles)
    for entry in world.exchange.journal.of_kind("warning", "error"):
        if not (troubled and entry.details.get("code") in FETCHES_FAILED):
            world.problem(f"Twilio would complain: {_complaint(entry)}")
    return world.problems


def _complaint(entry: Entry) -> str:
    return f"{entry.details.get('code')} {entry.text}"
