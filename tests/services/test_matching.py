"""A match over the directory: explained in both languages, kept, and the same when asked again."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete

from config.phrases import load_phrases
from models.directory import ZipCode
from models.matches import match_record
from routing.match_profile import Profile
from services.directory.importing import ImportWish, import_directory
from services.directory.zip_codes import ensure_zip_codes
from services.house import House
from services.match_desk import MatchDesk
from services.matching import AskedBy, Matches, desk_of, find_matches, freshen, match_all, read_profiles
from tests.fixtures.directory import SAMPLE, WriteCsv, place
from tests.routing.match_world import CATALOG, SETTINGS

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
KLONOPIN = {"zip": "02150", "substances": ["clonazepam"], "dual_diagnosis": True, "payer": "medicaid"}


def profile(**data: Any) -> Profile:
    read = data.pop("house")
    (one,) = read_profiles(read, [("", data)]).profiles
    return one


def ask(house: House, **data: Any) -> Matches:
    (found,) = match_all(house, [profile(house=house, **data)], NOW)
    return found


def test_a_caller_in_chelsea_who_takes_klonopin_gets_three_explained_places(match_house: House) -> None:
    import_directory(match_house, ImportWish(SAMPLE), NOW)
    found = ask(match_house, **KLONOPIN)
    answer = found.as_json(desk_of(match_house).phrases)
    assert answer["outcome"] == "match"
    assert answer["radius"] == 25
    assert answer["complete"]
    first = answer["results"][0]
    assert (first["name"], first["zip"], first["miles"]) == ("Tidewater General Hospital", "02150", 0.0)
    assert "Detox in a hospital, with medical care day and night." in first["reasons"]
    assert "Lists Medicaid." in first["reasons"]
    assert "Ask whether there is a place today." in first["open_points"]
    assert first["source"] == "The helpline's own list, read 2026-11-20"
    assert len({place["phone"] for place in answer["results"][:3]}) == 3
    json.dumps(answer)


def test_the_reasons_are_said_in_spanish_too(match_house: House) -> None:
    import_directory(match_house, ImportWish(SAMPLE), NOW)
    answer = ask(match_house, **KLONOPIN, language="es").as_json(desk_of(match_house).phrases, "es")
    assert "Habla español." in answer["results"][0]["reasons"]


def test_a_match_sees_an_import_that_was_just_committed(match_house: House, write_csv: WriteCsv) -> None:
    import_directory(match_house, ImportWish(write_csv([place("Quay House")])), NOW)
    assert ask(match_house, **KLONOPIN).answer.total == 1
    import_directory(match_house, ImportWish(write_csv([place("Mill House")])), NOW)
    assert ask(match_house, **KLONOPIN).answer.total == 2


def test_a_process_that_looked_before_the_first_import_knows_the_zip_codes_it_brought(house: House) -> None:
    early = replace(house, match_desk=MatchDesk(CATALOG, SETTINGS, dict(load_phrases()), SETTINGS.version))
    with early.db.begin() as session:
        session.execute(delete(ZipCode))
    freshen(early)
    with early.db.begin() as session:
        assert len(desk_of(early).current(session).matcher.index.zips.codes) == 0
        ensure_zip_codes(session)
    import_directory(early, ImportWish(SAMPLE), NOW)
    freshen(early)
    with early.db.begin() as session:
        assert len(desk_of(early).current(session).matcher.index.zips.codes) > 40_000


def test_a_match_for_a_contact_is_kept_with_its_need_encrypted(match_house: House) -> None:
    import_directory(match_house, ImportWish(SAMPLE), NOW)
    desk = desk_of(match_house)
    with match_house.db.begin() as session:
        found = find_matches(desk, session, profile(house=match_house, **KLONOPIN), NOW, limit=3, asked_by=AskedBy())
        assert found.record.id is not None
        record = match_record(session, found.record.id)
        assert record is not None
        assert record.need["substances"] == ["clonazepam"]
        assert record.shown == 3
        assert record.listing_order[:3] == [place.entry.listing for place in found.places]
        assert len(record.listing_order) == found.answer.total
        assert len(record.digest) == 64


def test_every_mistake_in_a_file_of_profiles_is_named(match_house: House) -> None:
    read = read_profiles(
        match_house,
        [
            ("line 1: ", {"zip": "02150", "substances": ["moon dust"]}),
            ("line 2: ", {"zip": 2150, "substances": ["alcohol"], "payer": "gold"}),
            ("line 3: ", {"zip": "02150", "substances": ["alcohol"], "pregnat": True}),
            ("line 4: ", ["02150"]),
        ],
    )
    assert [sentence.split(":")[0] + sentence.split(":")[1] for sentence in read.problems] == [
        "line 1 substances", "line 2 zip", "line 2 payer", "line 4 A profile is a JSON object such as {\"zip\"",
    ]  # fmt: skip
    assert read.warnings == ["line 3: pregnat is no field of a profile and was left out."]


def test_without_a_directory_the_caller_is_told_that_nothing_was_found(match_house: House) -> None:
    found = ask(match_house, **KLONOPIN)
    assert found.answer.shortfall
    assert found.as_json(desk_of(match_house).phrases)["results"] == []
