"""Searches many histories for one that goes wrong, and makes it small."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, seed, settings

from runtime.embedded import ensure_servers
from runtime.migrate import upgrade
from tests.histories.history import problems_of
from tests.histories.plans import History
from tests.histories.stage import Stage
from tests.histories.strategies import HISTORIES


def smallest_failure(stage: Stage, block: int, size: int) -> str:
    """Runs the `size` histories of a seed: the smallest one that goes wrong with its problems, or nothing."""

    @seed(block)
    @settings(
        max_examples=size,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        report_multiple_bugs=False,
    )
    @given(HISTORIES)
    def goes_well(history: History) -> None:
        problems = problems_of(stage, history)
        assert not problems, "\n".join([repr(history), *problems])

    try:
        goes_well()
    except AssertionError as failure:
        return str(failure)
    return ""


@contextmanager
def own_stage() -> Iterator[Stage]:
    """A stage on servers of its own, for a long run."""
    with TemporaryDirectory() as place, ensure_servers(Path(place), throwaway=True) as servers:
        upgrade(servers.database_url)
        stage = Stage(servers.database_url)
        try:
            yield stage
        finally:
            stage.close()
