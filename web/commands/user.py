"""`flask user add` and `flask user password`: who may sign in to the console."""

import sys
from datetime import UTC, datetime

import click
from flask import Flask
from flask.cli import AppGroup

from routing.vocabulary import Role
from services.counselors import NewCounselor, add_counselor, set_password
from web.commands.refusal import Refusal
from web.house import house

user = AppGroup("user", help="Who may sign in to the console.")
from_stdin = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


@user.command("add")
@click.option("--email", prompt="E-mail address")
@click.option("--name", prompt="Name")
@click.option("--role", default=Role.COUNSELOR.value, show_default=True, help=", ".join(Role))
@click.option("--phone", default="", help="The phone that rings, such as +16175550123. Needed for counselors.")
@click.option("--timezone", default=None, help="Such as America/New_York; the helpline's own when left out.")
@from_stdin
def add(*, email: str, name: str, role: str, phone: str, timezone: str | None, password_stdin: bool) -> None:
    """Add a person who can sign in, or give somebody from the roster their first password."""
    zone = timezone or house().rules.default_timezone
    person = NewCounselor(email, name, role.strip().lower(), phone, _password(password_stdin), zone)
    wrong = add_counselor(house(), person, datetime.now(UTC))
    if wrong:
        raise Refusal(wrong)
    click.echo(f"{person.name} can sign in now, as {person.role}.")


@user.command("password")
@click.option("--email", prompt="E-mail address")
@from_stdin
def password(email: str, password_stdin: bool) -> None:
    """Give a person a new password; their open sessions end."""
    wrong = set_password(house(), email, _password(password_stdin), datetime.now(UTC))
    if wrong:
        raise Refusal(wrong)
    click.echo("The new password is set. Open sessions of this person have ended.")


def _password(from_standard_input: bool) -> str:
    """The password, never from the command line, where others could read it."""
    if from_standard_input:
        return sys.stdin.readline().rstrip("\r\n")
    words: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return words


def register(app: Flask) -> None:
    """Add the commands to `flask --app app`."""
    app.cli.add_command(user)
