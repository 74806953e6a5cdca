"""Words that the line never says, in any phrase, sheet, title or page, in either language."""

from collections.abc import Iterator

import pytest

from config.content import load_content
from config.phrases import load_phrases
from routing.information import Library
from routing.never_said import NEVER, found, private_without_limits
from web.words import LANGUAGES, table


@pytest.fixture(scope="module")
def said(library: Library) -> list[tuple[str, str]]:
    """Everything that callers hear or read: where it stands, and the words."""
    return list(_said(library))


def _said(library: Library) -> Iterator[tuple[str, str]]:
    for key, sentences in load_phrases().items():
        yield from ((f"{key} ({language})", words) for language, words in sentences.items())
    near = [sheet for by_state in library.near.values() for sheet in by_state.values()]
    for sheet in [*library.sheets.values(), *near]:
        for section in sheet.sections:
            for language, lines in section.lines.items():
                yield from ((f"{sheet.id}.{section.heading} ({language})", line) for line in lines)
        yield from ((f"{sheet.id}.name ({language})", name) for language, name in sheet.names.items())
    content = load_content()
    titled = [(flag.id, flag.title) for flag in content.red_flags] + list(content.tier_says.items())
    for name, words in titled:
        yield from ((f"{name} (en)", words.en), (f"{name} (es)", words.es))


@pytest.mark.parametrize("why", NEVER)
def test_never_said_to_anybody(said: list[tuple[str, str]], why: str) -> None:
    assert [(where, words) for where, words in said if NEVER[why].search(words)] == []


def test_privacy_is_never_told_without_its_limits(said: list[tuple[str, str]]) -> None:
    assert [(where, words) for where, words in said if private_without_limits(words)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_keep_to_the_same_words(language: str) -> None:
    for why in ("names a person by an illness", "clean and dirty", "a cure", "a dose", "just stop"):
        assert [key for key, words in table(language).items() if NEVER[why].search(words)] == [], why


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("names a person by an illness", "Help for addicts"),
        ("names a person by an illness", "ayuda para drogadictos"),
        ("a dose", "Take 0.5 mg at night"),
        ("a taper", "Cut it down by 25% each week"),
        ("just stop", "You can just stop."),
        ("a promise", "A bed is guaranteed"),
        ("a diagnosis", "You have an addiction"),
        ("privacy without its limits", "Calls are completely confidential"),
    ],
)
def test_the_patterns_see_what_they_are_for(why: str, words: str) -> None:
    seen = found(words)
    assert seen is not None
    assert seen[0] == why
