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
hypothesis.settings.register_profile("harborline", deadline=None)
hypothesis.settings.load_profile("harborline")


# What takes long to start is started once: the tests that ask for it run in the same process, one after the other.
STARTED_ONCE = {
    "tests/browser/": "the console",
    "tests/runtime/test_embedded.py": "embedded servers",
    "tests/scenarios/test_degraded.py": "a line without servers",
    "tests/scenarios/test_a_killed_worker.py": "",  # starts its own
    "tests/scenarios/test_chaos.py": "",
    "tests/scenarios/": "the line",
}


class TogetherScheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Each test goes to whichever process is free, save those that share what takes long to start."""

    def _split_scope(self, nodeid: str) -> str:
        return next((what for path, what in STARTED_ONCE.items() if nodeid.startswith(path)), "") or nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> TogetherScheduling:
    """How tests are shared out. (`--dist loadgroup` would do, if it knew how this pytest names its tests.)"""
    return TogetherScheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests first: they mostly wait for real processes, and meanwhile the other core has all the rest to do.

    At the end of the run they would wait one after the other with nothing beside them. The order is kept otherwise.
    """
    items.sort(key=lambda item: not (item.get_closest_marker("slow") or item.get_closest_marker("browser")))


def pytest_collection_finish() -> None:
    """From here on there is garbage; what was imported and collected stays, and is passed by when it is looked for."""
    gc.freeze()
    gc.enable()
