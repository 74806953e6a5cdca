"""What people and places say at odd times in the closed loop, and two places that both say yes."""

from datetime import timedelta

from models.bed_contacts import bed_contact_with
from models.follow_ups import open_referral_work
from routing.vocabulary import (
    DeclineReason,
    ReferralStatus,
)
from services import texts, written_consents
from services.conversation import Heard
from services.referrals import choosing, referring, work
from services.text_claims import Sent
from tests.services.outside import Provider
from tests.services.referring import FIRST, SECOND, Story


def test_whoever_changes_their_mind_about_the_next_place_is_promised_only_what_happens(told: Story) -> None:
    first = told.order()[0]
    told.register(first, FIRST)
    told.refer(first)
    told.place_says(FIRST, "2")
    told.told()
    assert "We will ask them" in told.caller.text("yes")[0]
    assert "leave that one out" in told.caller.text("no thanks")[0]
    assert (told.places()[1], told.work()) == (("withdrawn", "caller"), [])
    assert "We will ask them" not in told.caller.text("yes")[0]
    assert told.work() == ["ask_the_place"]


def test_who_does_not_wait_any_more_is_not_asked_again(told: Story) -> None:
    first = told.order()[0]
    told.refer(first)
    referring.say(
        *(told.house, told.contact_id, told.counselor, first, ReferralStatus.DECLINED, told.now),
        DeclineReason.WAITING_LIST,
    )
    told.caller.now += timedelta(hours=4)
    assert len(told.told()) == 2, "the next place, and the check-in of the talk"
    told.caller.now += timedelta(hours=45)
    assert any("still waiting" in words for words in told.told())
    told.caller.text("no")
    assert "waiting_list" not in told.planned()


def test_a_link_for_somebody_who_left_long_ago_waits_for_the_morning(told: Story) -> None:
    told.caller.now += timedelta(hours=16)  # two at night
    wish = written_consents.Wish(told.order()[0], ["age"], ["treatment"], 30)
    assert written_consents.prepare(told.house, told.contact_id, told.counselor, wish, told.now) is None
    provider, link = Provider(), told.caller.outgoing()[-1]
    assert texts.send(told.house, provider, link.id, told.now) is Sent.WAITS
    assert texts.send(told.house, provider, link.id, told.now + timedelta(hours=8)) is Sent.SENT


def test_no_without_any_referral_reaches_a_counselor_too(told: Story) -> None:
    told.caller.now += timedelta(hours=4)
    assert any("check in" in words for words in told.told())
    told.caller.now += timedelta(days=2)
    assert any("did it work out" in words for words in told.told())
    assert "what can be done next" in told.caller.text("no")[0]
    assert told.work() == ["did_not_work_out"]


def test_more_right_after_a_check_in_means_the_list_and_leaves_the_check_in_open(told: Story) -> None:
    told.caller.now += timedelta(hours=4)
    assert any("check in" in words for words in told.told())
    answers = told.caller.text("MORE")
    assert "4. " in "".join(answers)
    assert told.caller.heard is Heard.ANSWER
    assert "We will call you" in told.caller.text("1")[0], "the check-in still waits for its answer"


def test_of_two_places_that_say_yes_a_counselor_chooses_and_the_other_hears_it_in_neutral_words(told: Story) -> None:
    first, second = told.order()[:2]
    told.register(first, FIRST)
    told.register(second, SECOND)
    told.refer(first)
    told.refer(second)
    told.place_says(FIRST, "1")
    assert len(told.told()) == 1
    told.place_says(SECOND, "1")
    assert (told.told(), told.work()) == ([], ["two_accepted"]), "nothing is said until one is chosen"
    assert told.planned() == ["week", "month"], "nor asked"
    with told.house.db.begin() as session:
        (row,) = open_referral_work(session)
    assert work.finish(told.house, row.id, told.now), "whoever saw to it may choose afterwards"
    assert choosing.choose(told.house, told.contact_id, told.counselor, second, told.now)
    assert told.places() == [("withdrawn", "counselor"), ("accepted", "facility_text")]
    assert told.work() == []
    words = told.to_places()[-1]
    assert f"code {told.referral().code}" in words
    assert "nothing more is needed" in words
    assert len(told.told()) == 1, "news of the chosen one"
    assert told.planned() == ["did_they_take_you", "no_show", "week", "month"]
    assert not choosing.choose(told.house, told.contact_id, told.counselor, first, told.now)
    referring.say(told.house, told.contact_id, told.counselor, first, ReferralStatus.ACCEPTED, told.now)
    with told.house.db.begin() as session:
        bed_contact_with(session, SECOND).stopped_at = told.now  # type: ignore[union-attr]
    assert choosing.choose(told.house, told.contact_id, told.counselor, first, told.now)
    assert told.work() == ["tell_the_place"], "a place that reads no texts is told by a person"
    assert (told.told(), told.planned()[:2]) == ([], ["did_they_take_you", "no_show"]), "the news was told before"
    referring.say(told.house, told.contact_id, told.counselor, first, ReferralStatus.ARRIVED, told.now)
    assert [status for status, _ in told.places()] == ["arrived", "withdrawn"]
    assert told.work() == ["tell_the_place"], "the other place still waits"
