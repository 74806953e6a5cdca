"""`flask match`: who would take this person, with the reasons."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import with_appcontext

from services import live_words
from services.match_replay import replay_match
from services.matching import Matches, Profile, desk_of, match_all, read_profiles
from services.substance_names import find_substance
from web.commands.refusal import Refusal, text_of
from web.house import house

SHOWN = 10


@click.command("match")
@click.option("--zip", "zip_code", default="", help="The caller's ZIP code.")
@click.option(
    "--substance", "substances", multiple=True, help="Any name of a substance, such as klonopin; may be repeated."
)
@click.option("--need", default=None, help="detox, moud or treatment; else it follows from the substances.")
@click.option("--override-reason", default=None, help="Why a counselor keeps --need although stopping is dangerous.")
@click.option("--payer", default=None, help="How it is paid, such as medicaid.")
@click.option("--age", type=int, default=None)
@click.option("--gender", default=None, help="female or male.")
@click.option("--language", default=None, help="es or asl.")
@click.option("--dual-diagnosis", is_flag=True, help="There is a mental health condition too.")
@click.option("--pregnant", is_flag=True)
@click.option("--set", "more", multiple=True, metavar="NAME=JSON", help="Any other field of a profile.")
@click.option("--profile", type=click.Path(path_type=Path), default=None, help="A file of profiles, one JSON a line.")
@click.option("--replay", type=int, default=None, metavar="ID", help="Make a stored match again and compare the lists.")
@click.option("--limit", type=click.IntRange(min=1), default=None, help="Show only the first of the list.")
@click.option("--lang", type=click.Choice(["en", "es"]), default="en", help="Language of the reasons.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@with_appcontext
def match(
    *, profile: Path | None, replay: int | None, limit: int | None, lang: str, as_json: bool, **options: Any
) -> None:
    """Match a person, or every person of a file, against the directory.

    An answer without places (danger first, the prescriber first, a ZIP code that nobody knows) is an outcome and no
    error: it is said in words, and as `outcome` with --json; the exit status is 0.
    """
    if replay is not None:
        _replay(replay, as_json=as_json)
        return
    given = list(_lines(profile)) if profile is not None else [("", _from_options(options))]
    profiles = _checked(given)
    if not as_json and limit is None:
        limit = SHOWN
    live_words.look(house())
    table = desk_of(house()).phrases
    for found in match_all(house(), profiles, datetime.now(UTC), limit):
        answer = found.as_json(table, lang)
        if found.answer.situation.changed:
            click.echo(_changed(found), err=True)
        click.echo(json.dumps(answer, ensure_ascii=False) if as_json else _in_words(answer, found))


def _replay(record_id: int, *, as_json: bool) -> None:
    """Print whether a stored match gives the same list over the directory of then; status 1 when it does not."""
    again = replay_match(house(), record_id)
    if again is None:
        raise Refusal([f"There is no stored match {record_id}."])
    if as_json:
        click.echo(json.dumps({"id": record_id, "same": again.same, **asdict(again)}))
    else:
        places = "the same" if again.same else "ANOTHER"
        inputs = "the same inputs" if again.same_inputs else "other inputs"
        rules = "the rules of then" if again.same_rules else "other rules than then"
        click.echo(f"Match {record_id}: {places} list of {len(again.again)} places ({inputs}, {rules}).")
    if not again.same:
        sys.exit(1)


def _from_options(options: dict[str, Any]) -> dict[str, Any]:
    data = {
        "zip": options["zip_code"],
        "substances": [_substance(name) for name in options["substances"]],
        "need_override_reason": options["override_reason"],
        **{name: options[name] for name in ("need", "payer", "age", "gender", "language")},
        **{name: True for name in ("dual_diagnosis", "pregnant") if options[name]},
    }
    for pair in options["more"]:
        name, _, value = pair.partition("=")
        try:
            data[name] = json.loads(value)
        except ValueError:
            data[name] = value
    return data


def _substance(name: str) -> str:
    """The id behind a name, said on stderr when it is another word; refuses with names that look like it."""
    found = find_substance(house(), name)
    if found.choices:
        raise Refusal([f"--substance: {name} may mean {', '.join(found.choices)}: say which."])
    if found.id is None:
        near = f" Did you mean one of these: {', '.join(found.near)}?" if found.near else ""
        raise Refusal([f"--substance: {name} is no name that we know.{near}"])
    if found.id != name:
        click.echo(f"{name} is taken for {found.id}.", err=True)
    return found.id


def _lines(path: Path) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(text_of(path).splitlines(), start=1):
        if line.strip():
            try:
                yield f"{path.name}, line {number}: ", json.loads(line)
            except ValueError:
                raise Refusal([f"{path.name}, line {number}: this is no JSON object."]) from None


def _checked(given: list[tuple[str, Any]]) -> list[Profile]:
    """All profiles, or a refusal that names every mistake; unknown fields are warned about on stderr."""
    read = read_profiles(house(), given)
    if read.problems:
        raise Refusal(read.problems)
    for warning in read.warnings:
        click.echo(warning, err=True)
    return read.profiles


def _changed(found: Matches) -> str:
    """That another need was answered than the one asked for, and what would keep it."""
    profile = found.answer.situation.profile
    who = "" if profile.id is None else f"{profile.id}: "
    return (
        f"{who}You asked for {profile.need}; stopping {', '.join(profile.substances)} suddenly can be dangerous,"
        " so detox is answered. Only a counselor's reason keeps another need: --override-reason, or"
        " need_override_reason in a profile."
    )


def _in_words(answer: dict[str, Any], found: Matches) -> str:
    lines = [*answer["advice"]]
    if answer["radius"] is not None:
        lines.append(f"{found.answer.total} places within {answer['radius']} miles ({answer['need']}).")
    for number, place in enumerate(answer["results"], start=1):
        lines += ["", f"{number}. " + _place(place)]
        lines += [f"   + {reason}" for reason in place["reasons"]]
        lines += [f"   ? {point}" for point in place["open_points"]]
        lines.append(f"   {place['source']}")
    for section in answer["beside"]:
        lines += ["", section["heading"], *(f"   {_place(place)}" for place in section["results"])]
    return "\n".join(lines)


def _place(place: dict[str, Any]) -> str:
    name = ", ".join(part for part in (place["name"], place["name2"]) if part)
    address = f"{place['street']}, {place['city']}, {place['state']} {place['zip']}"
    return f"{name}, {address}, {place['phone'] or 'no phone number listed'}"


def register(app: Flask) -> None:
    """Add the command to `flask --app app`."""
    app.cli.add_command(match)
