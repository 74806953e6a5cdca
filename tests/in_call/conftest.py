"""The stage of all conversations of a test process, and a line for each test."""

from collections.abc import Iterator

import pytest

from tests.fixtures.database import Copies
from tests.histories.stage import Stage
from tests.in_call.line import Line


@pytest.fixture(scope="package")
def stage(copies: Copies) -> Iterator[Stage]:
    """One database and one application for all of them."""
    url = copies.make()
    built = Stage(url)
    yield built
    built.close()
    copies.drop(url)


@pytest.fixture
def line(stage: Stage) -> Line:
    """An empty line: pretend phones, our web and our workers, in virtual time."""
    return Line(stage)
