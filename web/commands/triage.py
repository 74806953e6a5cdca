"""`flask triage`: what the line understands of a text or of a corpus, and what an edit of the content changes."""

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, cast

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from services import triage as service
from web.commands.refusal import Refusal, text_of
from web.house import house


@click.command("triage")
@click.argument("text", required=False)
@click.option("--corpus", type=click.Path(path_type=Path), help='A file with {"id", "text"} a line.')
@click.option("--against", type=click.Path(path_type=Path), help="A content directory to compare this one with.")
@click.option("--changes", is_flag=True, help="What your edit changes: the committed content against the one here.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line and nothing else.")
@with_appcontext
def triage_command(text: str | None, corpus: Path | None, against: Path | None, changes: bool, as_json: bool) -> None:
    """Understand TEXT, or every line of a corpus. Needs no database."""
    if (text is None) == (corpus is None):
        raise Refusal(["Give a TEXT or --corpus FILE, one of the two."])
    if (against is not None or changes) and corpus is None:
        raise Refusal(["--against and --changes compare a corpus: give --corpus FILE too."])
    if against is not None and changes:
        raise Refusal(["Give --against DIR or --changes, one of the two."])
    rules = house().triage
    if corpus is None:
        _print([service.understand(rules, text or "")], as_json)
        return
    lines = _corpus(corpus)
    if changes:
        _print_changes(service.changes(_committed_rules(), rules, lines), dict(lines), as_json)
    elif against is not None:
        _print_changes(service.changes(rules, _rules_of(against), lines), dict(lines), as_json)
    else:
        _print(service.understand_corpus(rules, lines), as_json)


def _corpus(path: Path) -> list[tuple[Any, str]]:
    try:
        return service.read_corpus(text_of(path).split("\n"))
    except service.CorpusError as error:
        raise Refusal([f"{path}: {error}"]) from None


def _rules_of(directory: Path) -> Any:
    read = cast(Callable[[Path], Any], current_app.extensions["triage_reader"])
    try:
        return read(directory)
    except ValueError as error:
        raise Refusal([str(error)]) from None


def _committed_rules() -> Any:
    committed = cast(Callable[[], AbstractContextManager[Path]], current_app.extensions["committed_content"])
    try:
        with committed() as directory:
            return _rules_of(directory)
    except LookupError as error:
        raise Refusal([str(error)]) from None


def _print_changes(changes: Iterable[dict[str, Any]], texts: Mapping[Any, str], as_json: bool) -> None:
    """Each text that is understood differently, for an editor: `urgency: none -> 911_now`; and how many there are."""
    if as_json:
        _print(changes, as_json)
        return
    count = 0
    for change in changes:
        count += 1
        click.echo(f"{change['id']}: {texts[change['id']]}")
        for key in change["after"]:
            click.echo(f"  {key}: {_plain(change['before'][key])} -> {_plain(change['after'][key])}")
        click.echo()
    click.echo(f"{count} of {len(texts)} texts are understood differently.")


def _plain(value: object) -> str:
    return "; ".join(map(str, value)) or "nothing" if isinstance(value, list) else str(value or "nothing")


def _print(answers: Iterable[dict[str, Any]], as_json: bool) -> None:
    for answer in answers:
        if as_json:
            click.echo(json.dumps(answer))
            continue
        for key, value in answer.items():
            shown = "\n  ".join(["", *value]) if key == "reasons" and isinstance(value, list) else value
            click.echo(f"{key}: {shown}")
        click.echo()


def register(app: Flask) -> None:
    """Add the command. `app.extensions`: `house`, `triage_reader` (directory -> TriageRules), `committed_content`."""
    app.cli.add_command(triage_command)
