"""A roster file is taken whole or not at all, and twice is once."""

from datetime import UTC, datetime

import pytest

from models.people import AuditEvent, Counselor, counselor_by_email
from routing.vocabulary import Role
from services.house import House
from services.roster import import_roster, plan_roster
from services.roster_file import NO_WORDS

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
HEADER = "name,phone,email,role,languages,skills,timezone,shifts\n"
ANA = 'Ana Ruiz,617-555-0111,Ana@line.example,counselor,"en, es",perinatal,America/New_York,mon-fri 22:00-06:00\n'
BEN = "Ben Okafor,+16175550112,ben@line.example,supervisor,en,,America/Chicago,\n"


def person(house: House, email: str) -> Counselor | None:
    with house.db.begin() as session:
        found = counselor_by_email(session, email)
        if found is not None:
            assert len(found.shifts) >= 0
        return found


def test_a_roster_brings_in_people_with_their_shifts(house: House) -> None:
    result = import_roster(house, HEADER + ANA + BEN, NOW)
    assert (result.added, result.changed, result.unchanged, result.errors) == (2, 0, 0, ())
    ana = person(house, "ana@line.example")
    assert ana is not None
    assert (ana.name, ana.phone, ana.languages, ana.skills) == ("Ana Ruiz", "+16175550111", ["en", "es"], ["perinatal"])
    assert sorted(s.weekday for s in ana.shifts) == [0, 1, 2, 3, 4]
    assert {(s.start_minute, s.end_minute) for s in ana.shifts} == {(1320, 360)}


def test_the_same_file_twice_changes_nothing(house: House) -> None:
    import_roster(house, HEADER + ANA + BEN, NOW)
    assert import_roster(house, HEADER + ANA + BEN, NOW).unchanged == 2
    fewer = HEADER + ANA.replace("mon-fri 22:00-06:00", '"fri,mon,wed 22:00-06:00"') + BEN
    ((field, before, after),) = plan_roster(house, fewer, NO_WORDS).changes[0].fields
    assert (field, before[:3], after) == ("shifts", "mon", "mon 22:00-06:00; wed 22:00-06:00; fri 22:00-06:00")
    with house.db.begin() as session:
        assert session.query(AuditEvent).filter_by(kind="roster_imported").count() == 1


def test_a_changed_row_changes_one_person(house: House) -> None:
    import_roster(house, HEADER + ANA + BEN, NOW)
    result = import_roster(house, HEADER + ANA.replace("22:00", "21:00") + BEN.replace("supervisor", "admin"), NOW)
    assert (result.added, result.changed) == (0, 2)
    ana, ben = person(house, "ana@line.example"), person(house, "ben@line.example")
    assert ana is not None
    assert ben is not None
    assert {s.start_minute for s in ana.shifts} == {1260}
    assert ben.role is Role.ADMIN


def test_two_people_may_swap_their_phones(house: House) -> None:
    import_roster(house, HEADER + ANA + BEN, NOW)
    swapped = ANA.replace("617-555-0111", "+16175550112") + BEN.replace("+16175550112", "+16175550111")
    assert import_roster(house, HEADER + swapped, NOW).changed == 2


def test_a_phone_of_somebody_outside_the_file_is_refused(house: House) -> None:
    import_roster(house, HEADER + ANA, NOW)
    result = import_roster(house, HEADER + BEN.replace("+16175550112", "+16175550111"), NOW)
    assert result.errors[0].startswith("Row 2: the phone already belongs to somebody")
    assert person(house, "ben@line.example") is None


def test_one_wrong_row_keeps_the_whole_file_out_and_every_error_names_its_row(house: House) -> None:
    wrong = 'Cem,12,cem,boss,english,"a!",Boston,fri 9-5\n'
    result = import_roster(house, HEADER + ANA + "\n" + wrong + ANA, NOW)
    assert person(house, "ana@line.example") is None
    said = " ".join(result.errors)
    for part in ('"cem"', '"boss"', '"12"', '"Boston"', '"english"', '"a!"', '"fri 9-5"'):
        assert part in said
    assert sum(error.startswith("Row 4:") for error in result.errors) == 7
    assert "Row 5: the e-mail address is also in row 2." in result.errors


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must name the columns"),
        ("name,phone\n", "missing: email"),
        (HEADER.replace("name,", "name,shoe,"), "Unknown column: shoe"),
        (HEADER, "no people"),
        (HEADER + "Ana,1\n", "Row 2: it does not have 8 cells"),
        (HEADER + ANA.replace("617-555-0111", ""), "Row 2: the phone is missing"),
    ],
)
def test_a_file_that_is_no_roster_is_refused_in_a_sentence(house: House, text: str, said: str) -> None:
    assert said in import_roster(house, text, NOW).errors[0]


def test_a_spreadsheets_byte_order_mark_is_no_part_of_the_first_column(house: House) -> None:
    assert import_roster(house, "\ufeff" + HEADER + ANA, NOW).added == 1
