"""Phrases: every sentence in every language, or no start."""

from pathlib import Path

import pytest

from config.phrases import PhrasesError, load_phrases


def write(folder: Path, words: str, name: str = "a.toml") -> Path:
    (folder / name).write_text(words, encoding="utf-8")
    return folder


def test_the_phrases_of_the_house_can_be_read() -> None:
    table = load_phrases()
    assert table
    assert all(set(sentences) == {"en", "es"} for sentences in table.values())


def test_a_sentence_is_found_by_key_and_language(tmp_path: Path) -> None:
    table = load_phrases(write(tmp_path, '["x.hello"]\nen = "Hi {name}"\nes = "Hola {name}"\n'))
    assert table["x.hello"]["es"] == "Hola {name}"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ('["x"]\nen = "Hi"', "needs exactly one sentence"),
        ('["x"]\nen = "Hi"\nes = " "', "empty sentence"),
        ('["x"]\nen = "Hi {name}"\nes = "Hola"', "different {placeholders}"),
        ('["x"]\nen = "Hi {name"\nes = "Hola"', "does not close"),
    ],
)
def test_a_wrong_sentence_stops_the_start_and_is_named(tmp_path: Path, words: str, reason: str) -> None:
    with pytest.raises(PhrasesError, match=r"a\.toml: x ") as raised:
        load_phrases(write(tmp_path, words))
    assert reason in str(raised.value)


def test_a_key_lives_in_one_file(tmp_path: Path) -> None:
    write(tmp_path, '["x"]\nen = "Hi"\nes = "Hola"')
    with pytest.raises(PhrasesError, match="is in two files"):
        load_phrases(write(tmp_path, '["x"]\nen = "Hey"\nes = "Hola"', "b.toml"))
