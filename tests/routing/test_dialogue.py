"""The text conversation, as it reads on a phone."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.phrases import load_phrases
from routing.dialogue import Known, State, Turn, Wish, step
from routing.triage import TriageRules
from routing.understanding import Understanding


class Phone:
    """A person texting; remembers what the contact record would."""

    def __init__(self, rules: TriageRules) -> None:
        self.rules = rules
        self.state = State()
        self.answered: set[str] = set()
        self.danger = False
        self.with_counselor = False

    def text(self, words: str) -> Turn:
        heard = self.rules.understand(words, asked=self.state.asked)
        self.danger = self.danger or heard.in_danger
        told = {"what": heard.substances, "zip": heard.zip, "payer": heard.payer}
        self.answered |= {question for question, value in told.items() if value}
        known = Known(frozenset(self.answered), self.with_counselor, self.danger)
        turn = step(self.state, heard, known, words)
        self.answered |= {"what"} if Wish.SUBSTANCE in wishes(turn) else set()
        self.state = State.of(json.loads(json.dumps(turn.state.as_dict())))
        return turn


@pytest.fixture
def phone(triage_rules: TriageRules) -> Phone:
    return Phone(triage_rules)


def keys(turn: Turn) -> list[str]:
    return [reply.key for reply in turn.replies]


def wishes(turn: Turn) -> list[Wish]:
    return [wanted.wish for wanted in turn.wishes]


def test_a_conversation_asks_only_what_it_needs_and_matches(phone: Phone) -> None:
    assert keys(phone.text("hi")) == ["text.hello", "text.ask_what"]
    assert keys(phone.text("I take klonopin and cant stop")) == ["text.ask_zip"]
    turn = phone.text("02150")
    assert wishes(turn) == [Wish.MATCH]
    assert keys(turn) == ["text.ask_payer"]
    assert wishes(phone.text("masshealth")) == [Wish.MATCH]


def test_everything_told_at_once_is_asked_about_no_more(phone: Phone) -> None:
    turn = phone.text("xanax, medicaid, 02150")
    assert keys(turn) == ["text.hello"]
    assert wishes(turn) == [Wish.MATCH]


def test_answers_may_come_in_any_order(phone: Phone) -> None:
    assert keys(phone.text("my zip is 02150 and i have no insurance")) == ["text.hello", "text.ask_what"]
    assert wishes(phone.text("drinking")) == [Wish.MATCH]


def test_whoever_would_rather_not_say_how_they_pay_is_not_asked_again(phone: Phone) -> None:
    phone.text("heroin 02150")
    turn = phone.text("skip")
    assert keys(turn) == ["text.anything_else"]
    assert phone.state.misunderstood == 0


def test_a_town_is_looked_up_instead_of_a_zip(phone: Phone) -> None:
    phone.text("fentanyl")
    (place,) = phone.text("I'm in Quincy, MA").wishes
    assert (place.wish, place.detail) == (Wish.PLACE, "Quincy, MA")


def test_an_unclear_name_asks_one_question_and_a_number_answers_it(phone: Phone) -> None:
    turn = phone.text("been doing k")
    assert keys(turn) == ["text.hello", "text.ask_name"]
    offered = turn.replies[1].values["choices"].split("|")
    turn = phone.text("2")
    assert turn.wishes[0].wish is Wish.SUBSTANCE
    assert turn.wishes[0].detail == offered[1]
    assert keys(turn) == ["text.ask_zip"]


def test_danger_gets_the_emergency_words_at_once_and_no_list(phone: Phone) -> None:
    phone.text("klonopin")
    turn = phone.text("02150 he wont wake up")
    assert keys(turn) == ["text.danger_911_now"]
    assert wishes(turn) == [Wish.EMERGENCY]


def test_while_a_human_takes_over_nothing_is_asked(phone: Phone) -> None:
    phone.text("i want to kill myself")
    assert keys(phone.text("02150")) == ["text.human_is_coming"]
    phone.with_counselor = True
    assert phone.text("ok").replies == ()


def test_when_the_danger_is_cleared_the_conversation_goes_on(phone: Phone) -> None:
    phone.text("she is not breathing")
    phone.danger = False
    assert keys(phone.text("she is ok now. it was fentanyl")) == ["text.ask_zip"]


def test_new_danger_is_answered_even_while_a_counselor_writes(phone: Phone) -> None:
    phone.with_counselor = True
    assert keys(phone.text("he is having a seizure")) == ["text.danger_911_now"]


@pytest.mark.parametrize(("words", "wish"), [("CALL ME", Wish.CALLBACK), ("llámenme por favor", Wish.CALLBACK)])
def test_call_me_is_a_callback(phone: Phone, words: str, wish: Wish) -> None:
    assert wishes(phone.text(words)) == [wish]


def test_whoever_asks_for_a_person_gets_one(phone: Phone) -> None:
    assert wishes(phone.text("can i talk to a real person")) == [Wish.COUNSELOR]


def test_after_two_misunderstandings_a_human_takes_over(phone: Phone) -> None:
    phone.text("hello")
    assert keys(phone.text("qwerty")) == ["text.ask_what_again"]
    turn = phone.text("lorem ipsum")
    assert keys(turn) == ["text.counselor_after_misunderstanding"]
    assert wishes(turn) == [Wish.COUNSELOR]


def test_stop_texting_me_in_plain_words_is_an_opt_out(phone: Phone) -> None:
    assert wishes(phone.text("please stop texting me")) == [Wish.OPT_OUT]


def test_help_me_stop_drinking_is_no_opt_out(phone: Phone) -> None:
    turn = phone.text("help me stop drinking")
    assert wishes(turn) == []
    assert keys(turn) == ["text.hello", "text.ask_zip"]


def test_info_and_a_name_asks_for_the_sheet(phone: Phone) -> None:
    (wanted,) = phone.text("INFO KLONOPIN").wishes
    assert (wanted.wish, wanted.detail) == (Wish.INFORMATION, "clonazepam")


def test_more_asks_for_more_after_a_match_and_thanks_closes(phone: Phone) -> None:
    phone.text("xanax, medicaid, 02150")
    assert wishes(phone.text("More")) == [Wish.MORE]
    assert wishes(phone.text("thank you!")) == [Wish.CLOSE]


def test_same_day_advice_comes_before_the_questions(phone: Phone) -> None:
    turn = phone.text("stopped my klonopin cold turkey 2 days ago")
    assert keys(turn) == ["text.hello", "text.danger_has_stopped", "text.ask_zip"]


def test_every_phrase_of_the_conversation_exists() -> None:
    table = load_phrases()
    urgencies = ("911_now", "911_now_then_988", "988_warm_transfer", "urgent_same_day_medical")
    needed = {f"text.danger_{urgency}" for urgency in urgencies}
    needed |= {f"text.ask_{question}{way}" for question in ("what", "zip", "payer") for way in ("", "_again")}
    needed |= {"text.ask_what_or_call", "text.ask_zip_or_call", "text.ask_name", "text.poison_control", "text.stop"}
    assert needed <= table.keys()


@settings(max_examples=60)
@given(
    st.lists(
        st.text(max_size=40) | st.sampled_from(["02150", "k", "1", "skip", "xanax", "more", "he od'd"]), max_size=6
    )
)
def test_any_conversation_stays_alive(triage_rules: TriageRules, texts: list[str]) -> None:
    phone, table = Phone(triage_rules), load_phrases()
    for words in texts:
        turn = phone.text(words)
        assert {reply.key for reply in turn.replies} <= table.keys()
        assert turn.replies or turn.wishes
        assert len(turn.replies) <= 3
    way_out = phone.text("I want to talk to a person")
    assert phone.danger or {Wish.COUNSELOR, Wish.CALLBACK} & set(wishes(way_out)), "from every state to a person"
    assert way_out.replies


def test_nothing_heard_in_a_new_conversation_still_greets() -> None:
    turn = step(State.of(None), Understanding(), Known(), "")
    assert keys(turn) == ["text.hello", "text.ask_what"]
