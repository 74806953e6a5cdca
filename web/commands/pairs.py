"""`flask directory pairs` and `pair`: the duplicates desk without a browser; they hang on the directory's group."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import click

from services.directory import pairs
from services.directory.pair_page import OpenPair, Side, pairs_page
from services.house import House
from web.commands.directory import directory
from web.commands.refusal import Refusal
from web.house import house
from web.words import LANGUAGES, Words

SHOWN = 20  # pairs that are printed; --json prints all of them


@directory.command("pairs")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, all of them.")
def pairs_command(*, as_json: bool) -> None:
    """List places that are perhaps the same, to be decided with `directory pair`."""
    total = 0
    for total, pair in enumerate(_open_pairs(house()), 1):
        if as_json:
            click.echo(json.dumps(_plain(pair), ensure_ascii=False))
        elif total <= SHOWN:
            alike = ", ".join(row.field for row in pair.rows if row.alike) or "nothing"
            click.echo(f"{pair.id}  {_shown(pair.before)} | {_shown(pair.after)} (alike: {alike})")
    if total > SHOWN and not as_json:
        click.echo(f"{total - SHOWN:,} more (--json prints all).")


@directory.command("pair")
@click.argument("pair_id", type=int)
@click.argument("verdict", type=click.Choice(["same", "two", "undo"]))
@click.option("--reason", default="", help="Why, for the history.")
def pair_command(*, pair_id: int, verdict: str, reason: str) -> None:
    """Say of the pair PAIR_ID: the same place (joined, all that was said is kept), two places, or undo that."""
    now = datetime.now(UTC)
    if verdict == "undo":
        refused = pairs.take_decision_back(house(), pair_id, now, None)
    else:
        decide = pairs.join_places if verdict == "same" else pairs.tell_apart
        refused = decide(house(), pair_id, reason, now, None)
    t = Words(LANGUAGES[0], "UTC")
    if refused is not None:
        raise Refusal([t(f"refused.{refused.value}"), "Nothing was changed."])
    click.echo(t(f"pairs.done_{'undone' if verdict == 'undo' else verdict}"))


def _open_pairs(of: House) -> Iterator[OpenPair]:
    page = pairs_page(of)
    yield from page.pairs
    for number in range(2, page.pages + 1):
        yield from pairs_page(of, number).pairs


def _shown(side: Side) -> str:
    return ", ".join(side.values[field] for field in ("name1", "street1", "town"))


def _plain(pair: OpenPair) -> dict[str, object]:
    sides = {
        name: {"facility_id": side.facility_id, **side.values, "listed": side.listed, "said": side.said}
        for name, side in (("before", pair.before), ("after", pair.after))
    }
    return {"id": pair.id, **sides, "alike": [row.field for row in pair.rows if row.alike], "file": pair.file}
