"""Plain facts in a message: how they pay, language, for whom, what they want, what they mention."""

from collections.abc import Iterable, Mapping
from typing import TypedDict

from routing.ages import age
from routing.gender import MALE, gender
from routing.hits import Hit, Hits, Spans
from routing.places import Towns
from routing.understanding import RaisedFlag
from routing.words import Message
from routing.zips import zip_code

Lists = Mapping[str, frozenset[str]]
DENIAL_REACH = 4
_DENIALS = frozenset({"no", "not", "never", "without", "nor", "sin", "nunca", "ni"})
_ENDS_DENIAL = frozenset({"but", "pero", "just", "only", "solo", "because", "porque"})
_NONE = frozenset({"none", "nothing", "do not have any", "i do not have any", "ninguno", "nada", "no tengo", "nope"})
_PAYERS_THAT_DENY = frozenset({"uninsured", "no_charge"})


class PersonAndPlace(TypedDict):
    """The keyword arguments of `Understanding` that are plain facts."""

    zip: str | None
    city: str | None
    state: str | None
    age: int | None
    pregnant: bool | None
    language: str
    for_whom: str | None
    gender: str | None
    writer_gender: str | None
    wants: frozenset[str]
    conditions: frozenset[str]
    use: frozenset[str]


def person_and_place(
    message: Message,
    hits: Hits,
    flags: Iterable[RaisedFlag],
    lists: Lists,
    towns: Towns,
    *,
    language_hint: str | None,
    asked: str | None,
) -> PersonAndPlace:
    """All plain facts but the payer."""
    city, state = towns.find(message.text, asked)
    whom, pregnant = for_whom(hits), any(flag.id == "pregnant" for flag in flags)
    told = gender(_ids(hits, "gender"), message.words, whom, pregnant=pregnant)
    return PersonAndPlace(
        zip=zip_code(message, lists, asked),
        city=city,
        state=state,
        age=age(message, lists, asked, others=whom not in (None, "self")),
        pregnant=True if pregnant and told.known != MALE else None,
        language=language(message, lists, language_hint),
        for_whom=whom,
        gender=told.known,
        writer_gender=told.known if told.writers else None,
        wants=_ids(hits, "want"),
        conditions=_conditions(hits, message),
        use=_ids(hits, "use"),
    )


def _ids(hits: Hits, kind: str) -> frozenset[str]:
    return frozenset(name for name in hits[kind] if _standing(hits, kind, name))


def _conditions(hits: Hits, message: Message) -> frozenset[str]:
    """Those that are not denied ("no liver problems")."""
    found = hits["condition"]
    return frozenset(name for name in found if any(not _denied(h, message) for h in _standing(hits, "condition", name)))


def _standing(hits: Hits, kind: str, name: str) -> list[Hit]:
    idioms = Spans(hits[f"{kind}_not"].get(name, ()))
    return [hit for hit in hits[kind][name] if not idioms.overlap(hit)]


def for_whom(hits: Hits) -> str | None:
    """Who needs treatment: `child`, `partner`, `parent`, `other_relative`, `self`, or None when not told."""
    found = [(hit.first, name) for name in hits["whom"] for hit in _standing(hits, "whom", name)]
    others = [entry for entry in found if entry[1] != "self"]
    if others:
        return min(others)[1]
    return "self" if found else None


def payer(hits: Hits, message: Message, asked: str | None) -> str | None:
    """Id of the payer named first; longer names win over names inside them, denied ones do not count.

    "None" as the answer to how treatment is paid means no insurance.
    """
    found = [hit for name in hits["payer"] for hit in _standing(hits, "payer", name)]
    longest = Spans(found)
    named = [hit for hit in found if not longest.cover(hit) and not _denied(hit, message)]
    if not named:
        return "uninsured" if asked == "payer" and " ".join(message.words) in _NONE else None
    return min(named, key=lambda hit: (hit.first, -hit.last)).label.id


def _denied(hit: Hit, message: Message) -> bool:
    if hit.label.id in _PAYERS_THAT_DENY:
        return False
    before = range(max(0, hit.first - DENIAL_REACH), hit.first)
    return any(
        message.words[at] in _DENIALS
        and message.clauses[at] == message.clauses[hit.first]
        and _ENDS_DENIAL.isdisjoint(message.words[at : hit.first])
        for at in before
    )


def language(message: Message, lists: Lists, hint: str | None) -> str:
    """`es` or `en`, by the small words of each; the hint decides a draw."""
    spanish = sum(word in lists["spanish"] for word in message.words)
    english = sum(word in lists["english"] for word in message.words)
    if spanish == english:
        return hint or "en"
    return "es" if spanish > english else "en"
