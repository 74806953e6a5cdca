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
    "tests.fixtures.directory",
    "tests.fixtures.outside",
]

# The machine is shared and slow at times: a slow example is no failure.
hypothesis.settings.register_profile("harborline", deadline=None)
hypothesis.settings.load_profile("harborline")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests first: they mostly wait for real processes, and meanwhile the other core has all the rest to do.

    At the end of the run they would wait one after the other with nothing beside them. What the marks say is the
    only thing that is moved; the order within each half stays.
    """
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
