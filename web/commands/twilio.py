"""`flask twilio provision` and `flask twilio doctor`: the account at Twilio, set up and examined."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from services import account as service
from services import line_setup, missed_calls, missed_texts
from telephony.ports import ProviderRefused, ProviderUnsure
from web.commands.refusal import Refusal
from web.house import house
from web.words import Words

twilio = AppGroup("twilio", help="The account at Twilio.")
DOCUMENTS = Path("twilio-fallback")


@twilio.command("provision")
@click.option("--fallback-base", default="", help="Where the static fallback documents are served, off this host.")
@click.option("--documents", type=click.Path(path_type=Path), default=DOCUMENTS, show_default=True, help="Write to.")
def provision(fallback_base: str, documents: Path) -> None:
    """Point our numbers at this host, and write the documents that help callers while it is down."""
    written = current_app.extensions["static_documents"](fallback_base)
    try:
        sentences = service.provision(current_app.extensions["account"], house().rules, fallback_base)
    except LookupError as error:
        raise Refusal([str(error)]) from None
    except ProviderRefused as error:
        raise Refusal([f"Twilio refused with code {error.code}: check TWILIO_ACCOUNT_SID and the token."]) from None
    except ProviderUnsure:
        raise Refusal(["Twilio gave no clear answer: run this again in a minute; what was set stays set."]) from None
    _write(documents, written)
    for sentence in sentences:
        click.echo(sentence)
    where = fallback_base or "a host other than this one, then run this again with --fallback-base"
    click.echo(f"{len(written)} fallback documents are in {documents}: serve them from {where}.")


@twilio.command("documents")
@click.argument("folder", type=click.Path(path_type=Path), default=DOCUMENTS)
@click.option("--base", required=True, help="Where the files will be served from, off this host: https://...")
def write_documents(folder: Path, base: str) -> None:
    """Write the static documents for Twilio's fallback addresses to FOLDER, without asking Twilio."""
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise Refusal(
            ["Give --base as the address where the files will be served, such as https://files.example.org/line."]
        )
    written = current_app.extensions["static_documents"](base)
    _write(folder, written)
    click.echo(f"{len(written)} fallback documents are in {folder}: serve them from {base} by GET, as text/xml.")


@twilio.command("missed")
@click.option("--hours", type=click.IntRange(1, 24 * 7), help="Look back this far; else to the last good moment.")
def missed(hours: int | None) -> None:
    """Take up calls and texts that reached Twilio and not us, from Twilio's own lists. Each is taken once."""
    now = datetime.now(UTC)
    since = now - timedelta(hours=hours) if hours else None
    texts = missed_texts.take_missed(house(), current_app.extensions["telephony"], now, since)
    calls = missed_calls.take_missed(house(), current_app.extensions["telephony"], now, since)
    click.echo(f"{calls} calls and {texts} texts taken up.")


def _write(folder: Path, written: dict[str, str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in written.items():
            (folder / name).write_text(content, encoding="utf-8")
    except OSError as error:
        raise Refusal([f"{folder} cannot be written: {error.strerror}."]) from None


@twilio.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line and nothing else.")
def doctor(as_json: bool) -> None:
    """Say what would keep a caller from being helped; exit status 1 when anything is found."""
    findings = line_setup.examine(house(), current_app.extensions["account"], datetime.now(UTC))
    say = Words("en", house().rules.default_timezone)
    for finding in findings:
        subject = say(f"doctor.subject.{finding.about}", ending=finding.ending)
        wrong = say(f"doctor.{finding.code}", **finding.values) if finding.wrong else ""
        if as_json:
            click.echo(json.dumps({"subject": subject, "ok": not finding.wrong, "wrong": wrong}))
        else:
            click.echo(f"{'not well' if finding.wrong else 'well':>8}  {subject}{': ' if wrong else '.'}{wrong}")
    if any(finding.wrong for finding in findings):
        raise SystemExit(1)


def register(app: Flask) -> None:
    """Add the commands to `flask --app app`."""
    app.cli.add_command(twilio)
