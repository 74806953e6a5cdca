"""`flask disclosures export`: consents, what was told, readings and sends of one person, as a table."""

import json
import sys
import uuid
from datetime import UTC, datetime

import click
from flask import Flask
from flask.cli import AppGroup

from services import records
from web.commands.refusal import Refusal
from web.house import house
from web.spreadsheet import write_csv

disclosures = AppGroup("disclosures", help="What people allowed to be told, and what was told (42 CFR Part 2).")


@disclosures.command("export")
@click.argument("contact")
@click.option("--whole-number", is_flag=True, help="All contacts of the same number; several people may share it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line and nothing else; else CSV.")
def export(contact: str, whole_number: bool, as_json: bool) -> None:
    """Print the record of CONTACT, its id as in the address of its page. The export is audited."""
    try:
        contact_id = uuid.UUID(contact)
    except ValueError:
        raise Refusal(["Give the id of a contact, as it stands in the address of the contact's page."]) from None
    found = records.record_of(house(), contact_id, None, "en", whole_number, datetime.now(UTC))
    if found is None:
        raise Refusal([f"There is no contact {contact_id}."])
    if as_json:
        for line in records.lines(found):
            click.echo(json.dumps(line, ensure_ascii=False))
    else:
        write_csv(sys.stdout, records.all_lines(found))


def register(app: Flask) -> None:
    """Add the commands to `flask --app app`."""
    app.cli.add_command(disclosures)
