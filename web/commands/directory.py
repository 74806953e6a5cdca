"""`flask directory import PATH` and its kin: the directory from files, and back again."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup
from tqdm import tqdm

from routing.phone import spoken
from services.directory import desk_lists
from services.directory.hsds.exporting import ExportResult, export_hsds
from services.directory.importing import ImportResult, ImportWish, import_directory
from services.directory.searching import past_imports, undo_import
from web.commands.refusal import Refusal
from web.house import house
from web.spreadsheet import write_csv

SHOWN = 20  # refused rows and notes that are printed; --json prints all of them
directory = AppGroup("directory", help="The directory of facilities.")


@directory.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--scope", default="", help="What the file speaks for: national, state:MA, or list (retires nothing).")
@click.option("--edition", default="", help="The edition as people call it, such as 2023; else the file name tells.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), default=None, help="The day the file speaks of.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--confirm-retire", is_flag=True, help="Retire even more than a tenth of what is there.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def import_command(
    *, path: Path, scope: str, edition: str, as_of: datetime | None, dry_run: bool, confirm_retire: bool, as_json: bool
) -> None:
    """Bring the directory to what the file PATH says.

    Rows that cannot be taken are named with the reason and left out; the others go in together, as one step that
    `directory undo` takes back. A file that cannot be read, or without any row to take, changes nothing (status 2).
    """
    day: date | None = as_of.date() if as_of is not None else None
    wish = ImportWish(path, scope, edition, day, dry_run, retire_confirmed=confirm_retire)
    with tqdm(unit=" rows", file=sys.stderr, desc=path.name, mininterval=0.5) as bar:
        result = import_directory(house(), wish, datetime.now(UTC), _counting(bar))
    if result.errors:
        raise Refusal([*result.errors, "Nothing was changed."])
    click.echo(json.dumps(asdict(result), ensure_ascii=False) if as_json else _summary(result))


@directory.command("export")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["hsds"]), required=True, help="hsds: Open Referral's HSDS 3.0.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def export_command(*, folder: Path, form: str, as_json: bool) -> None:  # noqa: ARG001 - one format so far
    """Write the directory into DIR as HSDS 3.0: services.json, and a tabular data package."""
    with tqdm(unit=" places", file=sys.stderr, desc=folder.name, mininterval=0.5) as bar:
        result = export_hsds(house(), folder, datetime.now(UTC), _counting(bar))
    if result.errors:
        raise Refusal([*result.errors, "Nothing was written."])
    click.echo(json.dumps(asdict(result), ensure_ascii=False) if as_json else _exported(result))


@directory.command("imports")
def imports_command() -> None:
    """List the newest imports."""
    for row in past_imports(house()):
        undone = " (undone)" if row.undone_at is not None else ""
        counts = ", ".join(f"{number} {word}" for word, number in row.counts.items())
        click.echo(
            f"{row.id}  {row.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC  {row.file_name}  {row.scope}: {counts}{undone}"
        )


@directory.command("undo")
@click.argument("import_id", type=int)
def undo_command(import_id: int) -> None:
    """Take back the newest import, whose number is IMPORT_ID, as a whole."""
    wrong = undo_import(house(), import_id, datetime.now(UTC))
    if wrong:
        raise Refusal([wrong, "Nothing was changed."])
    click.echo(f"Import {import_id} is undone.")


@directory.command("beds")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def beds_command(*, as_json: bool) -> None:
    """List what facilities said last of their open beds, when and how."""
    for line, level, count, at, how in desk_lists.beds_now(house()):
        row = {"facility_id": line.facility_id, "name": line.name, "level": level, "open": count, "at": at.isoformat()}
        when = f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        told = f"{line.facility_id}  {line.name}, {line.town}: {level} {count} open, {when}, by {how}"
        click.echo(json.dumps({**row, "how": how}, ensure_ascii=False) if as_json else told)


@directory.command("calls")
def calls_command() -> None:
    """List the facilities to call today, and why."""
    for call in desk_lists.day_calls(house(), datetime.now(UTC)):
        line, why = call.line, ", ".join(call.why)
        number = spoken(line.number) if line.number else "no number"
        click.echo(f"{line.facility_id}  {line.name}, {line.town}, {number}: {why}")


@directory.command("exposure")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The first day (UTC).")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The last day (UTC).")
def exposure_command(*, since: datetime, until: datetime) -> None:
    """Print how often each facility was shown, shown first, and among the first three, as CSV."""
    end = until.replace(tzinfo=UTC) + timedelta(days=1)
    found = desk_lists.neutrality(house(), since.replace(tzinfo=UTC), end).facilities
    head = ["facility_id", "name", "operator_phone", "shown", "first", "in_first_three"]
    write_csv(sys.stdout, [head, *([f.facility_id, f.name, f.operator or "", f.shown, f.first, f.top] for f in found)])


def _counting(bar: Any) -> Callable[[int], None]:
    """Tells the progress bar; as a function so that the services need not know it."""

    def count(rows: int) -> None:
        bar.update(rows)

    return count


def _summary(result: ImportResult) -> str:
    counted = f"{result.read:,} rows read, {result.added:,} added, {result.changed:,} changed"
    kept = f"{result.unchanged:,} unchanged, {result.retired:,} retired, {len(result.refused):,} refused"
    lines = [f"{result.source}, {result.scope}: {counted}, {kept}."]
    if result.left:
        lines.append(f"Left as a later edition has them: {_rows(result.left)}.")
    if result.invented:
        give = "Would give" if result.dry_run else "Gave"
        lines.append(
            f"{give} way to real ones: {result.invented:,} invented places of the sample (an undo restores them)."
        )
    leave = "Would leave" if result.dry_run else "Left"
    lines += [f"{leave} every list, though people said something of it: {place}." for place in result.marked]
    lines += [f"Perhaps the same: {before} | {after}." for before, after in result.perhaps[:SHOWN]]
    if len(result.perhaps) > SHOWN:
        lines.append(f"Perhaps the same: {len(result.perhaps) - SHOWN:,} more (--json prints all).")
    if result.dry_run:
        lines += [f"Would be {verdict}: {'; '.join(names)}" for verdict, names in result.examples.items()]
        lines.append("Nothing was changed (dry run).")
    for title, rows in (("Refused", result.refused), ("Noted", result.notes)):
        lines += [f"{title}: line {line}: {sentence}." for line, sentence in rows[:SHOWN]]
        if len(rows) > SHOWN:
            lines.append(f"{title}: and {len(rows) - SHOWN:,} more (--json prints all).")
    if result.unknown_codes:
        unknown = [f"{code} ({_rows(rows)})" for code, rows in sorted(result.unknown_codes.items())]
        shown = ", ".join(unknown[:SHOWN]) + (", ..." if len(unknown) > SHOWN else "")
        lines.append(f"Unknown service codes, kept but not matched on: {shown}.")
    if result.refused:
        went = "would go in" if result.dry_run else "went in"
        lines.append(f"Left out: {_rows(len(result.refused))}. The others {went}.")
    return "\n".join(lines)


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"


def _exported(result: ExportResult) -> str:
    lines = [f"{result.places:,} places with {result.services:,} services written to {result.folder}."]
    lines += [f"Source: {source}." for source in result.sources]
    if result.held_back:
        lines.append(f'Left out: {result.held_back:,} places under "do not refer".')
    return "\n".join(lines)


def register(app: Flask) -> None:
    """Add the commands to `flask --app app`."""
    app.cli.add_command(directory)
