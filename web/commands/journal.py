"""`flask journal replay`: what was written down without the database becomes rows, refused lines included."""

from datetime import UTC, datetime

import click
from flask import Flask
from flask.cli import AppGroup

from services.degraded import replay
from web.commands.refusal import Refusal
from web.house import house

journal = AppGroup("journal", help="What this host wrote down while the database was gone.")


@journal.command("replay")
def replay_command() -> None:
    """Replay the journal of this host now; lines that were set aside are tried again."""
    try:
        taken, refused = replay.replay_again(house(), datetime.now(UTC))
    except replay.DATABASE_GONE:
        raise Refusal(["The database cannot be reached: nothing was changed, and nothing is lost."]) from None
    except OSError as error:
        raise Refusal([f"LOCAL_STATE_DIR cannot be used: {error.strerror}."]) from None
    click.echo(f"{taken} entries replayed, {refused} set aside.")


def register(app: Flask) -> None:
    """Add the commands to `flask --app app`."""
    app.cli.add_command(journal)
