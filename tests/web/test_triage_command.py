"""`flask triage` as an outside tool uses it."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import Result
from flask import Flask

from config.content import load_content
from config.content.committed import committed_content
from config.content.loader import HERE
from routing.triage import TriageRules
from web.commands import triage

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def run() -> Run:
    app = Flask("triage")
    app.extensions["house"] = SimpleNamespace(triage=TriageRules.build(load_content()))
    app.extensions["triage_reader"] = lambda directory: TriageRules.build(load_content(directory))
    triage.register(app)
    return lambda *words: app.test_cli_runner().invoke(args=["triage", *words])


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.jsonl"
    lines = [{"id": 1, "text": "no despierta"}, {"id": "b", "text": "xanax and medicaid in 02150"}]
    path.write_text("\n".join(json.dumps(line) for line in lines) + "\n\n", encoding="utf-8")
    return path


def test_one_text_is_one_json_object_of_the_public_shape(run: Run) -> None:
    result = run("I take Klonopin, medicaid, 02150", "--json")
    answer = json.loads(result.stdout)
    assert set(answer) == {"urgency", "flags", "substances", "payer", "zip", "level_of_care", "reasons"}
    assert answer["substances"] == ["clonazepam"]
    assert (answer["urgency"], answer["payer"], answer["zip"]) == ("none", "medicaid", "02150")


def test_a_corpus_is_one_object_a_line_with_its_id(run: Run, corpus: Path) -> None:
    result = run("--corpus", str(corpus), "--json")
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert (first["id"], first["urgency"]) == (1, "911_now")
    assert (second["id"], second["substances"]) == ("b", ["alprazolam"])


def test_an_edit_of_the_content_shows_what_it_changes(run: Run, corpus: Path, tmp_path: Path) -> None:
    folder = tmp_path / "content"
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    payers = folder / "payers.toml"
    payers.write_text(payers.read_text(encoding="utf-8").replace('id = "medicaid"', 'id = "nothing"'), encoding="utf-8")
    result = run("--corpus", str(corpus), "--against", str(folder), "--json")
    (changed,) = (json.loads(line) for line in result.stdout.splitlines())
    assert changed["id"] == "b"
    assert (changed["before"]["payer"], changed["after"]["payer"]) == ("medicaid", "nothing")


@pytest.mark.skipif(shutil.which("git") is None, reason="the project runs without git; it then has no last commit")
def test_an_editor_sees_in_plain_lines_what_an_edit_changes_since_the_last_commit(
    run: Run, corpus: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "content"
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    git = ["git", "-C", str(folder), "-c", "user.name=editor", "-c", "user.email=editor@example.org"]
    payers = folder / "payers.toml"
    now = payers.read_text(encoding="utf-8")
    payers.write_text(now.replace('id = "medicaid"', 'id = "nothing"'), encoding="utf-8")
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "before"]):
        subprocess.run([*git, *words], check=True)
    payers.write_text(now, encoding="utf-8")
    with committed_content(folder) as before:
        assert 'id = "nothing"' in (before / "payers.toml").read_text(encoding="utf-8")
        result = run("--corpus", str(corpus), "--against", str(before))
    assert "b: xanax and medicaid in 02150\n" in result.stdout
    assert "payer: medicaid -> nothing" in result.stdout
    assert "1 of 2 texts are understood differently." in result.stdout


def test_where_nothing_was_committed_an_editor_is_told_to_name_a_folder(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="no committed content"), committed_content(tmp_path):
        pass


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "Give a TEXT or --corpus FILE"),
        (["hello", "--against", "here"], "give --corpus FILE"),
        (["hello", "--changes"], "give --corpus FILE"),
        (["--corpus", "/nowhere.jsonl"], "cannot be read"),
    ],
)
def test_bad_input_is_a_sentence_on_stderr_and_status_2(run: Run, words: list[str], sentence: str) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stdout == ""


def test_a_corpus_line_that_is_no_json_is_named(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"id": 1, "text": "hi"}\nnonsense\n')
    result = run("--corpus", str(path), "--json")
    assert result.exit_code == 2
    assert "Line 2 is not JSON" in result.stderr


def test_content_that_cannot_be_used_is_refused_with_its_sentence(run: Run, corpus: Path, tmp_path: Path) -> None:
    result = run("--corpus", str(corpus), "--against", str(tmp_path), "--json")
    assert result.exit_code == 2
    assert "missing" in result.stderr
