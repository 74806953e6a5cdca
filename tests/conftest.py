"""What every test may ask for; the fixtures themselves live in tests/fixtures."""

import hypothesis

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
