"""`flask seed-samples`: the invented roster, sign-in and directory of a development line; never in production."""

from datetime import UTC, datetime
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from services.counselors import CAN_SIGN_IN, NewCounselor, add_counselor, give_first_password
from services.directory.importing import ImportWish, import_directory
from services.dispatch import add_centre
from services.roster import import_roster
from services.roster_file import read_roster
from web.commands.refusal import Refusal
from web.house import house

FOLDER = Path(__file__).resolve().parents[2] / "samples"


@click.command("seed-samples")
@click.option("--email", default="demo@harborline.example", show_default=True, help="The demo admin's sign-in.")
@click.option("--password", default="harborline-demo", show_default=True, help="The password of everybody in it.")
@with_appcontext
def seed_samples(email: str, password: str) -> None:
    """Load what `make run` needs to be tried: a second time changes nothing."""
    if current_app.config["APP_ENV"] == "production":
        raise Refusal(["Sample data is for development: APP_ENV is production, so nothing was loaded."])
    now = datetime.now(UTC)
    zone = house().rules.default_timezone
    roster = (FOLDER / "roster.csv").read_text(encoding="utf-8")
    refused = add_counselor(house(), NewCounselor(email, "Demo Admin", "admin", "", password, zone), now)
    if refused not in ((), (CAN_SIGN_IN,)):
        raise Refusal(refused)
    if _give_passwords(roster, password, now):  # the people come last, so whoever finds them here finds the rest
        click.echo("The sample data was loaded before; it stays as you left it.")
        return
    places = import_directory(house(), ImportWish(FOLDER / "directory.csv", sample=True), now)
    if places.errors:
        raise Refusal(places.errors)
    for line in (FOLDER / "dispatch.csv").read_text(encoding="utf-8").splitlines()[1:]:
        state, county, name, phone = line.split(",")
        refused = add_centre(house(), None, state=state, county=county, name=name, phone=phone, now=now)
        if refused:
            raise Refusal([f"samples/dispatch.csv: {name}: {', '.join(refused)} cannot be read."])
    result = import_roster(house(), roster, now)
    if result.errors:
        raise Refusal(result.errors)
    _give_passwords(roster, password, now)
    click.echo(
        f"The sample roster and {places.added} invented places are loaded; {email} and everybody on it can sign in."
    )


def _give_passwords(roster: str, password: str, now: datetime) -> bool:
    """Whoever of the roster is on the line and has no password gets this one; whether anybody of them is."""
    here = [give_first_password(house(), row.email, password, now) for row in read_roster(roster)[0]]
    return any(here)


def register(app: Flask) -> None:
    """Add the command to `flask --app app`."""
    app.cli.add_command(seed_samples)
