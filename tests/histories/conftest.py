"""The stage of all histories of a test process."""

from collections.abc import Iterator

import pytest

from tests.fixtures.database import Copies
from tests.histories.stage import Stage


@pytest.fixture(scope="package")
def stage(copies: Copies) -> Iterator[Stage]:
    """One database and one application for all of them."""
    url = copies.make()
    built = Stage(url)
    yield built
    built.close()
    copies.drop(url)
