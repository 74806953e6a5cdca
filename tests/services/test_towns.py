"""A town instead of a ZIP code, written or said."""

from services import knowing, waiting
from services.house import House
from tests.fixtures.paper import PaperTelephony
from tests.services.calls import Stage


def test_a_town_that_can_only_be_one_is_the_place(house: House, paper: PaperTelephony, zip_codes: None) -> None:
    with house.db.begin() as session:
        boston = knowing.zip_of_town(session, "boston", None)
        assert boston is not None
        assert boston.startswith("021")
        assert knowing.zip_of_town(session, "Springfield", None) is None
        illinois = knowing.zip_of_town(session, "Springfield", "IL")
        assert illinois is not None
        assert illinois.startswith("627")
    stage = Stage(house, paper)
    contact_id = stage.dials()
    waiting.heard(house, contact_id, "zip", None, "Boston Massachusetts", stage.now)
    assert knowing.value_of(stage.contact(contact_id), "zip") == boston
