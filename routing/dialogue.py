"""The text conversation as a state machine: what was asked and heard -> replies, wishes and the next state."""

import re
from dataclasses import replace

from routing import care_hint
from routing.dialogue_information import MAX_CHOICES, MORE, information
from routing.dialogue_state import Known, Reply, State, Turn, Wanted, Wish
from routing.understanding import Understanding
from routing.vocabulary import Urgency
from routing.words import fold

QUESTIONS = ("what", "zip", "payer")  # the order in which what is not known is asked
NEEDED_FOR_MATCH = frozenset({"what", "zip"})
ILLNESS = "illness"  # asked once, whatever the answer
MISUNDERSTANDINGS = 2  # then a human takes over
__all__ = ["QUESTIONS", "Known", "Reply", "State", "Turn", "Wanted", "Wish", "step"]
SKIPS = frozenset(
    {
        *(
            "skip",
            "pass",
            "no",
            "none",
            "nope",
            "na",
            "n a",
            "idk",
            "not sure",
            "no idea",
            "i do not know",
            "dont know",
        ),
        *("i dont know", "rather not say", "prefer not to say", "no se", "no lo se", "ninguno", "ninguna", "paso"),
    }
)
_FAREWELLS = frozenset(
    {
        *("thanks", "thank you", "thank you so much", "thx", "ty", "ok thanks", "okay thank you", "bye", "goodbye"),
        *(
            "thats all",
            "that is all",
            "ok thank you",
            "gracias",
            "muchas gracias",
            "adios",
            "ok gracias",
            "eso es todo",
        ),
    }
)
_COMMANDS = frozenset({*"0123456789", "info", "skip", "pass", "paso", "call me", "llamenme", "llameme"})
_NOT_LETTERS = re.compile(r"[\W_]+")


def step(state: State, heard: Understanding, known: Known, text: str) -> Turn:
    """The next turn. Keywords (STOP, HELP) were answered before; danger comes first, then wishes, then questions."""
    if heard.in_danger:
        return _emergency(state, heard)
    state = replace(state, danger=state.danger and known.danger)
    if state.danger or known.danger:
        return _while_a_human_takes_over(state, known)
    if known.with_counselor:
        return Turn(state)
    asked = information(state, heard, known, text, plain(text))
    if asked is not None:
        return asked
    return _wish(state, heard, text) or _converse(replace(state, reading="", page=0), heard, known, text)


def is_command(text: str) -> bool:
    """Whether a text only works the conversation (MORE, SKIP, a digit) and says nothing of the person."""
    return plain(text) in MORE | _COMMANDS


def is_more(text: str) -> bool:
    """Whether a text asks for more of a list."""
    return plain(text) in MORE


def _emergency(state: State, heard: Understanding) -> Turn:
    """The emergency words at once; no question and no list in the way."""
    reply = Reply(f"text.danger_{heard.urgency.value}")
    return Turn(replace(state, greeted=True, danger=True, human=True, asked=None), (reply,), (Wanted(Wish.EMERGENCY),))


def _while_a_human_takes_over(state: State, known: Known) -> Turn:
    """Nothing automatic but one word that a human is coming, until a counselor clears the danger."""
    if known.with_counselor:
        return Turn(replace(state, danger=True, human=True))
    return Turn(replace(state, danger=True, human=True), (Reply("text.human_is_coming"),), (Wanted(Wish.EMERGENCY),))


def plain(text: str) -> str:
    """The words of a short text, folded and without marks."""
    return _NOT_LETTERS.sub(" ", fold(text[:80])).strip()


def _wish(state: State, heard: Understanding, text: str) -> Turn | None:
    """Something the person asks for that goes before our questions."""
    words = plain(text)
    if "stop_texts" in heard.wants:
        return Turn(replace(state, asked=None), (Reply("text.stop"),), (Wanted(Wish.OPT_OUT),))
    if "callback" in heard.wants:
        return _to_a_human(state, Wish.CALLBACK, "text.callback_promised")
    if "counselor" in heard.wants:
        return _to_a_human(state, Wish.COUNSELOR, "text.counselor_coming")
    if state.matched_on and words in MORE:
        return Turn(replace(state, misunderstood=0), (), (Wanted(Wish.MORE),))
    if state.greeted and words in _FAREWELLS:
        return Turn(replace(state, asked=None), (Reply("text.goodbye"),), (Wanted(Wish.CLOSE),))
    return None


def _to_a_human(state: State, wish: Wish, key: str) -> Turn:
    return Turn(replace(state, greeted=True, human=True, asked=None, misunderstood=0), (Reply(key),), (Wanted(wish),))


def _prescriber_first(state: State) -> Turn:
    """Do not stop, and who to ask; said once. Whatever comes next without news of misuse or danger is for a person."""
    if "prescriber" in state.told:
        return _to_a_human(state, Wish.COUNSELOR, "text.counselor_coming")
    hello = () if state.greeted else (Reply("text.hello"),)
    told = replace(state, greeted=True, asked=None, misunderstood=0, told=(*state.told, "prescriber"))
    return Turn(told, (*hello, Reply("text.prescriber_first")))


