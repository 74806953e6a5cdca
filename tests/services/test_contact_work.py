"""A counselor at work on a contact: answers written down, places found for them, and texted when that is safe."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from models.consents import ConsentEvent
from models.contacts import Contact, ContactEvent
from models.match_counts import choices, exposures
from models.matches import MatchRecord
from models.people import Caller, Counselor
from models.texts import TextMessage
from routing.vocabulary import Channel, ContactStatus, Need, Role, Urgency
from services import hand_over
from services.contact_answers import Given, write_answers
from services.contact_matches import match_for_call, match_list
from services.contact_texts import end_text
from services.directory.importing import ImportWish, import_directory
from services.house import House
from services.match_replay import choose_place
from services.matching import desk_of, find_matches
from services.places_texted import NotTexted, text_places
from services.suggestions import profile_of
from tests.fixtures.directory import WriteCsv, place

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
AddContact = Callable[..., Contact]


@pytest.fixture
def ana(add_person: Callable[[Role], Counselor]) -> Counselor:
    return add_person(Role.COUNSELOR)


@pytest.fixture
def places(house: House, zip_codes: None, write_csv: WriteCsv) -> None:
    """Four places near Chelsea that take people who take benzodiazepines, one of them with Medicaid only by asking."""
    rows = [place(f"Quay House {n}", street1=f"{n} Quay Street", phone=f"617-555-016{n}") for n in range(4)]
    rows[3]["codes"] = rows[3]["codes"].replace(" MALE MD", " MALE")
    assert import_directory(house, ImportWish(write_csv(rows)), NOW).added == 4


def triage_of(house: House, contact: Contact) -> dict[str, object]:
    with house.db.begin() as session:
        known = session.get_one(Contact, contact.id).triage or {}
        return {key: entry["value"] for key, entry in known.items() if isinstance(entry, dict)}


def substances_of(house: House, contact: Contact) -> list[str]:
    with house.db.begin() as session:
        known = session.get_one(Contact, contact.id).triage or {}
        return [entry["value"] for entry in known.get("substances", [])]


def test_what_is_heard_is_kept_with_its_source_and_can_be_taken_back(house: House, add_contact: AddContact) -> None:
    contact = add_contact(triage={"zip": {"value": "02150", "source": "keypad"}})
    given = Given(
        {"zip": "02150", "age": "34", "payer": "medicaid", "pregnant": "no", "need": ""}, "klonopin and vodka"
    )
    assert write_answers(house, contact.id, given, NOW) == ()
    assert triage_of(house, contact) == {"zip": "02150", "age": 34, "payer": "medicaid", "pregnant": False}
    assert substances_of(house, contact) == ["clonazepam", "alcohol"]
    assert write_answers(house, contact.id, Given({"payer": ""}, without="alcohol"), NOW) == ()
    assert "payer" not in triage_of(house, contact)
    assert substances_of(house, contact) == ["clonazepam"]
    with house.db.begin() as session:
        known = session.get_one(Contact, contact.id).triage or {}
        assert known["zip"]["source"] == "keypad"
        assert known["age"]["source"] == "counselor"
        assert session.query(ContactEvent).filter_by(kind="learnt").count() >= 3


def test_what_cannot_be_read_changes_nothing_and_is_named(house: House, add_contact: AddContact) -> None:
    contact = add_contact(triage={"zip": {"value": "02150", "source": "keypad"}})
    given = Given({"zip": "2150", "age": "old", "payer": "gold", "need": "hotel", "pregnant": "maybe"}, "qwertyuiop")
    refused = write_answers(house, contact.id, given, NOW)
    assert refused is not None
    assert set(refused) == {"zip", "age", "payer", "need", "pregnant", "substances"}
    assert triage_of(house, contact) == {"zip": "02150"}


def test_danger_in_a_counselors_words_raises_nothing_by_itself(house: House, add_contact: AddContact) -> None:
    contact = add_contact()
    write_answers(house, contact.id, Given(substances="she took fentanyl and is not breathing"), NOW)
    with house.db.begin() as session:
        assert session.get_one(Contact, contact.id).urgency is Urgency.NONE, "they know; it is offered as a flag"


@pytest.mark.usefixtures("places")
def test_places_follow_the_answers_and_each_new_list_is_kept_once(
    house: House, add_contact: AddContact, ana: Counselor
) -> None:
    contact = add_contact()
    assert match_list(house, contact.id, ana.id, "en", NOW).missing == ("zip", "substances")
    write_answers(house, contact.id, Given({"zip": "02150"}, "klonopin"), NOW)
    first = match_list(house, contact.id, ana.id, "en", NOW)
    assert len(first.places) == 4
    assert all(found.reasons for found in first.places)
    match_list(house, contact.id, ana.id, "es", NOW)
    write_answers(house, contact.id, Given({"payer": "medicaid"}), NOW)
    second = match_list(house, contact.id, ana.id, "en", NOW)
    assert second.places[3].name == "Quay House 3"
    assert "Lists Medicaid." in second.places[0].reasons
    with house.db.begin() as session:
        kept = session.query(MatchRecord).filter_by(contact_id=contact.id).order_by(MatchRecord.id).all()
        assert [record.counselor_id for record in kept] == [ana.id, ana.id]
        assert kept[1].shown == 4


@pytest.mark.usefixtures("places")
def test_detox_stands_where_stopping_is_dangerous_unless_a_counselor_writes_why_not(
    house: House, add_contact: AddContact
) -> None:
    contact = add_contact()
    write_answers(house, contact.id, Given({"zip": "02150", "need": "treatment"}, "klonopin"), NOW)

    def need() -> str:
        with house.db.begin() as session:
            profile = profile_of(house, session.get_one(Contact, contact.id))
            assert profile is not None
            return str(find_matches(desk_of(house), session, profile, NOW).answer.situation.need)

    assert need() == Need.DETOX
    write_answers(house, contact.id, Given({"need_override_reason": "Detoxed last week, at a hospital."}), NOW)
    assert need() == Need.TREATMENT


def test_what_matters_less_often_can_be_written_down_too(house: House, add_contact: AddContact) -> None:
    contact = add_contact()
    seldom = {"on_moud": "methadone", "veteran": "yes", "liver_disease": "yes", "sign_language": "yes"}
    assert write_answers(house, contact.id, Given({"zip": "02150", **seldom}, "heroin"), NOW) == ()
    with house.db.begin() as session:
        profile = profile_of(house, session.get_one(Contact, contact.id))
    assert profile is not None
    assert (profile.on_moud, profile.veteran, profile.liver_disease) == ("methadone", True, True)
    assert (profile.language, profile.dui) == ("asl", False)
    assert write_answers(house, contact.id, Given({"on_moud": "aspirin"}), NOW) == ("on_moud",)


@pytest.mark.usefixtures("places")
def test_the_match_made_while_a_caller_waits_is_kept_once_and_not_for_a_text_conversation(
    house: House, add_contact: AddContact
) -> None:
    contact = add_contact()
    assert not match_for_call(house, contact.id, NOW), "nothing is known yet"
    write_answers(house, contact.id, Given({"zip": "02150"}, "klonopin"), NOW)
    assert match_for_call(house, contact.id, NOW)
    assert match_for_call(house, contact.id, NOW)
    with house.db.begin() as session:
        assert session.query(MatchRecord).filter_by(contact_id=contact.id).count() == 1
        session.get_one(Contact, contact.id).channel = Channel.TEXT
    assert not match_for_call(house, contact.id, NOW), "texting looks for places at the person's own pace"


@pytest.mark.usefixtures("places")
def test_a_list_made_while_a_caller_waits_counts_as_shown_once_to_each_who_opens_the_page(
    house: House, add_contact: AddContact, ana: Counselor, add_person: Callable[[Role], Counselor]
) -> None:
    contact, bob = add_contact(), add_person(Role.SUPERVISOR)
    write_answers(house, contact.id, Given({"zip": "02150"}, "klonopin"), NOW)
    assert match_for_call(house, contact.id, NOW)
    assert counted(house) == (0, {}), "nobody has looked yet"
    for reader in (ana, ana, bob):
        picked = match_list(house, contact.id, reader.id, "en", NOW).places[1].listing
    assert match_for_call(house, contact.id, NOW)
    assert counted(house) == (8, {ana.id: (4, 0), bob.id: (4, 0)})
    assert choose_place(house, contact.id, picked, NOW, bob.id)
    assert counted(house) == (8, {ana.id: (4, 0), bob.id: (4, 1)})
    with house.db.begin() as session:
        assert session.query(MatchRecord).filter_by(contact_id=contact.id).count() == 2


def counted(house: House) -> tuple[int, dict[uuid.UUID, tuple[int, int]]]:
    """How many showings there were in all, and how many offers and choices of each counselor."""
    period = (NOW - timedelta(days=1), NOW + timedelta(days=1))
    with house.db.begin() as session:
        shown = sum(row.shown for row in exposures(session, *period))
        offers: dict[uuid.UUID, tuple[int, int]] = {}
        for row in choices(session, *period):
            offered, chosen = offers.get(uuid.UUID(row.counselor_id), (0, 0))
            offers[uuid.UUID(row.counselor_id)] = (offered + row.offered, chosen + row.chosen)
    return shown, offers


@pytest.mark.usefixtures("places")
def test_places_are_texted_only_to_somebody_who_said_that_it_is_safe(
    house: House, add_contact: AddContact, ana: Counselor
) -> None:
    contact = add_contact(ContactStatus.CONNECTED)
    write_answers(house, contact.id, Given({"zip": "02150"}, "klonopin"), NOW)
    first_two = match_list(house, contact.id, ana.id, "en", NOW).places[:2]
    listings = [found.listing for found in first_two]
    text = partial(text_places, house, contact.id, ana.id, now=NOW)
    key = uuid.uuid4()
    assert text(listings, False, key=key) is NotTexted.NOT_SAFE
    assert text([], True, key=key) is NotTexted.NONE_TICKED
    assert text([*listings, 10**12], True, key=key) is NotTexted.NOT_LISTED
    assert text(list(range(6)), True, key=key) is NotTexted.TOO_MANY
    for again in (key, key, uuid.uuid4()):  # pressed once more as no answer came, and told once more: they asked
        assert text(listings, True, key=again) == tuple(found.name for found in first_two)
    with house.db.begin() as session:
        sent, again = session.query(TextMessage).order_by(TextMessage.position)
        assert sent.body.startswith("Harborline: ")  # to somebody who never wrote to us: who we are, and how to stop
        assert "STOP ends texts" in sent.body
        assert "STOP" not in again.body
        assert [row.kind.value for row in session.query(ConsentEvent)] == ["texting_ok"]
        assert "Quay House" in sent.body
        assert sent.body.count("617") == 2
        caller = session.query(Caller).one()
        assert (caller.texting_ok, caller.follow_up_texts_ok) == (True, None), "that is asked in the wrap-up, by itself"


@pytest.mark.usefixtures("places")
def test_nothing_is_texted_after_stop(house: House, add_contact: AddContact, ana: Counselor) -> None:
    contact = add_contact(ContactStatus.CONNECTED)
    write_answers(house, contact.id, Given({"zip": "02150"}, "klonopin"), NOW)
    listings = [found.listing for found in match_list(house, contact.id, ana.id, "en", NOW).places]
    with house.db.begin() as session:
        session.get_one(Caller, contact.caller_id).texts_stopped_at = NOW
    assert text_places(house, contact.id, ana.id, listings[:2], True, NOW, uuid.uuid4()) is NotTexted.NOT_SAFE


def test_a_text_conversation_is_ended_by_whoever_has_it(house: House, add_contact: AddContact, ana: Counselor) -> None:
    contact = add_contact(ContactStatus.CONVERSING, channel=Channel.TEXT, number="+16175550149")
    assert not end_text(house, contact.id, ana.id, NOW)
    assert hand_over.take_text(house, contact.id, ana.id, NOW)
    assert end_text(house, contact.id, ana.id, NOW)
    assert not end_text(house, contact.id, ana.id, NOW)
    with house.db.begin() as session:
        assert session.get_one(Contact, contact.id).status is ContactStatus.ENDED


def test_a_place_for_one_gender_is_not_ticked_until_somebody_says_whom_it_is_for(
    house: House, zip_codes: None, write_csv: WriteCsv, add_contact: AddContact
) -> None:
    rows = [place(f"Quay House {n}", street1=f"{n} Quay Street", phone=f"617-555-016{n}") for n in range(4)]
    rows[0]["codes"] = rows[0]["codes"].replace(" MALE", "")
    import_directory(house, ImportWish(write_csv(rows)), NOW)
    contact = add_contact(triage={
        "zip": {"value": "02150", "source": "text"}, "substances": [{"value": "clonazepam", "source": "text"}]
    })  # fmt: skip
    shown = match_list(house, contact.id, None, "en", NOW).places
    assert [place.name for place in shown if not place.ticked] == ["Quay House 0"]
    assert shown[-1].name == "Quay House 0"  # equal else: those that are sure come first
    assert "Takes women only. Ask whether that fits." in shown[-1].open_points
    assert write_answers(house, contact.id, Given({"gender": "male"}), NOW) == ()
    assert "Quay House 0" not in {place.name for place in match_list(house, contact.id, None, "en", NOW).places}
    assert write_answers(house, contact.id, Given({"gender": "female"}), NOW) == ()
    assert sum(place.ticked for place in match_list(house, contact.id, None, "en", NOW).places) == 3
