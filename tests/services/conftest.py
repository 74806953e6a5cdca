"""For stories told by phone a line on a paper network; for those by text the real words, rules and sample directory."""

from dataclasses import replace
from pathlib import Path

import pytest

from config.content import load_content
from config.match_content import match_content
from config.phrases import load_phrases
from services.directory.importing import ImportWish, import_directory
from services.house import House
from services.match_desk import build_desk
from tests.fixtures.paper import PaperTelephony
from tests.services.calls import Stage
from tests.services.outside import NOON
from tests.services.referring import Story
from tests.services.texting import Thread

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "directory.csv"


@pytest.fixture
def stage(house: House, paper: PaperTelephony) -> Stage:
    """A line whose telephone network is paper, moved by the test's own hand."""
    return Stage(house, paper)


@pytest.fixture(scope="session")
def desk():
    content = load_content()
    return build_desk(match_content(content, load_phrases()))


@pytest.fixture
def text_house(house: House, zip_codes: None, desk) -> House:
    """A house with the real words, the real rules of the match, and the invented sample directory."""
    built = replace(house, match_desk=replace(desk, _current=None))  # each test imports the directory anew
    import_directory(built, ImportWish(SAMPLE), NOON)
    return built


@pytest.fixture
def caller(text_house: House) -> Thread:
    return Thread(text_house)


@pytest.fixture
def told(caller: Thread) -> Story:
    """Somebody whom a counselor has told of places of the sample directory."""
    return Story(caller)
