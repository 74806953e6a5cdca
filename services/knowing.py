"""What we know of a contact: one triage record, each answer with its source, resumed across channels."""

import re
from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import directory
from models.contacts import Contact, record
from routing import care_hint, skills
from routing import counselor_wish as counselor_wishes
from routing.dialogue import is_command
from routing.dialogue_information import only_asks
from routing.understanding import DOUBTED, Understanding
from routing.vocabulary import CALLS_911, DANGER, Channel, Need, Urgency, more_urgent
from services import alerts, flags, tasks
from services.house import House
from services.matching import desk_of

SINGLE_ANSWERS = ("payer", "zip", "city", "state", "age", "pregnant", "for_whom", "gender", "need", "dual_diagnosis")
ABOUT = "info"  # the question which substance somebody wants to hear about, which need not be one they take
COUNSELOR_WISH = "counselor_wish"  # the answer that tells with whom they would rather speak
COUNSELOR = "counselor"  # the source of what was written on the contact's page
NEEDS = (Need.TREATMENT, Need.MOUD, Need.DETOX)  # the one that goes furthest last
FAR_LARGER = 10
LONGEST_KEPT = 2000  # characters of one answer
ZIP = re.compile(r"[0-9]{5}")


def known_to(contact: Contact) -> frozenset[str]:
    """Which questions need no asking: "what", "zip", "payer"."""
    triage = contact.triage or {}
    names = {"what": "substances", "zip": "zip", "payer": "payer"}
    return frozenset(question for question, key in names.items() if triage.get(key))


def hear_zip(session: Session, contact: Contact, digits: str, source: str, now: datetime) -> None:
    """Keep a five-digit ZIP as an answer."""
    if ZIP.fullmatch(digits):
        learn(session, contact, {"zip": {"value": digits, "source": source}}, now)


def hear_words(
    session: Session, house: House, contact: Contact, words: str, question: str | None, source: str, now: datetime
) -> Understanding:
    """Understand words: danger first, then whatever they answer. Unknown words stay with the contact as said."""
    asked = "what" if question == ABOUT else question
    understanding: Understanding = house.triage.understand(words, contact.language.value, asked)
    if is_command(words):  # CALL ME is no town in Maine
        understanding = replace(understanding, city=None, state=None)
    flags.reopen(session, contact, [flag.id for flag in understanding.flags if flag.when == "now"], now)
    raise_urgency(session, house, contact, understanding.urgency, [flag.id for flag in understanding.flags], now)
    known = dict(contact.triage or {})
    learnt: dict[str, Any] = {
        key: {"value": value, "source": source}
        for key in SINGLE_ANSWERS
        if (value := getattr(understanding, key)) not in (None, False)
    }
    _keep_to_the_person(known, learnt, understanding)
    if "need" in learnt and "detox" not in understanding.wants:
        before = known.get("need") or {"inferred": True}
        if before.get("inferred") or before["value"] != learnt["need"]["value"]:  # else they said so before
            learnt["need"]["inferred"] = True  # from what they take; pages say that nobody said it
    if understanding.city and not understanding.zip:
        found = zip_of_town(session, understanding.city, understanding.state)
        learnt |= {"zip": {"value": found, "source": source}} if found else {}
    if question == ABOUT or only_asks(words, understanding):
        learnt.pop("need", None)
    else:
        substances = [substance.id for substance in understanding.substances]
        learnt |= _more(known, "substances", substances, source) | _names(known, understanding, substances, source)
    if wish := counselor_wishes.counselor_wish(words):
        learnt[COUNSELOR_WISH] = {"value": wish, "source": source}
    learnt |= _more(known, "flags", [flag.id for flag in understanding.flags], source)
    learnt |= _doubted(known, understanding, source)
    for key in ("conditions", "use"):
        learnt |= _more(known, key, sorted(getattr(understanding, key)), source)
    answers = None if understanding.in_danger else question  # words of danger are no answer to what was asked
    said = {"words": words[:LONGEST_KEPT], "question": answers, "source": source, "at": now.isoformat()}
    learnt["said"] = [*known.get("said", []), said]
    contact.triage = known
    learn(session, contact, learnt, now)
    return understanding


