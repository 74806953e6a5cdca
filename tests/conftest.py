"""What every test may ask for; the fixtures themselves live in tests/fixtures."""

import hypothesis
import pytest

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


# What takes long to start is started once: all tests that ask for one of these run in the same process.
STARTED_ONCE = {"running_line": "line", "world": "degraded", "console": "browser", "kept_data": "embedded"}


@pytest.hookimpl(tryfirst=True)  # the groups are read by xdist in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests first: they mostly wait for real processes, and meanwhile the other core has all the rest to do.

    At the end of the run they would wait one after the other with nothing beside them. The order is kept otherwise.
    """
    for item in items:
        for fixture, group in STARTED_ONCE.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: not any(map(item.get_closest_marker, ("slow", "xdist_group"))))
