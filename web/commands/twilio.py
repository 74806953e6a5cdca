"""`flask twilio provision` and `flask twilio doctor`: the account at Twilio, set up and examined."""

import json
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from services import account as service
from telephony.ports import ProviderRefused, ProviderUnsure
from web.commands.refusal import Refusal
from web.house import house

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
    documents.mkdir(parents=True, exist_ok=True)
    for name, content in written.items():
        (documents / name).write_text(content, encoding="utf-8")
    for sentence in sentences:
        click.echo(sentence)
    where = fallback_base or "a host other than this one, then run this again with --fallback-base"
    click.echo(f"{len(written)} fallback documents are in {documents}: serve them from {where}.")


@twilio.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line and nothing else.")
def doctor(as_json: bool) -> None:
    """Say what would keep a caller from being helped; exit status 1 when anything is found."""
    findings = service.examine(current_app.extensions["account"], house().rules)
    for finding in findings:
        if as_json:
            click.echo(json.dumps({"subject": finding.subject, "ok": not finding.wrong, "wrong": finding.wrong}))
        else:
            click.echo(f"{'not well' if finding.wrong else 'well':>8}  {finding.subject}. {finding.wrong}".rstrip())
    if any(finding.wrong for finding in findings):
        raise SystemExit(1)


def register(app: Flask) -> None:
    """Add the commands to `flask --app app`."""
    app.cli.add_command(twilio)