def zip_of_town(session: Session, city: str, state: str | None) -> str | None:
    """A ZIP code of a town; None when there is none, or when towns in several states may be meant.

    A town with `FAR_LARGER` times as many ZIP codes as any other of its name is meant: Boston is the one in MA.
    """
    found = directory.zip_codes_of_town(session, city, state)
    by_state = Counter(place.state for place in found).most_common(2)
    if not by_state or (len(by_state) > 1 and by_state[0][1] < FAR_LARGER * by_state[1][1]):
        return None
    return next(place.zip5 for place in found if place.state == by_state[0][0])


def _keep_to_the_person(known: dict[str, Any], learnt: dict[str, Any], understanding: Understanding) -> None:
    """Leave out what is true of the writer when it is for somebody else, a gender that words contradict, a lesser need.

    "I have Medicaid" after "my son" does not make it for the writer. What a counselor wrote stands.
    """
    whom, gender = known.get("for_whom", {}).get("value"), known.get("gender", {})
    if _stands(known.get("need"), learnt.get("need")):
        learnt.pop("need")
    if whom not in (None, "self"):
        if understanding.for_whom == "self":
            learnt.pop("for_whom", None)
        if understanding.writer_gender:
            learnt.pop("gender", None)
    new = learnt.get("gender")
    if gender and new and gender["value"] != new["value"]:
        learnt.pop("gender")
        if gender["source"] != COUNSELOR:
            known.pop("gender")  # unsure: nobody is left out


def _stands(before: dict[str, Any] | None, new: dict[str, Any] | None) -> bool:
    """Whether a need stays: a counselor's own, and one that goes further (weed told after heroin makes it no less)."""
    if before is None or new is None:
        return False
    return before["source"] == COUNSELOR or NEEDS.index(before["value"]) > NEEDS.index(new["value"])


def hear_substance(session: Session, contact: Contact, substance: str, source: str, now: datetime) -> None:
    """Keep a substance that was made clear by a choice; the unclear name that may mean it is settled."""
    known = contact.triage or {}
    learnt = _more(known, "substances", [substance], source) | _names(known, Understanding(), [substance], source)
    if learnt:
        learn(session, contact, learnt, now)


def settle_name(session: Session, contact: Contact, name: str, now: datetime) -> None:
    """An unclear name means nothing that matters: it is not asked about again."""
    left = [entry for entry in (contact.triage or {}).get("unclear", ()) if entry["value"] != name]
    learn(session, contact, {"unclear": left}, now)


def unclear_names(contact: Contact) -> list[tuple[str, list[str]]]:
    """Names the person used that may mean several substances, each with the ids that it may mean."""
    return [(entry["value"], entry["choices"]) for entry in (contact.triage or {}).get("unclear", ())]


def keep_unclear(session: Session, contact: Contact, heard: Understanding, source: str, now: datetime) -> None:
    """Keep names that may mean several substances, to be asked about."""
    learnt = _names(contact.triage or {}, heard, [], source)
    if learnt:
        learn(session, contact, learnt, now)


def _names(known: dict[str, Any], heard: Understanding, substances: list[str], source: str) -> dict[str, Any]:
    """The unclear names with the new ones, without those that a substance has made clear; nothing when none changes."""
    before = known.get("unclear", [])
    heard_now = [
        {"value": name.words.lower(), "choices": list(name.substances), "source": source} for name in heard.unclear
    ]
    have = {entry["value"] for entry in before}
    every = [*before, *(entry for entry in heard_now if entry["value"] not in have)]
    after = [entry for entry in every if not set(substances).intersection(entry["choices"])]
    return {"unclear": after} if after != before else {}


def _doubted(known: dict[str, Any], heard: Understanding, source: str) -> dict[str, Any]:
    """Flags that a phrase raised and the sound of the text took back: a counselor is asked about them."""
    have = {entry["value"] for entry in known.get("doubted", ())}
    new = [
        {"value": aside.id, "words": aside.words, "source": source}
        for aside in heard.set_aside
        if aside.why == DOUBTED and aside.id not in have
    ]
    return {"doubted": [*known.get("doubted", ()), *new]} if new else {}


