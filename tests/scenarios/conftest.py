"""Fixtures of the scenarios: a line of real processes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.scenarios.plant import Plant


@pytest.fixture
def build_plant(clean_database: str, redis_url: str, tmp_path: Path, keys: None) -> Iterator[Callable[..., Plant]]:
    """A line on a database and a Redis of its own; keyword arguments are further environment variables."""
    plants: list[Plant] = []

    def build(**more: str) -> Plant:
        plants.append(Plant(clean_database, redis_url, tmp_path, more))
        return plants[-1]

    yield build
    for plant in plants:
        plant.stop()
