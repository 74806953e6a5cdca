"""`flask roster import PATH.csv`: the people of the line and their shifts from one file."""

from datetime import UTC, datetime
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from services.roster import import_roster
from web import offers
from web.commands.refusal import Refusal, text_of
from web.house import house

roster = AppGroup("roster", help="The people of the line and their shifts.")


@roster.command("import")
@click.argument("path", type=click.Path(path_type=Path))
def import_command(path: Path) -> None:
    """Bring counselors and shifts to what the CSV file PATH says: all of it or nothing."""
    result = import_roster(house(), text_of(path), datetime.now(UTC), said=offers.codes())
    if result.errors:
        raise Refusal([*result.errors, "Nothing was changed."])
    click.echo(f"{result.added} added, {result.changed} changed, {result.unchanged} unchanged.")


def register(app: Flask) -> None:
    """Add the commands to `flask --app app`."""
    app.cli.add_command(roster)
