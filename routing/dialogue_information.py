"""The part of a text conversation that asks for information: a sheet, its next part, or which name is meant."""

from dataclasses import replace

from routing.dialogue_state import Known, Reply, State, Turn, Wanted, Wish
from routing.information import asked_about
from routing.understanding import Understanding

MORE = frozenset({"more", "mas", "otros", "others", "show more", "more places", "mas lugares", "another", "otro"})
MAX_CHOICES = 9
WHICH = "info_name"  # what was asked: which of several substances to tell about
_OTHER_WISHES = frozenset({"facilities", "detox", "moud", "counselor", "callback", "stop_texts"})


def only_asks(text: str, heard: Understanding) -> bool:
    """Whether a text asks about a substance and tells nothing of anybody who takes it."""
    if asked_about(text) is not None:
        return True
    tells = heard.flags or heard.use or heard.conditions or heard.zip or heard.payer or heard.for_whom
    return "information" in heard.wants and not heard.wants & _OTHER_WISHES and not tells


def information(state: State, heard: Understanding, known: Known, text: str, plain: str) -> Turn | None:
    """The turn for somebody who asks for information; None for everybody else. `plain`: folded words of the text."""
    if state.reading and plain in MORE:
        return _read(state, state.reading, state.page + 1)
    if state.asked == WHICH:
        chosen = _chosen(state, heard, plain)
        if chosen:
            return _read(replace(state, asked=None, choices=()), chosen)
    if known.topic:
        return _read(state, known.topic)
    if heard.substances and only_asks(text, heard):
        return _read(state, heard.substances[0].id)
    about = asked_about(text)
    if about is None:
        return None
    if heard.unclear:
        return ask_name(state, heard, WHICH)
    if about == "":
        return _read(state, known.substance or "")
    told = (heard.zip, heard.payer, heard.city, heard.for_whom, heard.wants & _OTHER_WISHES, heard.use, heard.flags)
    return None if any(told) else Turn(replace(state, misunderstood=0), (Reply("text.information_unknown"),))


def ask_name(state: State, heard: Understanding, asked: str) -> Turn:
    """Ask once what an unclear name means, with the choices numbered."""
    unclear = heard.unclear[0]
    choices = tuple(unclear.substances[:MAX_CHOICES])
    reply = Reply("text.ask_name", {"name": unclear.words, "choices": "|".join(choices)})
    return Turn(replace(state, asked=asked, choices=choices, misunderstood=0), (reply,))


def _chosen(state: State, heard: Understanding, plain: str) -> str | None:
    if heard.substances:
        return heard.substances[0].id
    return state.choices[int(plain) - 1] if plain.isdecimal() and 1 <= int(plain) <= len(state.choices) else None


def _read(state: State, sheet: str, page: int = 0) -> Turn:
    """The wish for one part of a sheet; `sheet` empty is the one for whoever names nothing."""
    told = replace(state, reading=sheet or "first", page=page, misunderstood=0)
    return Turn(told, (), (Wanted(Wish.INFORMATION, sheet),))
