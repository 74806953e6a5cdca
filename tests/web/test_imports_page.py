"""An admin imports a directory file by page: looked at, taken over, undone; nothing is half done or left lying."""

import csv
import io
import os
import re
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from models.directory import Listing
from models.directory_uploads import DirectoryUpload, UploadState
from models.outbox import OutboxRow
from routing.vocabulary import Role
from services.directory import uploads
from services.directory.importing import ImportWish, import_directory
from services.directory.plain_csv import HEADER, NEEDED
from services.house import House
from tests.fixtures.directory import WriteCsv, place, plain_csv
from tests.fixtures.people import Browser
from workers.app import app as celery

pytestmark = pytest.mark.usefixtures("zip_codes")
PATH = "/directory/imports"
NEW = {"name1": "New House", "street1": "9 Pier Street"}


@pytest.fixture
def admin(sign_in_as: Callable[[Role], Browser]) -> Browser:
    return sign_in_as(Role.ADMIN)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "uploads"


def send(browser: Browser, text: str, name: str = "places-2026-08.csv", **fields: str) -> tuple[int, str]:
    """Upload a file as the form does; status, and the address of its page or the page that refuses it."""
    data = {"file": (io.BytesIO(text.encode()), name), "csrf_token": browser.token, **fields}
    response = browser.client.post(PATH, data=data, content_type="multipart/form-data")
    return response.status_code, response.headers.get("Location") or response.get_data(as_text=True)


def look_at(house: House, browser: Browser, text: str, **fields: str) -> tuple[str, str]:
    """Upload a file and let the worker look; the address of its page, and the page."""
    status, address = send(browser, text, **fields)
    assert status == 302, address
    work(house)
    return address, browser.get(address)[1]


def work(house: House) -> None:
    """What the worker of the housekeeping queue does with all that it was asked."""
    with house.db.begin() as session:
        asked = session.scalars(select(OutboxRow).where(OutboxRow.task == uploads.RUN).order_by(OutboxRow.id)).all()
    for row in asked:
        uploads.run(house, uuid.UUID(row.args[0]), datetime.now(UTC))


def begin_undo(browser: Browser, import_id: int, **fields: str) -> tuple[int, str]:
    """Press Undo; status and where it leads."""
    sent = browser.client.post(f"{PATH}/{import_id}/undo", data={"csrf_token": browser.token, **fields})
    return sent.status_code, sent.headers.get("Location", "")


def names(house: House) -> list[str]:
    with house.db.begin() as session:
        return sorted(session.scalars(select(Listing.name1)))


def state_of(house: House, address: str) -> UploadState:
    with house.db.begin() as session:
        return session.get_one(DirectoryUpload, uuid.UUID(address.rsplit("/", 1)[1])).state


def test_a_file_is_looked_at_taken_over_and_undone(
    house: House, admin: Browser, write_csv: WriteCsv, folder: Path
) -> None:
    import_directory(house, ImportWish(write_csv([place()]), as_of=date(2026, 1, 1)), datetime.now(UTC))
    text = plain_csv([place(phone="617-555-0199"), place(**NEW), place("Odd House", zip="00000")])
    status, address = send(admin, text)
    assert status == 302
    assert "It waits for its turn." in admin.get(address)[1]
    assert "places-2026-08.csv" in admin.get(address)[1]
    (kept,) = folder.glob("*/*")
    assert (kept.name, kept.stat().st_mode & 0o777) == ("upload-2026-08.csv", 0o600)
    work(house)
    assert names(house) == ["Quay House"], "nothing is changed by a look"
    page = admin.get(address)[1]
    assert "3 rows read: 1 added, 1 changed, 0 unchanged, 0 retired, 1 in quarantine." in page
    assert "<del>617-555-0123</del> → <ins>617-555-0199</ins>" in page
    assert re.search(r'New House, Chelsea, MA <span class="source">[^<]*Detox', page), "what it offers, in words"
    assert "Some of them" not in page, "all of them"
    assert "ZIP code 00000 does not exist" in page
    assert "el código postal 00000 no existe" in admin.get(address, **{"Accept-Language": "es"})[1]

    assert admin.post(address, act="take")[0] == 302
    work(house)
    assert names(house) == ["New House", "Quay House"]
    page = admin.get(address)[1]
    assert "It is taken over." in page
    assert "Undo the whole import" in page
    told = "undoing the import of places-2026-08.csv does. Places that go: 1; that come back: 0; that become again"
    assert (told in page, told in admin.get(PATH)[1], "No place would be left" in page) == (True, True, False)
    assert not list(folder.iterdir()), "the file is gone"
    assert "Ana Ruiz" in admin.get(PATH)[1]
    assert "places-2026-08.csv" in admin.get(PATH)[1], "by the name that the admin knows"

    again, page = look_at(house, admin, text)
    assert "This file is in the directory already" in page
    assert admin.post(again, act="take")[0] == 409
    assert admin.post(again, act="leave")[0] == 302
    assert not list(folder.iterdir())

    with house.db.begin() as session:
        import_id = session.scalars(select(DirectoryUpload.import_id).where(DirectoryUpload.import_id > 0)).one()
    status, undone = begin_undo(admin, import_id)
    assert status == 302
    work(house)
    assert names(house) == ["Quay House"]
    page = admin.get(undone)[1]
    assert "Places that went: 1; that came back: 0; that are again what they were: 1. Places to search now: 1." in page
    page = admin.get(PATH)[1]
    assert "Undone" in page
    assert admin.post(f"{PATH}/{import_id}/undo")[0] == 409

    assert "No place would be left at all" in page, "the one before it"
    first = max(int(number) for number in re.findall(rf"{PATH}/(\d+)/undo", page))
    status, page = admin.post(f"{PATH}/{first}/undo")
    assert (status, "Nothing was undone: no place would be left" in page) == (422, True)
    status, undone = begin_undo(admin, first, confirmed="on")
    work(house)
    assert (status, names(house)) == (302, [])
    assert "Places to search now: 0." in admin.get(undone)[1]
    assert "No queda ningún lugar en el directorio." in admin.get(undone, **{"Accept-Language": "es"})[1]