def _converse(state: State, heard: Understanding, known: Known, text: str) -> Turn:
    if known.prescriber_first:
        return _prescriber_first(state)
    wishes: list[Wanted] = []
    chosen = _choice(state, text)
    if chosen:
        wishes.append(Wanted(Wish.SUBSTANCE, chosen))
        known = replace(known, answered=known.answered | {"what"})
    skipped = _skipped(state, known, text)
    if skipped:
        state = replace(state, skipped=(*state.skipped, skipped))
    if heard.zip is None and "zip" not in known.answered and (heard.city or (heard.state and state.asked == "zip")):
        wishes.append(Wanted(Wish.PLACE, ", ".join(part for part in (heard.city, heard.state) if part)))
    answered = chosen or skipped or state.asked == ILLNESS
    if not (answered or _brings_something(heard) or not state.greeted):
        state = replace(state, misunderstood=state.misunderstood + 1)
        if state.misunderstood >= MISUNDERSTANDINGS:
            return _to_a_human(state, Wish.COUNSELOR, "text.counselor_after_misunderstanding")
    else:
        state = replace(state, misunderstood=0)
    return _ask_or_match(state, heard, known, wishes)


def _choice(state: State, text: str) -> str | None:
    """The substance meant by `2`, when an unclear name was asked about."""
    words = plain(text)
    if state.asked == "name" and words.isdecimal() and 1 <= int(words) <= len(state.choices):
        return state.choices[int(words) - 1]
    return None


def _skipped(state: State, known: Known, text: str) -> str | None:
    """The question that was asked and is left unanswered on purpose."""
    open_question = state.asked in QUESTIONS and state.asked not in known.answered
    return state.asked if open_question and plain(text) in SKIPS else None


def _brings_something(heard: Understanding) -> bool:
    told = (heard.substances, heard.unclear, heard.payer, heard.zip, heard.city, heard.state, heard.age, heard.flags)
    return any(told) or bool(heard.wants or heard.conditions or heard.for_whom or heard.use)


def _ask_or_match(state: State, heard: Understanding, known: Known, wishes: list[Wanted]) -> Turn:
    replies: list[Reply] = []
    if not state.greeted:
        replies.append(Reply("text.hello"))
    if any(flag.action == "poison_control" for flag in heard.flags):
        told = replace(state, greeted=True, human=True, asked=None)
        return Turn(told, (*replies, Reply("text.poison_control")), (*wishes, Wanted(Wish.COUNSELOR)))
    if heard.urgency is Urgency.SAME_DAY_MEDICAL:
        stopped = any(flag.id == care_hint.HAS_STOPPED for flag in heard.flags)
        replies.append(Reply("text.danger_has_stopped" if stopped else "text.danger_urgent_same_day_medical"))
    elif care_hint.is_warning(heard.use) and "doctor" not in state.told:
        replies.append(Reply("text.speak_with_doctor"))
        state = replace(state, told=(*state.told, "doctor"))
    matched_on = tuple(question for question in QUESTIONS if question in known.answered)
    if state.asked == "name" and (heard.substances or wishes):
        state = replace(state, matched_on=())  # what the name means changes the list
    if state.asked == ILLNESS and heard.conditions:
        state = replace(state, matched_on=())
    if known.answered >= NEEDED_FOR_MATCH and matched_on != state.matched_on and not heard.unclear:
        wishes.append(Wanted(Wish.MATCH))
        state = replace(state, matched_on=matched_on)
    question, reply = _question(state, heard, known)
    if reply is None and not replies and not wishes:
        reply = Reply("text.anything_else")
    choices = tuple(heard.unclear[0].substances[:MAX_CHOICES]) if question == "name" else ()
    state = replace(state, greeted=True, asked=question, choices=choices)
    return Turn(state, tuple(replies) + ((reply,) if reply else ()), tuple(wishes))


def _question(state: State, heard: Understanding, known: Known) -> tuple[str | None, Reply | None]:
    """The next question: an unclear name first, then what is neither known nor left out."""
    if heard.unclear and state.asked != "name":
        unclear = heard.unclear[0]
        options = {"name": unclear.words, "choices": "|".join(unclear.substances[:MAX_CHOICES])}
        return "name", Reply("text.ask_name", options)
    for question in QUESTIONS:
        if question in known.answered or (question in state.skipped and question not in NEEDED_FOR_MATCH):
            continue
        if question in state.skipped:
            return question, Reply(f"text.ask_{question}_or_call")
        again = "_again" if state.asked == question and state.misunderstood else ""
        return question, Reply(f"text.ask_{question}{again}")
    return (ILLNESS, Reply("text.ask_illness")) if known.asks_illness else (None, None)
