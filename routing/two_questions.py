"""Two questions are open, one in a conversation and a check-in sent after it: which of them a text answers."""

from enum import StrEnum

from routing.dialogue import ILLNESS, QUESTIONS, SKIPS, plain
from routing.dialogue_information import WHICH
from routing.dialogue_state import State
from routing.understanding import Understanding

NAME = "name"
# What says no more than yes or no (folded, without marks); a check-in's own words are in `routing.follow_up`
_YES_OR_NO = frozenset({"yes", "yeah", "yep", "y", "si", "claro", "no", "nope", "none", "ninguno", "ninguna"})


class Fit(StrEnum):
    """How a text fits what a conversation asked last."""

    WELL = "well"  # it names what was asked for
    BARELY = "barely"  # a yes, a no, a 1: it could be the answer to nearly anything
    NOT = "not"


def fit(state: State, heard: Understanding, text: str) -> Fit:
    """How well a text, `heard` as an answer to `state.asked`, fits that question; NOT when nothing was asked."""
    told = {
        "what": heard.substances or heard.unclear,
        "zip": heard.zip or heard.city or heard.state,
        "payer": heard.payer,
        ILLNESS: heard.conditions,
        NAME: heard.substances,
        WHICH: heard.substances,
    }
    if state.asked is None:
        return Fit.NOT
    if told.get(state.asked):
        return Fit.WELL
    words = plain(text)
    if state.choices and words.isdecimal() and 1 <= int(words) <= len(state.choices):
        return Fit.BARELY if words == "1" else Fit.WELL  # 1 is what a check-in offers for a call
    if state.asked not in (*QUESTIONS, ILLNESS):
        return Fit.NOT
    return Fit.BARELY if words in _YES_OR_NO else Fit.WELL if words in SKIPS else Fit.NOT


def only_answers(heard: Understanding) -> bool:
    """Whether a text tells of an illness and of nothing else that a conversation would have to go on from."""
    more = (heard.flags, heard.substances, heard.unclear, heard.payer, heard.zip, heard.city, heard.for_whom)
    return bool(heard.conditions) and not (any(more) or heard.in_danger or heard.wants)
