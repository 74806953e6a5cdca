"""Rows that an import could not take are looked through by import, in either language, and leave as CSV."""

from collections.abc import Callable

from routing import shift_words
from routing.vocabulary import Role
from services import roster_reasons
from services.directory import file_reasons, row_reasons
from services.directory.importing import ImportWish, import_directory
from services.house import House
from tests.fixtures.directory import WriteCsv, place
from tests.fixtures.people import Browser
from tests.services.outside import NOON
from web.words import table

FAMILIES = {
    "row_refused": row_reasons.SENTENCES,
    "file_refused": file_reasons.SENTENCES,
    "roster_wrong": roster_reasons.SENTENCES,
    "shift_wrong": shift_words.SENTENCES,
}


def test_quarantined_rows_are_paged_said_in_both_languages_and_downloaded(
    house: House, zip_codes: None, write_csv: WriteCsv, sign_in_as: Callable[[Role], Browser]
) -> None:
    odd = [place(f"Odd House {n}", zip="00000", street1="<b>1 Quay Street") for n in range(51)]
    result = import_directory(house, ImportWish(write_csv([place(), *odd])), NOON)
    assert result.refused[0] == (3, "ZIP code 00000 does not exist") or "holds HTML" in result.refused[0][1]
    admin, path = sign_in_as(Role.ADMIN), "/directory/quarantine"
    assert path in admin.get("/directory/checks")[1]
    page = admin.get(path)[1]
    assert "Street holds HTML; ZIP code 00000 does not exist" in page
    assert "Page 1 of 2" in page
    spanish = admin.get(f"{path}?import={result.import_id}&page=2", **{"Accept-Language": "es"})[1]
    assert "Odd House 50" in spanish
    assert "Calle: contiene HTML; el código postal 00000 no existe" in spanish
    rows = admin.get(f"{path}/{result.import_id}.csv")[1].splitlines()
    assert len(rows) == 52
    assert rows[1].startswith("3,Odd House 0,")
    assert admin.get(f"{path}?import=999999")[0] == admin.get(f"{path}/999999.csv")[0] == 404


def test_commands_and_pages_say_the_same() -> None:
    for family, sentences in FAMILIES.items():
        assert {code: table("en")[f"{family}.{code}"] for code in sentences} == sentences
