"""Nobody can pay to be on the list: no such field reaches the scoring, and what is shown and picked is counted."""

import ast
import uuid
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import routing.match_ranking as ranking
from models.directory import Listing
from models.match_counts import choices, exposures
from models.people import Counselor
from routing.match_index import Columns, FacilityIndex
from routing.match_overlay import FacilityFacts
from routing.match_profile import Profile
from routing.match_settings import Weights
from services.directory.importing import ImportWish, import_directory
from services.house import House
from services.match_replay import choose_place
from services.matching import AskedBy, desk_of, find_matches, read_profiles
from tests.fixtures.directory import WriteCsv, place

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
# Everything that the scoring can see of a facility. A new field here wants a reason that is no money.
SEEN_OF_A_FACILITY = {"version", "zips", "place_key", "place_xyz", "place_start", "place", "words",
                      "facilities", "operators", "listings", "states", "by_facility"}  # fmt: skip
MONEY = ("owner", "fee", "sponsor", "paid", "price", "partner", "commission", "revenue", "promot", "boost", "tier_of")


def test_the_scoring_sees_codes_place_and_live_facts_and_nothing_else() -> None:
    assert {field.name for field in fields(FacilityIndex)} == SEEN_OF_A_FACILITY
    assert {field.name for field in fields(Columns)} == {
        "listings", "facilities", "words", "zips", "operators", "states",
    }  # fmt: skip
    assert {field.name for field in fields(FacilityFacts)} == {"facility", "do_not_refer", "beds", "corrections"}


def test_no_name_in_the_scoring_speaks_of_money() -> None:
    tree = ast.parse(Path(ranking.__file__).read_text(encoding="utf-8"))
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - {"owner_word"}
    for shape in (Weights, Profile, FacilityFacts, Columns):
        names |= {field.name for field in fields(shape)}
    names |= {column.name for column in Listing.__table__.columns}
    assert not [name for name in names for word in MONEY if word in name.lower()]


def test_what_was_shown_and_picked_is_counted_by_facility_counselor_and_operator(
    match_house: House, write_csv: WriteCsv, zip_codes: None
) -> None:
    rows = [place(name, phone=f"617-555-01{number:02d}") for number, name in enumerate("ABCD")]
    import_directory(match_house, ImportWish(write_csv(rows)), NOW)
    counselor = Counselor(
        id=uuid.uuid4(), name="Ana", email="ana@line.example", email_hash=b"0" * 32, role="counselor",
        timezone="UTC", created_at=NOW,
    )  # fmt: skip
    (profile,) = read_profiles(match_house, [("", {"zip": "02150", "substances": ["clonazepam"]})]).profiles
    with match_house.db.begin() as session:
        session.add(counselor)
        session.flush()
        found = [
            find_matches(
                desk_of(match_house), session, profile, NOW, limit=3, asked_by=AskedBy(counselor_id=counselor.id)
            )
            for _ in range(2)
        ]
    picked = found[0].places[1]
    for matches in found:
        assert matches.record_id is not None
        assert choose_place(match_house, matches.record_id, picked.entry.listing, NOW, counselor.id) is None
    with match_house.db.begin() as session:
        shown = exposures(session, NOW - timedelta(days=1), NOW + timedelta(days=1))
        chosen = choices(session, NOW - timedelta(days=1), NOW + timedelta(days=1))
        nothing = exposures(session, NOW - timedelta(days=3), NOW - timedelta(days=2))
    assert [(row.shown, row.top) for row in shown] == [(2, 2)] * 3
    assert sum(row.first for row in shown) == 2
    best = chosen[0]
    assert (best.name, best.offered, best.chosen) == (picked.listing.name1, 2, 2)
    assert nothing == []
