"""The commands `directory` and `match`: what they print, and how they refuse."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from routing.vocabulary import BedLevel
from services.directory.beds import BedsTold, report_beds
from services.directory.importing import ImportWish, import_directory
from services.house import House
from services.matching import AskedBy, desk_of, find_matches, read_profiles
from tests.fixtures.directory import SAMPLE, WriteCsv, place
from web.commands import directory, match
from web.spreadsheet import write_csv as write_csv_table

pytestmark = pytest.mark.usefixtures("zip_codes")
Lines = list[dict[str, object]]


@pytest.fixture
def app(match_house: House) -> Flask:
    app = Flask(__name__)
    app.extensions["house"] = match_house
    for command in (directory, match):
        command.register(app)
    return app


def run(app: Flask, *words: object) -> Result:
    return app.test_cli_runner().invoke(args=[str(word) for word in words])


def lines(result: Result) -> Lines:
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_an_import_says_what_it_did_and_what_it_could_not_take(app: Flask, write_csv: WriteCsv) -> None:
    result = run(app, "directory", "import", write_csv([place(), place("Odd House", zip="00000")]))
    assert result.exit_code == 0
    assert "2 rows read, 1 added" in result.stdout
    assert "Refused: line 3: ZIP code 00000 does not exist." in result.stdout


def test_rows_that_cannot_be_taken_are_named_and_the_others_go_in_and_the_help_says_so(
    app: Flask, write_csv: WriteCsv
) -> None:
    odd = place("Odd House", codes=place()["codes"].replace("SA ", "ZZZZ "))
    rows = [place(), place(), odd, place("No Zip", zip="00000"), place("Nothing Known", codes="ZZZZ QQQQ")]
    printed = run(app, "directory", "import", write_csv(rows)).stdout
    assert "5 rows read, 2 added" in printed
    assert "Refused: line 3: it is the same as line 2." in printed
    assert "Refused: line 6: none of its service codes is known." in printed
    assert "Unknown service codes, kept but not matched on: QQQQ (1 row), ZZZZ (2 rows)." in printed
    assert printed.rstrip().endswith("Left out: 3 rows. The others went in.")
    assert "left out" in run(app, "directory", "import", "--help").stdout


def test_the_sample_file_is_not_taken_again_as_the_helplines_own_list(app: Flask, match_house: House) -> None:
    import_directory(match_house, ImportWish(SAMPLE, sample=True), datetime.now(UTC))
    result = run(app, "directory", "import", SAMPLE)
    assert result.exit_code == 2
    assert "has no row that can be taken" in result.stderr
    assert "it stands there already, from “Invented places for trying the line”" in result.stderr


def test_a_substance_may_be_given_by_any_clear_name(app: Flask, house: House) -> None:
    app.extensions["house"] = house  # the real catalogue
    asked = ("match", "--zip", "02150", "--json", "--substance")
    result = run(app, *asked, "Klonopin")
    assert lines(result)[0]["outcome"] == "match"
    assert result.stderr.splitlines()[0] == "Klonopin is taken for clonazepam."
    assert run(app, *asked, "clonazepam").stderr == ""
    assert run(app, *asked, "k").stderr == "--substance: k may mean clonazepam, dissociative: say which.\n"
    wrong = run(app, *asked, "klonipen7")
    assert wrong.exit_code == 2
    assert "Did you mean one of these: clonazepam" in wrong.stderr
    assert run(app, *asked, "qqqqqq").stderr == "--substance: qqqqqq is no name that we know.\n"


def test_an_unknown_zip_code_is_an_outcome(app: Flask) -> None:
    (answer,) = lines(run(app, "match", "--zip", "00000", "--substance", "clonazepam", "--json"))
    assert (answer["outcome"], answer["results"]) == ("ask_location", [])
    assert "the exit status is 0" in " ".join(run(app, "match", "--help").stdout.split())


def test_an_import_as_json_prints_one_object_and_nothing_else(app: Flask) -> None:
    (printed,) = lines(run(app, "directory", "import", SAMPLE, "--json"))
    assert printed["added"] == printed["read"]


def test_a_missing_file_is_refused_with_status_two(app: Flask) -> None:
    result = run(app, "directory", "import", "/nowhere/list.csv")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "/nowhere/list.csv does not exist. Check the path.\nNothing was changed." in result.stderr


def test_an_import_is_listed_and_undone(app: Flask) -> None:
    (printed,) = lines(run(app, "directory", "import", SAMPLE, "--json"))
    number = printed["import_id"]
    assert "directory.csv  list" in run(app, "directory", "imports").stdout
    assert run(app, "directory", "undo", number).exit_code == 0
    assert "(undone)" in run(app, "directory", "imports").stdout
    assert run(app, "directory", "undo", number).exit_code == 2


def test_a_match_by_options_prints_the_whole_list_as_json(app: Flask) -> None:
    run(app, "directory", "import", SAMPLE)
    result = run(
        app, "match", "--zip", "02150", "--substance", "clonazepam", "--payer", "medicaid", "--dual-diagnosis", "--json"
    )
    (answer,) = lines(result)
    assert answer["outcome"] == "match"
    assert answer["complete"] is True
    assert answer["need"] == "detox"


def test_a_match_in_words_shows_reasons_and_questions(app: Flask) -> None:
    run(app, "directory", "import", SAMPLE)
    printed = run(app, "match", "--zip", "02150", "--substance", "clonazepam").stdout
    assert "1. Tidewater General Hospital" in printed
    assert "+ Detox in a hospital" in printed
    assert "? Ask what it costs" in printed


def test_a_file_of_profiles_is_answered_one_line_each_with_their_ids(app: Flask, tmp_path: Path) -> None:
    run(app, "directory", "import", SAMPLE)
    path = tmp_path / "profiles.jsonl"
    profiles = [
        {"id": "a", "zip": "02150", "substances": ["clonazepam"], "need": "detox"},
        {"id": "b", "zip": "02150", "substances": ["heroin"], "need": "moud", "risk_flags": ["seizure"]},
        {"id": "c", "zip": "99999", "substances": ["heroin"], "need": "moud"},
        {"id": "d", "zip": "02150", "substances": ["clonazepam"], "prescribed_as_directed": True},
    ]
    path.write_text("\n".join(json.dumps(profile) for profile in profiles), encoding="utf-8")
    answers = lines(run(app, "match", "--profile", path, "--json"))
    assert [(answer["id"], answer["outcome"]) for answer in answers] == [
        ("a", "match"), ("b", "emergency_first"), ("c", "ask_location"), ("d", "prescriber_first"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{not json}", "profiles.jsonl, line 1: this is no JSON object."),
        ('{"zip": "02150", "substances": []}', "substances: name at least one"),
        ('{"zip": "02150", "substances": ["alcohol"], "need": "rehab"}', "need: say one of detox, moud, treatment"),
    ],
)
def test_a_wrong_profile_is_refused_with_status_two(app: Flask, tmp_path: Path, line: str, sentence: str) -> None:
    path = tmp_path / "profiles.jsonl"
    path.write_text(line, encoding="utf-8")
    result = run(app, "match", "--profile", path, "--json")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert sentence in result.stderr


def test_a_dangerous_withdrawal_is_answered_with_detox_unless_a_counselor_gives_a_reason(app: Flask) -> None:
    """Whoever says "rehab" for Klonopin is never answered with outpatient sites alone (MATCHING.md, Need)."""
    run(app, "directory", "import", SAMPLE)
    words = ("match", "--zip", "02150", "--substance", "clonazepam", "--need", "treatment", "--json")
    result = run(app, *words)
    (answer,) = lines(result)
    assert (answer["need"], answer["monitored"]) == ("detox", True)
    assert "You asked for treatment; stopping clonazepam suddenly can be dangerous" in result.stderr
    kept = run(app, *words, "--override-reason", "off it for a year")
    (answer,) = lines(kept)
    assert (answer["need"], kept.stderr) == ("treatment", "")
    (beside,) = answer["beside"]  # type: ignore[misc]  # a list in the JSON
    assert "detox" in beside["heading"].lower()


def test_a_stored_match_is_replayed_to_the_same_list_after_the_directory_has_changed(
    app: Flask, match_house: House, write_csv: WriteCsv
) -> None:
    run(app, "directory", "import", write_csv([place(name, phone="") for name in "ABCD"]))
    (profile,) = read_profiles(match_house, [("", {"zip": "02150", "substances": ["clonazepam"]})]).profiles
    with match_house.db.begin() as session:
        now = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
        kept = find_matches(desk_of(match_house), session, profile, now, asked_by=AskedBy())
    listings = [found.entry.listing for found in kept.places]
    run(app, "directory", "import", write_csv([place("E")]), "--scope", "national", "--confirm-retire")
    (again,) = lines(run(app, "match", "--replay", kept.record.id, "--json"))
    assert again["stored"] == again["again"] == listings
    assert (again["same"], again["same_inputs"], again["same_rules"]) == (True, True, True)
    assert "the same list of 4 places" in run(app, "match", "--replay", kept.record.id).stdout
    missing = run(app, "match", "--replay", 999_999)
    assert (missing.exit_code, missing.stderr) == (2, "There is no stored match 999999.\n")


def test_no_cell_of_a_table_is_a_formula() -> None:
    table = io.StringIO()
    write_csv_table(table, [["=1+1", "@Quay", "Quay - House", -1]])
    assert table.getvalue().strip() == "'=1+1,'@Quay,Quay - House,-1"


def test_beds_calls_and_exposure_are_listed(app: Flask, match_house: House, write_csv: WriteCsv) -> None:
    run(app, "directory", "import", write_csv([place("Quay House", phone="617-555-0123 x20")]))
    now = datetime.now(UTC)
    (profile,) = read_profiles(match_house, [("", {"zip": "02150", "substances": ["clonazepam"]})]).profiles
    with match_house.db.begin() as session:
        found = find_matches(desk_of(match_house), session, profile, now, asked_by=AskedBy()).places[0]
    report_beds(match_house, BedsTold(found.entry.facility, BedLevel.DETOX, 2, "call"), now)
    (told,) = lines(run(app, "directory", "beds", "--json"))
    assert (told["name"], told["level"], told["open"], told["how"]) == ("Quay House", "detox", 2, "call")
    assert "Quay House, Chelsea, MA: detox 2 open" in run(app, "directory", "beds").stdout
    assert "Quay House, Chelsea, MA, (617) 555-0123 ext. 20: routine" in run(app, "directory", "calls").stdout
    shown = run(app, "directory", "exposure", "--since", "2020-01-01", "--until", f"{now:%Y-%m-%d}")
    assert shown.stdout.splitlines()[1:] == [f"{found.entry.facility},Quay House,6175550123,1,1,1"]
