"""Content files: complete, and a mistake is named with its file and key."""

import shutil
from pathlib import Path

import pytest

from config.content import ContentError, load_content
from config.content.loader import HERE
from routing.phrase_language import PhraseError
from routing.triage import TriageRules


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "content"
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    return folder


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_catalogue_is_whole() -> None:
    content = load_content()
    assert len(content.substances) == 57
    heard = {"sounds_like_emergency", "sounds_like_despair"}  # raised by the sound of a text, not by phrases
    assert len([flag for flag in content.red_flags if flag.id not in heard]) == 17
    assert len(content.payers) == 11


def test_an_edit_changes_the_version(copy: Path) -> None:
    before = load_content(copy).version
    edit(copy / "payers.toml", '"medicaid",', '"medicaid", "medicaid card",')
    assert load_content(copy).version != before


def test_a_wrong_action_is_named_with_its_file_and_key(copy: Path) -> None:
    edit(copy / "red_flags" / "seizure.toml", '"911_now"', '"call_someone"')
    with pytest.raises(ContentError, match=r"red_flags/seizure\.toml: action"):
        load_content(copy)


def test_a_broken_file_is_named(copy: Path) -> None:
    (copy / "payers.toml").write_text("[[payer]\n")
    with pytest.raises(ContentError, match=r"payers\.toml"):
        load_content(copy)


def test_an_id_that_stands_twice_is_named(copy: Path) -> None:
    edit(copy / "payers.toml", 'id = "va"', 'id = "medicare"')
    with pytest.raises(ContentError, match="medicare"):
        load_content(copy)


def test_a_phrase_with_an_unknown_group_is_named(copy: Path) -> None:
    edit(copy / "red_flags" / "seizure.toml", '"grand mal"', '"@nobody seizing"')
    with pytest.raises(PhraseError, match=r"flag seizure.*@nobody"):
        TriageRules.build(load_content(copy))


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("language/lists.toml", "\nstreet_after =", "\nstreets_after =", r"lists\.toml.*“street_after” is missing"),
        ("language/lists.toml", 'fillers = ["like",', 'fillers = [1, "like",', r"lists\.toml: fillers: write a list"),
        ("language/spellings.toml", "[english]", 'cant = "can not"\n[english]', r"spellings\.toml: cant: write"),
        ("levels_of_care.toml", "\nserious =", "\nseriously =", r"levels_of_care\.toml: .*seriously"),
    ],
)
def test_words_that_reading_needs_are_asked_for_by_name(copy: Path, file: str, old: str, new: str, told: str) -> None:
    edit(copy / file, old, new)
    with pytest.raises(ContentError, match=told):
        load_content(copy)


def test_a_flag_that_only_sound_raises_must_be_there(copy: Path) -> None:
    (copy / "red_flags" / "sounds_like_despair.toml").unlink()
    with pytest.raises(ContentError, match=r"sounds_like_despair\.toml"):
        load_content(copy)
