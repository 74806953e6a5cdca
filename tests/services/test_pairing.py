"""Which places of the next edition are known again: sure ones, ones to be asked about, and ones that are others."""

import pytest

from models.directory_pairs import Side
from routing.identity import operator_digits
from services.directory.pairing import pair

Row = tuple[str, str, str, str, str]  # name, street, ZIP, phone, kind
QUAY = ("Quay Recovery Ctr", "9 Mill Road", "02150", "617-555-0144", "SU")


def sides(rows: list[Row], *, gone: bool) -> list[Side]:
    return [
        Side(
            ref=number, place=str(number) if gone else f"key{number}", publisher="samhsa", kind=kind, position=0,
            name=name, city="Chelsea", street=street, zip5=zip5, operator=operator_digits(phone), sure=True,
        )
        for number, (name, street, zip5, phone, kind) in enumerate(rows)
    ]  # fmt: skip


def paired(gone: list[Row], fresh: list[Row]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """(listing that goes, line that comes): the sure pairs, and those to be asked about."""
    found = pair(sides(gone, gone=True), sides(fresh, gone=False))
    return [(facility, line) for line, facility, _, _ in found.sure], found.perhaps


@pytest.mark.parametrize(
    "comes",
    [
        ("Quay Recovery Center of Chelsea, Inc.", "9 Mill Rd", "02150", "617-555-0199", "SU"),
        ("Quay Recovery Center", "80 Canal Road", "02150", "617-555-0144", "SU"),
        ("Quay Recovery Centers", "- - -", "02150", "617-555-0144", "MH"),
        ("Quay Recovery Center", "9 Mill Road", "02151", "617-555-0144", "SU"),
        ("Another Name", "9 Mill Road", "02150", "617-555-0144", "SU"),
    ],
)
def test_two_things_alike_make_one_place(comes: Row) -> None:
    assert paired([QUAY], [comes]) == ([(0, 0)], [])


@pytest.mark.parametrize(
    "comes",
    [
        ("Quay Outpatient", "9 Mill Road", "02150", "617-555-0199", "SU"),  # another program of the house
        ("Harbor Life", "1 Elm Road", "02150", "617-555-0144", "SU"),  # the same phone only
        ("Quay Recovery Center", "1 Elm Road", "02150", "617-555-0199", "SU"),  # the same name only
        ("Quay Recovery Center", "1 Elm Road", "02199", "617-555-0144", "SU"),  # moved to another ZIP code
    ],
)
def test_one_thing_alike_is_asked_about(comes: Row) -> None:
    assert paired([QUAY], [comes]) == ([], [(0, 0)])


def test_an_operators_other_sites_are_not_the_one_that_closed() -> None:
    sites = [("Quay Recovery", f"{n} Elm Road", f"0215{n}", "617-555-0144", "SU") for n in range(3)]
    stays = ("Quay Recovery", "5 Dock Road", "02199", "617-555-0144", "SU")
    assert paired(sites, [stays]) == ([], [])


def test_of_several_that_are_alike_the_likest_is_asked_about() -> None:
    twice = [("Harbor Outpatient", *QUAY[1:3], "", "SU"), ("Quay Outpatient", *QUAY[1:3], "", "SU")]
    assert paired([QUAY], twice) == ([], [(0, 1)])
