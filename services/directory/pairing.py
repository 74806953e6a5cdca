"""Knows a place again whose name or street is spelled anew: sure pairs are kept as one, likely ones are proposed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from models.directory_pairs import Side
from routing.identity import fold, name_words, names_alike, street_key

Pair = tuple[int, int, int | None, int]  # line, facility, listing that it continues or None, position
Sign = Callable[[Side], object]
Alike = Callable[[Side, Side], bool]


@dataclass(frozen=True)
class Pairs:
    """`sure`: rows that continue a facility. `perhaps`: (a listing that goes, a line that comes) to be looked at."""

    sure: list[Pair]
    perhaps: list[tuple[int, int]]


def pair(gone: Sequence[Side], fresh: Sequence[Side]) -> Pairs:
    """Pair what goes with what comes, each place with one other only (DOMAIN.md 3).

    Sure in one ZIP code are the same street with the same name, the same phone or a name that holds the other; and
    the same phone with the same name (it moved, or its street became secret); in two, all three. A list that retires
    nothing pairs by name and street only: the same phone may be a second program there. What is half alike, or has
    several candidates, is proposed.
    """
    known: dict[str, str] = {}  # new key -> facility
    goes, comes = [side for side in gone if side.sure], [side for side in fresh if side.sure]
    _match(_by_name, gone, comes, known)
    for sign, alike in (
        (_by_phone, None),
        (_by_street, _names_alike),
        (_by_phone_and_name, None),
        (_by_all_but_zip, None),
    ):
        _match(sign, goes, comes, known, alike)
    taken = set(known.values())
    left_gone = [side for side in goes if side.place not in taken]
    left_fresh = [side for side in fresh if side.place not in known]
    return Pairs(_rows(known, gone, fresh), _perhaps(left_gone, left_fresh))


def _by_name(side: Side) -> object:
    street = street_key(side.street)
    return (side.zip5, street, fold(side.name)) if street else None


def _by_phone(side: Side) -> object:
    street = street_key(side.street)
    return (side.zip5, street, side.operator) if street and side.operator else None


def _by_street(side: Side) -> object:
    street = street_key(side.street)
    return (side.zip5, street) if street else None


def _by_phone_and_name(side: Side) -> object:
    words = _words(side)
    return (side.zip5, side.operator, words) if side.operator and words else None


def _by_all_but_zip(side: Side) -> object:
    street, words = street_key(side.street), _words(side)
    return (street, side.operator, words) if street and side.operator and words else None


def _words(side: Side) -> frozenset[str]:
    return name_words(side.name, side.city)


def _names_alike(one: Side, other: Side) -> bool:
    return names_alike(_words(one), _words(other))


def _match(
    sign: Sign, gone: Iterable[Side], fresh: Iterable[Side], known: dict[str, str], alike: Alike | None = None
) -> None:
    """Add the pairs with the same sign, and alike besides, in which either place has exactly one candidate."""
    taken = set(known.values())
    before, after = _places(sign, gone, taken), _places(sign, fresh, set(known))
    facilities: dict[str, set[str]] = defaultdict(set)
    keys: dict[str, set[str]] = defaultdict(set)
    for mark in before.keys() & after.keys():
        for facility, was in before[mark].items():
            for key, comes in after[mark].items():
                if alike is None or alike(was, comes):
                    keys[facility].add(key)
                    facilities[key].add(facility)
    for key, candidates in facilities.items():
        facility = next(iter(candidates))
        if len(candidates) == 1 and len(keys[facility]) == 1:
            known[key] = facility


def _places(sign: Sign, sides: Iterable[Side], without: set[str]) -> dict[object, dict[str, Side]]:
    found: dict[object, dict[str, Side]] = defaultdict(dict)
    for side in sides:
        mark = sign(side)
        if mark is not None and side.place not in without:
            found[mark].setdefault(side.place, side)
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
    """Each facility that goes with the row that is most alike, in one ZIP code by street, phone or name.

    In two ZIP codes phone and name must be alike and nobody else's: an operator has them all over a state.
    """
    rows: dict[object, list[Side]] = defaultdict(list)
    for row in fresh:
        for mark in _marks(row):
            rows[mark].append(row)
    moved = _moved(gone, fresh)
    found: dict[str, tuple[int, int]] = {}
    for listing in gone:
        alike = [row for mark in _marks(listing) for row in rows.get(mark, ())]
        alike += [moved[listing.place]] if listing.place in moved else []
        if alike:
            best = max(alike, key=lambda row: (_alikeness(listing, row), row.kind == listing.kind, -row.ref))
            found.setdefault(listing.place, (listing.ref, best.ref))
    return list(found.values())


def _marks(side: Side) -> list[object]:
    street, words = street_key(side.street), _words(side)
    marks: list[object] = [("street", side.zip5, street)] if street else []
    marks += [("phone", side.zip5, side.operator)] if side.operator else []
    return [*marks, ("name", side.zip5, words)] if words else marks


def _moved(gone: Iterable[Side], fresh: Sequence[Side]) -> dict[str, Side]:
    """Facility -> the row that alone has its phone and name."""
    anew: dict[str, str] = {}
    _match(lambda side: _by_phone_and_name(replace(side, zip5="")), gone, fresh, anew)
    rows = {row.place: row for row in reversed(fresh)}
    return {facility: rows[key] for key, facility in anew.items()}


def _alikeness(one: Side, other: Side) -> float:
    """Signs in common, and the share of the words of both names that are in both."""
    words, others = _words(one), _words(other)
    return len({*_marks(one)} & {*_marks(other)}) + len(words & others) / max(len(words | others), 1)
