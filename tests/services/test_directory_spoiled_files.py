"""Files that are cut short, locked, too large or too strange: one sentence, and nothing changed."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from models.directory import Listing
from services.house import House
from tests.fixtures.directory import WORKBOOK_HEADER, WriteCsv, place
from tests.services.test_directory_formats import take

pytestmark = pytest.mark.usefixtures("zip_codes")


def _truncated(path: Path) -> bytes:
    return path.read_bytes()[:-400]


def _with_macros(path: Path) -> bytes:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\x00")
    return path.read_bytes()


def _marked(path: Path, local: int, central: int, value: int) -> bytes:
    """One byte changed in the header of every part of the archive, before the part and in the list at the end."""
    content = bytearray(path.read_bytes())
    for sign, offset in ((b"PK\x03\x04", local), (b"PK\x01\x02", central)):
        at = content.find(sign)
        while at >= 0:
            content[at + offset] = value
            at = content.find(sign, at + 4)
    return bytes(content)


def _locked(path: Path) -> bytes:
    return _marked(path, 6, 8, 1)


def _strangely_packed(path: Path) -> bytes:
    return _marked(path, 8, 10, 99)


def _longer_than_it_says(path: Path) -> bytes:
    return _marked(path, 22, 24, 9)


def _damaged(path: Path) -> bytes:
    content = bytearray(path.read_bytes())
    sheet = content.find(b"xl/worksheets/sheet1.xml")
    content[sheet + 60 : sheet + 80] = b"\xff" * 20
    return bytes(content)


def _bomb(path: Path) -> bytes:
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/nothing.bin", b"\x00" * 30_000_000)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_truncated, "is no complete workbook"),
        (_with_macros, "carries macros. Save it as a plain .xlsx workbook"),
        (_bomb, "unpacks to"),
        (_locked, "is locked by a password"),
        (_strangely_packed, "is no complete workbook"),
        (_longer_than_it_says, "is no complete workbook"),
        (_damaged, "is no complete workbook"),
        (lambda _: "name1,name2\nCafé,".encode("utf-16"), "is not UTF-8 text"),
        (lambda _: b"\xd0\xcf\x11\xe0 old", "is an old or encrypted Excel file"),
        (lambda _: b"", "is empty"),
        (lambda _: "name1,name2\nCaf\xe9,".encode("latin-1"), "is not UTF-8 text"),
        (lambda _: b"a,b,c\n1,2,3\n", "has no known header; against our plain CSV"),
        (lambda _: b",".join(b"c%d" % n for n in range(10_000)), "has 10,000 columns"),
        (lambda _: b'{"hello": []}', "is JSON, but"),
        (lambda _: b"\x00\x01\x02\x03\xff", "UTF-8"),
    ],
)
def test_a_spoiled_file_is_refused_with_one_sentence(
    house: House, write_workbook: Callable[..., Path], spoil: Callable[[Path], bytes], sentence: str
) -> None:
    path = write_workbook([["Quay House", "", "1 Quay Street", "", "Chelsea", "MA", "02150", "", "", "", "", "", "SA"]])
    path.write_bytes(spoil(path))
    (error,) = take(house, path).errors
    assert sentence in error
    with house.db.begin() as session:
        assert session.scalars(select(Listing)).all() == []


def test_a_workbook_of_ten_thousand_columns_is_refused(house: House, write_workbook: Callable[..., Path]) -> None:
    (error,) = take(house, write_workbook([], header=[f"c{n}" for n in range(10_000)])).errors
    assert "has 10,000 columns" in error


def test_formula_cells_are_refused(house: House, write_workbook: Callable[..., Path]) -> None:
    row = ["=HYPERLINK(A1)", "", "1 Quay Street", "", "Chelsea", "MA", "02150", "", "", "", "", "", "SA"]
    (error,) = take(house, write_workbook([row], WORKBOOK_HEADER)).errors
    assert "holds formulas. Save it with values only" in error


def test_a_csv_row_of_another_length_is_refused(house: House, write_csv: WriteCsv) -> None:
    path = write_csv([place()])
    path.write_text(path.read_text(encoding="utf-8") + "one,two\n", encoding="utf-8")
    (error,) = take(house, path).errors
    assert "line 3: 2 cells where the header has 12" in error


def test_a_csv_that_ends_inside_a_quoted_cell_is_refused(house: House, write_csv: WriteCsv) -> None:
    path = write_csv([place()])
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n")[:-1], encoding="utf-8")
    (error,) = take(house, path).errors
    assert "is no complete CSV file" in error