def test_too_many_places_are_retired_only_on_a_word_and_never_on_an_old_look(
    house: House, admin: Browser, write_csv: WriteCsv
) -> None:
    import_directory(house, ImportWish(write_csv([place(), place(**NEW)])), datetime.now(UTC))
    address, page = look_at(house, admin, plain_csv([place()]), scope="state", state="ma", name="places.csv")
    assert "1 of 2 in this scope are not in the file" in page
    assert "New House, Chelsea, MA" in page
    status, page = admin.post(address, act="take")
    assert status == 422
    assert "Tick the box" in page
    import_directory(house, ImportWish(write_csv([place("Third House", street1="3 Pier Street")])), datetime.now(UTC))
    assert admin.post(address, act="take", confirmed="on")[0] == 302
    work(house)
    assert len(names(house)) == 3, "it was looked at anew"
    page = admin.get(address)[1]
    assert "The directory changed after you looked." in page
    assert "2 of 3 in this scope" in page
    assert admin.post(address, act="take", confirmed="on")[0] == 302
    work(house)
    assert names(house) == ["Quay House"]


def test_the_first_real_file_says_that_the_sample_gives_way_and_an_undo_brings_it_back(
    house: House, admin: Browser, write_csv: WriteCsv
) -> None:
    sample = write_csv([place("Made-up House"), place("Made-up Hall", street1="5 Pier Street")])
    import_directory(house, ImportWish(sample, sample=True), datetime.now(UTC))
    address, page = look_at(house, admin, plain_csv([place(**NEW)]))
    assert "0 retired" in page
    assert "2 invented sample places give way to the file’s" in page
    assert "2 lugares de muestra inventados ceden" in admin.get(address, **{"Accept-Language": "es"})[1]
    assert admin.post(address, act="take")[0] == 302
    work(house)
    assert names(house) == ["New House"]
    for said in (admin.get(address)[1], admin.get(PATH)[1]):
        assert "2 invented sample places gave way to the file’s. Undoing the import brings them back." in said
    assert "that come back: 2;" in said
    assert "1 place to search" in admin.get("/directory")[1]
    with house.db.begin() as session:
        import_id = session.scalars(select(DirectoryUpload.import_id).where(DirectoryUpload.import_id > 0)).one()
    admin.post(f"{PATH}/{import_id}/undo")
    work(house)
    assert names(house) == ["Made-up Hall", "Made-up House"]
    assert "gave way" not in admin.get(PATH)[1]


