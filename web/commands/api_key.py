"""`flask api-key add NAME` and its kin: who may read the directory's API."""

from datetime import UTC, datetime

import click
from flask import Flask
from flask.cli import AppGroup

from services.api_keys import add_api_key, api_keys, revoke_api_key
from web.commands.refusal import Refusal
from web.house import house

api_key = AppGroup("api-key", help="Who may read the directory's API.")


@api_key.command("add")
@click.argument("name")
def add_command(name: str) -> None:
    """Make a key for NAME and print it, this once."""
    made = add_api_key(house(), name, None, datetime.now(UTC))
    if made.wrong:
        raise Refusal([made.wrong])
    click.echo(made.key)
    click.echo("This is the only time it is shown. Send it in the header X-API-Key.", err=True)


@api_key.command("revoke")
@click.argument("name")
def revoke_command(name: str) -> None:
    """End the key of NAME from now on."""
    wrong = revoke_api_key(house(), name, None, datetime.now(UTC))
    if wrong:
        raise Refusal([wrong])
    click.echo("The key is revoked.")


@api_key.command("list")
def list_command() -> None:
    """Who has, or had, a key."""
    for row in api_keys(house()):
        ended = f", revoked {row.revoked_at:%Y-%m-%d}" if row.revoked_at is not None else ""
        used = f"last used {row.last_used_at:%Y-%m-%d}" if row.last_used_at is not None else "not used yet"
        click.echo(f"{row.name}  since {row.added_at:%Y-%m-%d}, {used}{ended}")


def register(app: Flask) -> None:
    """Add the commands to `flask --app app`."""
    app.cli.add_command(api_key)
