"""`flask experiments report`: what came of the follow-ups that are compared at random."""

import json
import sys
from datetime import UTC, datetime

import click
from flask import Flask
from flask.cli import AppGroup

from services import experiments as services
from web.comparisons import DIFFERENCE, HEAD, rows
from web.house import house
from web.spreadsheet import write_csv

WORDS = {
    "standard": "",
    "running": "still running: judge it when it has ended",
    "not_enough": "not enough to tell",
    "better": "better than the standard",
    "worse": "worse than the standard",
}

experiments = AppGroup("experiments", help="What is compared at random about follow-ups.")


@experiments.command("report")
@click.option("--csv", "as_csv", is_flag=True, help="A table for a spreadsheet.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def report_command(*, as_csv: bool, as_json: bool) -> None:
    """Answered and connected shares of each arm, with their 95 % intervals and the difference to the standard."""
    names, found = (*HEAD, *DIFFERENCE), list(rows(services.report(house(), datetime.now(UTC))))
    if as_csv:
        write_csv(sys.stdout, [names, *found])
    for row in found if not as_csv else ():
        told = dict(zip(names, row, strict=True))
        click.echo(json.dumps(told, default=str) if as_json else _line(told))
    if not found and not (as_csv or as_json):
        click.echo("Nothing is compared: config/content/experiments.toml names no experiment.")


def _line(told: dict[str, object]) -> str:
    head = f"{told['experiment']} {told['arm']} {told['outcome']}: {told['hits']} of {told['people']}"
    share = f"{told['share']} ({told['low']} to {told['high']})"
    apart = (
        f"; difference {told['difference_low']} to {told['difference_high']}" if told["difference"] is not None else ""
    )
    return f"{head}, {share}{apart}. {WORDS[str(told['judgement'])]}".rstrip()


def register(app: Flask) -> None:
    """Add the commands to `flask --app app`."""
    app.cli.add_command(experiments)
