"""The house keeps its own rules: imports go one way, modules stay small and say what they are for."""

import ast
import logging
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("config", "routing", "models", "services", "telephony", "web", "workers", "runtime", "simulator")
# Parts of what Flask, pydantic-settings and the Twilio SDK show to those who use them.
PUBLIC_PARTS = {"itsdangerous", "markupsafe", "werkzeug", "jinja2", "click", "pydantic", "requests", "urllib3"}
MAX_FILE_LINES, MAX_FUNCTION_LINES = 340, 60


def _modules(*places: str) -> list[Path]:
    found = [path for place in places for path in sorted((ROOT / place).rglob("*.py"))]
    return found + [path for path in (ROOT / "app.py",) if path.exists()]


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _imported_packages(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def test_every_import_goes_the_way_it_may(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out
    for logger in logging.root.manager.loggerDict.values():  # the linter silences every logger that it finds
        if isinstance(logger, logging.Logger):
            logger.disabled = False


@pytest.mark.parametrize("path", _modules(*ROOMS), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_what_it_is_for_and_stays_small(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree), "the first line of a module says what it is for"
    assert len(path.read_text().splitlines()) <= MAX_FILE_LINES
    long = [node.name for node in _functions(tree) if (node.end_lineno or 0) - node.lineno >= MAX_FUNCTION_LINES]
    assert not long, f"these functions want to be two: {', '.join(long)}"


def test_what_is_imported_was_chosen() -> None:
    """A package that only came along with another may leave with it: whatever we import is in requirements.in."""
    lines = (ROOT / "requirements.in").read_text().splitlines()
    chosen = {canonicalize_name(Requirement(line).name) for line in lines if line and not line.startswith("#")}
    owners = packages_distributions()
    for path in _modules(*ROOMS):
        for package in _imported_packages(path) & owners.keys():
            distributions = {canonicalize_name(name) for name in owners[package]}
            assert distributions & (chosen | PUBLIC_PARTS), f"{path.relative_to(ROOT)} imports {package}"
