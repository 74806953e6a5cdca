"""One record across text, voice and console: unclear names asked about once, nothing known asked again."""

import pytest
from sqlalchemy import select

from models.contacts import Contact
from routing.vocabulary import Channel, Language, Urgency
from services import contact_page, intake, knowing, ringing, suggestions, waiting
from services.contact_answers import Given, write_answers
from services.house import House
from services.match_desk import build_desk
from tests.fixtures.paper import PaperTelephony
from tests.services.calls import Stage, says
from tests.services.outside import CALLER, HELPLINE
from tests.services.texting import COUNSELOR, Thread, contact_of, staff


@pytest.fixture(scope="session")
def desk(matching_content):
    return build_desk(matching_content)


@pytest.fixture
def caller(text_house: House) -> Thread:
    return Thread(text_house)


@pytest.fixture
def stage(house: House, paper: PaperTelephony, zip_codes: None) -> Stage:
    return Stage(house, paper)


def calls(caller: Thread) -> Contact:
    """The same phone dials the line."""
    intake.open_call(caller.house, intake.InboundCall("CAsame", CALLER, HELPLINE), caller.now)
    with caller.house.db.begin() as session:
        return session.scalars(select(Contact).where(Contact.channel == Channel.VOICE)).one()


def substances(contact: Contact) -> set[str]:
    return {entry["value"] for entry in (contact.triage or {}).get("substances", ())}


def test_an_unclear_name_is_asked_about_once_and_the_answer_decides(caller: Thread) -> None:
    caller.text("hi")
    (question,) = caller.text("k")
    assert "which drug or medicine do you mean" in question
    (where,) = caller.text("1")
    assert "ZIP" in where
    assert substances(contact_of(caller.house)) == {"clonazepam"}
    assert not contact_of(caller.house).triage["unclear"]


def test_beside_a_clear_substance_the_unclear_one_is_asked_before_any_list(caller: Thread) -> None:
    (question,) = caller.text("I smoke weed and I use k, 02150")
    assert "which drug or medicine do you mean" in question
    assert "Places near" not in question
    (answer,) = caller.text("klonopin")
    assert "Places near 02150" in answer
    assert "suddenly" in answer  # the highest tier decides


def test_who_does_not_answer_the_question_is_not_asked_it_again(caller: Thread) -> None:
    caller.text("I use k, 02150")
    assert "do you mean" not in "".join(caller.text("I have medicaid"))


def test_the_console_asks_what_a_name_means(house: House, paper: PaperTelephony) -> None:
    stage = Stage(house, paper)
    counselor_id, contact_id = stage.counselor(101), stage.dials()
    waiting.heard(house, contact_id, "what", None, "blues", stage.now)
    page = contact_page.contact_page(house, contact_id, counselor_id, stage.now)
    assert page is not None
    ((name, meanings),) = page.unclear
    assert (name, set(meanings)) == ("blues", {"diazepam", "fentanyl", "oxycodone"})
    assert write_answers(house, contact_id, Given(unclear="blues", means="fentanyl"), stage.now) == ()
    page = contact_page.contact_page(house, contact_id, counselor_id, stage.now)
    assert page is not None
    assert page.unclear == ()
    assert page.values("substances") == ("fentanyl",)
    assert write_answers(house, contact_id, Given(substances="bars"), stage.now) == ()
    write_answers(house, contact_id, Given(unclear="bars"), stage.now)
    page = contact_page.contact_page(house, contact_id, counselor_id, stage.now)
    assert page is not None
    assert (page.unclear, page.values("substances")) == ((), ("fentanyl",))


def test_what_was_texted_is_not_asked_on_the_phone_and_the_counselor_sees_where_it_came_from(caller: Thread) -> None:
    caller.text("klonopin and alcohol, I am hooked, 02150, medicaid")
    contact = calls(caller)
    told = says(waiting.wait_turn(caller.house, contact.id, caller.now))
    assert not any(key.startswith("voice.ask_") for key in told)
    page = contact_page.contact_page(caller.house, contact.id, contact.id, caller.now)
    assert page is not None
    assert (page.value("zip"), page.source("zip")) == ("02150", "text")
    assert page.value("payer") == "medicaid"


def test_danger_goes_along_before_anybody_is_rung(caller: Thread, paper: PaperTelephony) -> None:
    staff(caller.house, COUNSELOR)
    caller.text("my wife is not breathing")
    (said,) = contact_of(caller.house).triage["said"]
    assert said["question"] is None, "words of danger are no answer"
    contact = calls(caller)
    waiting.greeting_key(caller.house, contact.id, "2", caller.now)
    for _ in range(2):  # before any turn of the wait: a counselor may answer during the greeting
        ringing.plan(caller.house, paper, contact.id, caller.now)
    with caller.house.db.begin() as session:
        again = session.get_one(Contact, contact.id)
        assert (again.urgency, again.language) == (Urgency.CALL_911, Language.SPANISH)
    page = contact_page.contact_page(caller.house, contact.id, contact.id, caller.now)
    assert page is not None
    assert [flag.id for flag in page.flags] == ["not_breathing_or_blue"]
    told = [entry for entry in page.timeline if entry.kind in ("danger", "supervisors_alerted")]
    assert [entry.kind for entry in told] == ["danger", "supervisors_alerted"], "once"
    assert told[0].data["flags"] == ["not_breathing_or_blue"]
    assert says(waiting.wait_turn(caller.house, contact.id, caller.now)) == ["voice.stay_danger"]
    with caller.house.db.begin() as session:
        assert session.get_one(Contact, contact.id).language is Language.SPANISH, "what they pressed stands"