def test_what_cannot_be_taken_says_so_and_leaves_nothing(
    application: Flask, house: House, admin: Browser, folder: Path
) -> None:
    address, page = look_at(house, admin, "a,b\n1,2\n")
    assert "This file has no known header; against our plain CSV, it lacks" in page
    spanish = admin.get(address, **{"Accept-Language": "es"})[1]
    assert "Este archivo no tiene un encabezado conocido; comparado con nuestro CSV simple, le falta" in spanish
    assert "Nothing was changed." in page
    assert admin.post(address, act="take")[0] == 409
    odd = place("Odd House", zip="00000", codes="ZZ9 D-T", state="MA")
    address, page = look_at(house, admin, plain_csv([odd, place("", state="Mass")]), scope="state", state="NY")
    outside = "it lies in MA, outside the scope NY"
    assert f"D-T is no service code; none of its service codes is known; {outside}" in page, "every reason of the row"
    assert "<p>it has no name; MASS is no state or territory</p>" in page, "and every row"
    assert "0 rows read" not in page
    refusals = (
        ({"text": ""}, "Choose a file that is not empty"),
        ({"scope": "state", "state": "1"}, "two letters"),
        ({"as_of": "2999-01-01"}, "not one still to come"),
        ({"scope": "world"}, "Choose what the file speaks for"),
    )
    for fields, sentence in refusals:
        status, page = send(admin, **{"text": "x", **fields})
        assert (status, sentence in page) == (422, True), fields
    torn = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + b"x" * 70_000
    sent = {"data": torn, "content_type": "multipart/form-data; boundary=b", "headers": {"X-CSRFToken": admin.token}}
    assert admin.client.post(PATH, **sent, environ_overrides={"CONTENT_LENGTH": "99999"}).status_code == 400
    assert not list(folder.iterdir()), "the browser was closed in the middle"
    settings = application.extensions["settings"]
    application.extensions["settings"] = settings.model_copy(update={"directory_upload_mb": 0})
    status, page = send(admin, "x" * 70_000)
    assert (status, "larger than 0 MB" in page) == (413, True)
    assert not list(folder.iterdir())


def test_the_page_names_the_columns_and_its_sample_file_can_be_taken(house: House, admin: Browser) -> None:
    page = admin.get(PATH)[1]
    assert all(f"<code>{column}</code>" in page for column in HEADER)
    assert "<dt><code>RD</code></dt><dd>Residential detox</dd>" in page
    assert "<dd>Desintoxicación residencial</dd>" in admin.get(PATH, **{"Accept-Language": "es"})[1]
    assert page.count("required</span>") == len(NEEDED)
    sample = admin.get(f"{PATH}/sample.csv")[1]
    assert "1 rows read: 1 added" in look_at(house, admin, sample)[1]
    rows = list(csv.DictReader(io.StringIO(sample)))
    bare = [{**row, **dict.fromkeys(set(HEADER) - NEEDED, "")} for row in rows]
    assert "1 added" in look_at(house, admin, plain_csv(bare))[1]
    for column in NEEDED:
        assert "no row that can be taken" in look_at(house, admin, plain_csv([{**rows[0], column: ""}]))[1], column


def test_what_nobody_wanted_or_nobody_finished_does_not_stay(house: House, admin: Browser, folder: Path) -> None:
    now, text = datetime.now(UTC), plain_csv([place()])
    left, _ = look_at(house, admin, text)
    _, lost = send(admin, text)
    (file,) = folder.glob(f"{lost.rsplit('/', 1)[1]}/*")
    file.unlink()
    work(house)
    assert "must share the disk" in admin.get(lost)[1]
    _, died = send(admin, text)
    with house.db.begin() as session:
        ago = {"state": UploadState.TAKING, "said_at": now - timedelta(minutes=3)}
        session.execute(
            update(DirectoryUpload).where(DirectoryUpload.id == uuid.UUID(died.rsplit("/", 1)[1])).values(ago)
        )
    torn = folder / "0123.part"
    torn.touch()
    os.utime(torn, (0, 0))
    uploads.tidy(house, now)
    assert "The worker stopped in the middle of it." in admin.get(died)[1]
    assert not torn.exists()
    assert state_of(house, left) is UploadState.LOOKED
    uploads.tidy(house, now + timedelta(hours=25))
    assert state_of(house, left) is UploadState.LEFT
    assert not list(folder.glob("*/*"))


def test_the_page_tells_the_rows_while_they_are_read(
    house: House, admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, address = send(admin, plain_csv([place()]))
    with house.db.begin() as session:
        session.execute(update(DirectoryUpload).values(state=UploadState.LOOKING))
    monkeypatch.setattr(uploads, "SECONDS_A_WORD", 0)
    count = uploads._telling(house, uuid.UUID(address.rsplit("/", 1)[1]))
    for _ in range(uploads.ROWS_A_WORD * 3):
        count(1)
    page = admin.get(address, **{"HX-Request": "true"})[1]
    assert "1,500 rows read so far." in page
    assert "hx-trigger" in page
    assert "<html" not in page


def test_the_task_is_there_and_is_acknowledged_at_once() -> None:
    celery.loader.import_default_modules()
    assert celery.tasks[uploads.RUN].acks_late is False
