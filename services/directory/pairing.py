"""Knows a place again whose name or street is spelled anew: sure pairs are kept as one, likely ones are proposed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from models.directory_pairs import Side
from routing.identity import fold, street_key

Pair = tuple[int, int, int | None, int]  # line, facility, listing that it continues or None, position
Sign = Callable[[Side], object]


@dataclass(frozen=True)
class Pairs:
    """`sure`: rows that continue a facility. `perhaps`: (a listing that goes, a line that comes) to be looked at."""

    sure: list[Pair]
    perhaps: list[tuple[int, int]]


def pair(gone: Sequence[Side], fresh: Sequence[Side]) -> Pairs:
    """Pair by ZIP and street with the same name or the same phone, each place with one other only (DOMAIN.md 3).

    A list that retires nothing pairs by name and street only: the same phone may be a second programme there.
    Only one of phone and street alike, or several candidates, is proposed.
    """
    known: dict[str, str] = {}  # new key -> facility
    _match(_by_name, (s for s in gone), (s for s in fresh if s.sure), known)
    _match(_by_phone, (s for s in gone if s.sure), (s for s in fresh if s.sure), known)
    taken = set(known.values())
    left_gone = [side for side in gone if side.sure and side.place not in taken]
    left_fresh = [side for side in fresh if side.place not in known]
    return Pairs(_rows(known, gone, fresh), _perhaps(left_gone, left_fresh))


def _by_name(side: Side) -> object:
    street = street_key(side.street)
    return (side.zip5, street, fold(side.name)) if street else None


def _by_phone(side: Side) -> object:
    street = street_key(side.street)
    return (side.zip5, street, side.operator) if street and side.operator else None


def _match(sign: Sign, gone: Iterable[Side], fresh: Iterable[Side], known: dict[str, str]) -> None:
    """Add the pairs in which either place has exactly one candidate."""
    taken = set(known.values())
    before, after = _places(sign, gone, taken), _places(sign, fresh, set(known))
    facilities: dict[str, set[str]] = defaultdict(set)
    keys: dict[str, set[str]] = defaultdict(set)
    for mark in before.keys() & after.keys():
        for facility in before[mark]:
            for key in after[mark]:
                keys[facility].add(key)
                facilities[key].add(facility)
    for key, candidates in facilities.items():
        facility = next(iter(candidates))
        if len(candidates) == 1 and len(keys[facility]) == 1:
            known[key] = facility


def _places(sign: Sign, sides: Iterable[Side], without: set[str]) -> dict[object, set[str]]:
    found: dict[object, set[str]] = defaultdict(set)
    for side in sides:
        mark = sign(side)
        if mark is not None and side.place not in without:
            found[mark].add(side.place)
    return found


def _rows(known: dict[str, str], gone: Sequence[Side], fresh: Sequence[Side]) -> list[Pair]:
    """Each row of a known place continues a listing of the same kind; further ones stand behind those."""
    listings: dict[tuple[str, str, str], list[Side]] = defaultdict(list)
    for side in gone:
        listings[side.place, side.publisher, side.kind].append(side)
    following: dict[tuple[str, str, str], int] = {
        group: max(side.position for side in sides) + 1 for group, sides in listings.items()
    }
    found: list[Pair] = []
    for row in fresh:
        if row.place not in known:
            continue
        group = (known[row.place], row.publisher, row.kind)
        if listings[group]:
            listing = listings[group].pop(0)
            found.append((row.ref, int(group[0]), listing.ref, listing.position))
        else:
            position = following.get(group, 0)
            following[group] = position + 1
            found.append((row.ref, int(group[0]), None, position))
    return found


def _perhaps(gone: Sequence[Side], fresh: Sequence[Side]) -> list[tuple[int, int]]:
    """Each facility that goes with the first row that is alike in street or in phone."""
    rows: dict[object, list[Side]] = defaultdict(list)
    for row in fresh:
        for mark in _marks(row):
            rows[mark].append(row)
    found: dict[str, tuple[int, int]] = {}
    for listing in gone:
        alike = [row for mark in _marks(listing) for row in rows.get(mark, ())]
        if alike:
            found.setdefault(listing.place, (listing.ref, alike[0].ref))
    return list(found.values())


def _marks(side: Side) -> list[object]:
    street = street_key(side.street)
    marks: list[object] = [(side.zip5, street)] if street else []
    return [*marks, (side.zip5, side.operator)] if side.operator else marks