def test_what_is_over_stays_there(house: House, paper: PaperTelephony, zip_codes: None) -> None:
    stage = Stage(house, paper)
    first = stage.dials(CALLER)
    waiting.heard(house, first, "what", None, "heroin", stage.now)
    stage.caller_hangs_up()
    caller = Thread(house)
    caller.text("hello")
    assert substances(contact_of(house)) == set()


def test_an_unclear_name_as_the_first_text_is_asked_about_too(caller: Thread) -> None:
    (question,) = caller.text("blues")
    assert "which drug or medicine do you mean" in question


def test_the_need_is_that_of_all_that_was_told_and_asking_for_information_tells_none(caller: Thread) -> None:
    caller.text("INFO KLONOPIN")
    assert "need" not in contact_of(caller.house).triage
    caller.text("it is heroin")
    caller.text("and I smoke weed too")
    assert contact_of(caller.house).triage["need"]["value"] == "moud"


def test_liver_and_breathing_illness_are_asked_about_once_where_they_matter(caller: Thread) -> None:
    (answer,) = caller.text("heroin, 02150, medicaid")
    assert "liver or lung illness" in answer
    (answer,) = caller.text("no liver or lung problems, why?")
    assert "did not catch" not in answer
    assert "conditions" not in contact_of(caller.house).triage
    assert "liver" not in "".join(caller.text("and xanax sometimes"))
    contact = calls(caller)
    waiting.heard(caller.house, contact.id, "what", None, "alcohol", caller.now)
    assert says(waiting.wait_turn(caller.house, contact.id, caller.now)) != ["voice.ask_illness"]


def test_on_the_phone_illness_is_asked_after_the_rest_and_its_answer_counts(stage: Stage) -> None:
    contact_id = stage.dials()
    for question, words in (("what", "I drink too much"), ("zip", "02150"), ("payer", "medicaid")):
        waiting.heard(stage.house, contact_id, question, None, words, stage.now)
    assert says(waiting.wait_turn(stage.house, contact_id, stage.now)) == ["voice.ask_illness"]
    waiting.heard(stage.house, contact_id, "illness", None, "my lungs", stage.now)
    profile = suggestions.profile_of(stage.house, stage.contact(contact_id))
    assert profile is not None
    assert (profile.respiratory_disease, profile.liver_disease) == (True, False)
    assert says(waiting.wait_turn(stage.house, contact_id, stage.now)) != ["voice.ask_illness"]


@pytest.mark.parametrize("words", ["cocaine, 02150, medicaid", "I am pregnant, heroin, 02150, medicaid"])
def test_illness_is_not_asked_where_it_decides_nothing(stage: Stage, words: str) -> None:
    contact_id = stage.dials()
    waiting.heard(stage.house, contact_id, "what", None, words, stage.now)
    assert says(waiting.wait_turn(stage.house, contact_id, stage.now)) != ["voice.ask_illness"]


def test_on_the_phone_an_unclear_name_is_asked_about_once_and_a_key_says_what_it_means(stage: Stage) -> None:
    contact_id = stage.dials()
    waiting.heard(stage.house, contact_id, "what", None, "I take blues every day", stage.now)
    document = waiting.wait_turn(stage.house, contact_id, stage.now)
    assert says(document) == ["voice.ask_name"]
    ((name, meanings),) = knowing.unclear_names(stage.contact(contact_id))
    assert name == "blues"
    waiting.heard(stage.house, contact_id, "name", "1", None, stage.now)
    assert knowing.substances_of(stage.contact(contact_id)) == (meanings[0],)
    assert says(waiting.wait_turn(stage.house, contact_id, stage.now)) == ["voice.ask_zip"]


def test_whoever_waits_or_asks_for_a_person_is_not_asked_again_what_a_name_means(stage: Stage) -> None:
    contact_id = stage.dials()
    waiting.heard(stage.house, contact_id, "what", None, "I take blues every day", stage.now)
    assert says(waiting.wait_turn(stage.house, contact_id, stage.now)) == ["voice.ask_name"]
    waiting.heard(stage.house, contact_id, "name", "0", None, stage.now)
    assert says(waiting.wait_turn(stage.house, contact_id, stage.now)) != ["voice.ask_name"]
    assert knowing.unclear_names(stage.contact(contact_id)), "the counselor's page still asks"
