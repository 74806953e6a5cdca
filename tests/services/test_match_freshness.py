"""What is committed is in the next match, of any process: only the change is read, and no import is waited for."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from models.database import Database
from models.directory import ZipCode
from models.publishing import published_facilities
from routing.vocabulary import BedLevel
from runtime.processes import wait_until
from services import match_desk, match_keeping
from services.directory.beds import BedsTold, report_beds
from services.directory.fixes import fix_facility, take_fix_back
from services.directory.importing import ImportWish, import_directory
from services.directory.pair_page import pairs_page
from services.directory.pairs import join_places, take_decision_back, tell_apart
from services.directory.place_page import place_page
from services.directory.reports import hold_back, release
from services.house import House
from services.match_desk import MatchDesk
from services.match_replay import replay_match
from services.matching import AskedBy, Matches, desk_of, find_matches, read_profiles
from tests.fixtures.directory import WriteCsv, place

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
NEED = {"zip": "02150", "substances": ["clonazepam"], "payer": "medicaid"}
ZIPS = {"02150": (42.397, -71.033), "01002": (42.372, -72.52)}  # seventy-five miles between


@pytest.fixture
def town(match_house: House, build_clean_engine: Callable[[], Engine], write_csv: WriteCsv) -> House:
    """Two places in a database of their own, where changes are committed."""
    house = replace(match_house, db=Database(build_clean_engine()))
    with house.db.begin() as session:
        for code, (lat, lon) in ZIPS.items():
            named: dict[str, Any] = {"city": "", "state": "MA", "county": "", "timezone": "", "kind": "STANDARD"}
            session.add(ZipCode(zip5=code, latitude=lat, longitude=lon, active=True, **named))
    assert not import_directory(house, ImportWish(write_csv(places("A", "B"))), NOW).errors
    return house


def places(*names: str, **more: str) -> list[dict[str, str]]:
    return [place(name, phone=f"617-555-01{ord(name)}", **more) for name in names]


def ask(house: House) -> Matches:
    (profile,) = read_profiles(house, [("", NEED)]).profiles
    with house.db.begin() as session:
        return find_matches(desk_of(house), session, profile, NOW, asked_by=AskedBy())


def miles(house: House) -> dict[str, int]:
    return {found.listing.name1: round(found.entry.miles) for found in ask(house).places}


def facility(house: House, name: str) -> int:
    return next(found.entry.facility for found in ask(house).places if found.listing.name1 == name)


def other_process(house: House) -> House:
    desk = desk_of(house)
    return replace(house, match_desk=MatchDesk(desk.catalog, desk.settings, desk.phrases, desk.version))


def test_a_correction_and_a_tip_do_not_wait_for_an_import_that_writes(
    town: House, build_clean_engine: Callable[[], Engine], write_csv: WriteCsv
) -> None:
    first = facility(town, "A")
    town.db.statement_ms.set(2_000)
    with build_clean_engine().connect() as importing, importing.begin():
        file = write_csv([*places("A", codes="SA HID BDTX ADLT MD"), *places("B", "C")])
        done = import_directory(replace(town, db=Database(importing)), ImportWish(file), NOW)
        assert (done.changed, done.added) == (1, 1)
        assert fix_facility(town, first, "codes_removed", "BDTX", "no longer", NOW, None) is None
        assert fix_facility(town, first, "tip", "Ring twice.", "tip", NOW, None) is None
        meanwhile = ask(town)
        assert [found.listing.name1 for found in meanwhile.places] == ["B"]
    assert set(miles(town)) == {"B", "C"}
    again = replay_match(town, meanwhile.record.id)
    assert again is not None
    assert again.same
    assert again.same_inputs


def test_only_what_changed_is_read(town: House, monkeypatch: pytest.MonkeyPatch) -> None:
    other, first, second = other_process(town), facility(town, "A"), facility(town, "B")
    assert miles(other) == {"A": 0, "B": 0}
    every = match_desk.read_all
    monkeypatch.delattr(match_desk, "read_all")
    assert fix_facility(town, first, "zip5", "01002", "they moved", NOW, None) is None
    assert hold_back(town, second, "closed", NOW + timedelta(days=9), NOW, None) is None
    kept = ask(other)
    assert miles(other) == {"A": 76}
    assert take_fix_back(town, first, "zip5", NOW, None) is None
    assert miles(other) == {"A": 0}
    again = replay_match(town, kept.record.id)
    assert again is not None
    assert again.same_inputs
    assert release(town, second, NOW, None) is None
    with town.db.begin() as session:
        session.execute(text("DELETE FROM live_change"))  # as in a database that was put back
    with pytest.raises(NameError):
        ask(other)
    monkeypatch.setattr(match_desk, "read_all", every, raising=False)
    assert miles(other) == {"A": 0, "B": 0}


def test_no_match_of_a_long_running_process_waits_for_an_import_to_be_read(
    town: House, write_csv: WriteCsv, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = facility(town, "B")
    desk_of(town).kept = True
    assert not import_directory(town, ImportWish(write_csv(places("A", "B", "C"))), NOW).errors
    assert set(miles(town)) == {"A", "B"}
    assert report_beds(town, BedsTold(second, BedLevel.DETOX, 2, "call"), NOW) is None
    kept = ask(town)
    assert kept.places[0].listing.name1 == "B"
    again = replay_match(town, kept.record.id)
    assert again is not None
    assert again.same_inputs

    look, ends = match_keeping.look, iter((TimeoutError, None, KeyboardInterrupt))

    def next_look(house: House) -> None:
        if (end := next(ends)) is not None:
            raise end
        look(house)

    monkeypatch.setattr(match_keeping, "look", next_look)
    monkeypatch.setattr(match_keeping, "LOOKS_EVERY_SECONDS", 0)
    with pytest.raises(KeyboardInterrupt):
        match_keeping.keep_fresh(town)
    monkeypatch.delattr(match_desk, "read_all")
    assert set(miles(town)) == {"A", "B", "C"}
    assert next(iter(miles(town))) == "B"


def test_no_change_is_committed_before_one_that_was_counted_earlier(
    town: House, build_clean_engine: Callable[[], Engine]
) -> None:
    other, first, second = other_process(town), facility(town, "A"), facility(town, "B")
    tomorrow = NOW + timedelta(days=1)
    here = "datname = current_database() AND wait_event_type = 'Lock'"
    waiting = text(f"SELECT count(*) FROM pg_stat_activity WHERE {here}")
    with ThreadPoolExecutor() as thread, build_clean_engine().connect() as slow, slow.begin():
        assert hold_back(replace(town, db=Database(slow)), first, "unsafe", tomorrow, NOW, None) is None
        later = thread.submit(hold_back, town, second, "unsafe", tomorrow, NOW, None)
        with town.db.autocommit() as watch:
            assert wait_until(lambda: watch.scalar(waiting) == 1, 30)
        assert miles(other) == {"A": 0, "B": 0}
        slow.commit()
        assert later.result(30) is None
    assert miles(other) == {}


def test_whoever_comes_back_by_a_new_name_stays_held_back_until_an_admin_says_it_is_another(
    town: House, write_csv: WriteCsv, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, other = town, other_process(town)
    (first, second), phone = places("A", "B"), "617-555-0165"

    def take(year: int, *rows: dict[str, str]) -> None:
        wish = ImportWish(write_csv(rows), "national", as_of=date(year, 1, 1), retire_confirmed=True)
        assert not import_directory(house, wish, NOW + timedelta(days=1500)).errors

    def asked() -> int:
        return pairs_page(house).pairs[0].id

    take(2027, first, second)
    assert hold_back(house, facility(house, "A"), "unsafe", NOW + timedelta(days=9), NOW, None) is None
    take(2028, second, place("Canal", street1="8 Canal Road", phone=phone))
    kept = ask(other)
    assert (miles(other), kept.answer.held_back) == ({"B": 0}, 1)
    assert pairs_page(house).pairs[0].held
    canal = pairs_page(house).pairs[0].after.facility_id
    shown = place_page(house, canal, NOW)
    assert shown is not None
    assert (shown.hold, shown.held_as) == (None, "A")
    with house.db.begin() as session:
        assert canal not in published_facilities(session, 0, 9)

    every = match_desk.read_all
    monkeypatch.delattr(match_desk, "read_all")
    assert tell_apart(house, asked(), "another", NOW, None) is None
    between = ask(other)
    assert miles(other) == {"B": 0, "Canal": 0}
    (told,) = pairs_page(house).decided
    assert take_decision_back(house, told.id, NOW, None) is None
    assert miles(other) == {"B": 0}
    monkeypatch.setattr(match_desk, "read_all", every, raising=False)
    for record in (kept.record.id, between.record.id):
        again = replay_match(house, record)
        assert again is not None
        assert again.same_inputs

    assert join_places(house, told.id, "", NOW, None) is None
    assert miles(other) == {"B": 0}
    assert take_decision_back(house, told.id, NOW, None) is None
    take(2029, second, place("Dune", street1="9 Dune Road", phone=phone))
    assert miles(other) == {"B": 0}, "a third name is no way round either"
    monkeypatch.delattr(match_desk, "read_all")
    assert release(house, told.facility_id, NOW, None) is None
    assert miles(other) == {"B": 0, "Dune": 0}