def _more(known: dict[str, Any], key: str, values: list[str], source: str) -> dict[str, Any]:
    """A list of answers with the new ones at its end; nothing when none is new."""
    before = known.get(key, [])
    have = {entry["value"] for entry in before}
    new = [{"value": value, "source": source} for value in values if value not in have]
    return {key: before + new} if new else {}


def raise_urgency(
    session: Session, house: House, contact: Contact, urgency: Urgency, raised: list[str], now: datetime
) -> None:
    """Urgency only rises by itself; a counselor who clears flags lowers it. Danger that begins or rises is told.

    `raised`: the ids of the flags that say so. 988 on top of 911 is on record and goes first in the queues, but for
    whoever is told of danger it is 911 as before.
    """
    if not more_urgent(urgency, contact.urgency):
        return
    told = contact.urgency in CALLS_911
    contact.urgency = urgency
    record(session, contact.id, "danger", now, urgency=urgency.value, flags=raised)
    if told or urgency not in DANGER:
        return
    if contact.channel is Channel.VOICE:
        alerts.alert_supervisors(session, house, contact, "counselor.danger_call", now)
    else:
        alerts.danger_written(session, house, contact, now)


def learn(session: Session, contact: Contact, learnt: dict[str, Any], now: datetime) -> None:
    """Keep answers, each with its source; a match is made once place and substance are known."""
    contact.triage = {**(contact.triage or {}), **learnt}
    answered = sorted(key for key in learnt if key not in ("said", "unclear", "doubted"))
    if answered:
        record(session, contact.id, "learnt", now, answers=answered)
    if contact.triage.get("zip") and contact.triage.get("substances"):
        tasks.ask(session, tasks.MATCH, contact.id, now)


def substances_of(contact: Contact) -> tuple[str, ...]:
    """The substances that are known, in the order in which they were named."""
    return tuple(entry["value"] for entry in (contact.triage or {}).get("substances", ()))


def prescriber_first(house: House, contact: Contact) -> bool:
    """Whether what is known leads to the prescriber before any list of places."""
    known = contact.triage or {}
    told = {key: [entry["value"] for entry in known.get(key, ())] for key in ("use", "flags")}
    tiers = {id_: substance.tier for id_, substance in desk_of(house).catalog.substances.items()}
    return care_hint.prescriber_first(substances_of(contact), tiers, told["use"], told["flags"])


def asks_illness(house: House, contact: Contact) -> bool:
    """Whether to ask about liver and breathing illness: where it matters, nothing is known of it, no red flag has
    settled the level of care, and nobody has asked, on the phone or by text."""
    known = contact.triage or {}
    asked = [entry["value"] for key in ("asked", "conditions") for entry in known.get(key, ())]
    if known.get("flags") or {"illness", "liver", "respiratory"}.intersection(asked):
        return False
    if "liver_disease" in known or "respiratory_disease" in known:  # written by a counselor
        return False
    catalogue = desk_of(house).catalog.substances
    return care_hint.illness_matters(catalogue[id_].kind for id_ in substances_of(contact) if id_ in catalogue)


def note_illness_asked(contact: Contact) -> None:
    """It was asked, or the caller (locked) wants no questions: it is not asked again."""
    known = contact.triage or {}
    contact.triage = {**known, "asked": [*known.get("asked", ()), {"value": "illness"}]}


def skills_wanted(contact: Contact) -> frozenset[str]:
    """The skills of a counselor that fit what is known of this contact."""
    return skills.skills_wanted(
        contact.urgency,
        true=[fact for fact in skills.SKILL_OF if value_of(contact, fact) is True or value_of(contact, "need") == fact],
        for_whom=value_of(contact, "for_whom"),
        age=value_of(contact, "age"),
        substances=substances_of(contact),
    )


def counselor_wish(contact: Contact) -> str | None:
    """With whom they would rather speak, `female` or `male`; in danger nobody waits for that."""
    wish: str | None = value_of(contact, COUNSELOR_WISH)
    return None if contact.urgency in DANGER else wish


def value_of(contact: Contact, key: str) -> Any:
    """The value of one answer, or None."""
    answer = (contact.triage or {}).get(key)
    return answer["value"] if isinstance(answer, dict) else None
