"""`flask retention due` and `apply`: what has outlived its period, and letting it go."""

import json
from datetime import UTC, datetime

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from services import retention as service
from web.house import house

retention = AppGroup("retention", help="How long records are kept.")


@retention.command("due")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line and nothing else.")
def due(as_json: bool) -> None:
    """Say what would go now and within thirty days; nothing is changed."""
    for row in service.forecast(house(), datetime.now(UTC)):
        if as_json:
            click.echo(json.dumps({"kind": row.kind, "days": row.days, "now": row.now, "soon": row.soon}))
        else:
            click.echo(f"{row.kind:>16}  kept {row.days} days: {row.now} would go now, {row.soon} within 30 days")


@retention.command("apply")
def apply() -> None:
    """Let go what has outlived its period, without waiting for the sweep, and ask Twilio to remove its copies."""
    now = datetime.now(UTC)
    for kind, count in service.apply_due(house(), now).items():
        click.echo(f"{kind}: {count} gone.")
    copies = service.erase_copies(house(), current_app.extensions["telephony"], now)
    click.echo(f"{copies} copies removed at Twilio; the rest follows by itself.")


def register(app: Flask) -> None:
    """Add the commands to `flask --app app`."""
    app.cli.add_command(retention)
