"""What every test may ask for; the fixtures themselves live in tests/fixtures."""

import gc

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling

gc.disable()  # until all is imported and collected: none of that is garbage, and looking for some takes seconds

pytest_plugins = [
    "tests.fixtures.servers",
    "tests.fixtures.database",
    "tests.fixtures.house",
    "tests.fixtures.people",
    "tests.fixtures.paper",
    "tests.fixtures.line",
    "tests.fixtures.application",
    "tests.fixtures.chromium",
    "tests.fixtures.directory",
    "tests.fixtures.outside",
]

# The machine is shared and slow at times: a slow example is no failure.
hypothesis.settings.register_profile(
    "harborline", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("harborline")


# What takes long to start is started once: the tests that ask for it run in the same process, one after the other.
# Those with no name start their own. Among the slow ones the longest come first.
STARTED_ONCE = {
    "tests/browser/": "the console",
    "tests/scenarios/test_degraded.py": "a line without servers",
    "tests/scenarios/test_chaos.py": "",
    "tests/scenarios/test_a_killed_worker.py": "",
    "tests/scenarios/": "the line",
    "tests/runtime/test_run.py": "",
    "tests/runtime/test_embedded.py": "embedded servers",
}


def _started_once(nodeid: str) -> str:
    """The path in STARTED_ONCE under which a test stands, or nothing."""
    return next((path for path in STARTED_ONCE if nodeid.startswith(path)), "")


class TogetherScheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """The first process has the slow tests, the others all the rest; whoever is done first helps with what is left.

    So no two lines are started or killed side by side on a small machine, while the tests that only compute have a core
    of their own. A test goes to whichever process is free, save those that share what takes long to start.
    """

    def _split_scope(self, nodeid: str) -> str:
        return STARTED_ONCE.get(_started_once(nodeid), "") or nodeid

    def _assign_work_unit(self, node: object) -> None:
        """From the front of the queue, where the slow ones are, for the first process; for the others from its end."""
        if node is not self.nodes[0]:
            self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
        super()._assign_work_unit(node)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> TogetherScheduling:
    """How tests are shared out. (`--dist loadgroup` would do, if it knew how this pytest names its tests.)"""
    return TogetherScheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests first, the longest before the others: at the end of the run they would wait with nothing beside them.

    The order is kept otherwise.
    """
    longest = [*STARTED_ONCE, ""]

    def place(item: pytest.Item) -> int:
        is_slow = item.get_closest_marker("slow") or item.get_closest_marker("browser")
        return longest.index(_started_once(item.nodeid)) if is_slow else len(longest)

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """From here on there is garbage; what was imported and collected stays, and is passed by when it is looked for."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)  # and it is looked for less often than in a process that runs for months
    gc.enable()
