"""An admin changes the words of a phrase, or gives it its shipped words back; every wording stays on record."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from models import edited_words
from models.edited_words import PhraseEdit
from routing.follow_up import By
from routing.phrase_rules import GIVEN, Wrong, problems, tidy
from services import audit, experiments, live_words
from services.house import House
from services.phrase_desk import counted, filled

LANGUAGES = ("en", "es")
# In the documents that Twilio reads from another host while this one is down (telephony.static_documents)
ELSEWHERE = frozenset(
    {"voice.fallback", "voice.static_again", "voice.static_last", "voice.degraded_press_one", "text.fallback"}
)


@dataclass(frozen=True)
class Wording:
    """Some words for a phrase: as written, as callers meet them, counted as texts, and what is wrong with them."""

    written: Mapping[str, str]
    said: Mapping[str, str]
    segments: Mapping[str, int]
    wrong: tuple[Wrong, ...] = ()


@dataclass(frozen=True)
class SavedWords:
    """One change of a phrase; without words it got its shipped ones back."""

    at: datetime
    by: str | None
    words: Mapping[str, str] | None


@dataclass(frozen=True)
class PhrasePage:
    """A phrase to be changed. `version` is the one that a change must begin from, 0 before the first.

    `given`: nobody here may change it. `elsewhere`: a copy on another host has to be written anew after a change.
    `compared`: the day until which it is compared at random with other words, and may not be changed.
    """

    key: str
    now: Wording
    shipped: Mapping[str, str]
    changed: bool
    version: int
    history: tuple[SavedWords, ...]
    given: bool
    elsewhere: bool
    compared: date | None


@dataclass(frozen=True)
class NotSaved:
    """Why words were not saved: rules that they break, a comparison that runs, or somebody else's change meanwhile."""

    wrong: tuple[Wrong, ...] = ()
    stale: bool = False
    compared: bool = False


def page(house: House, key: str, now: datetime) -> PhrasePage | None:
    """One phrase with its changes, newest first; None: there is no such phrase."""
    if key not in house.phrases.shipped:
        return None
    with house.db.begin() as session:
        edits = edited_words.edits_of(session, PhraseEdit, key)
    newest = edits[0][0] if edits else None
    shipped = house.phrases.shipped[key]
    words = _words(newest) if newest is not None else None
    return PhrasePage(
        key=key,
        now=wording(house, key, words or shipped),
        shipped=shipped,
        changed=words is not None,
        version=newest.version if newest is not None else 0,
        history=tuple(SavedWords(edit.at, name, _words(edit)) for edit, name in edits),
        given=key.startswith(GIVEN),
        elsewhere=key in ELSEWHERE,
        compared=experiments.words_compared(house, now).get(key),
    )


def wording(house: House, key: str, words: Mapping[str, str]) -> Wording:
    """What these words would be as this phrase; nothing is saved."""
    wrong = problems(key, house.phrases.shipped[key], words, unasked=_is_unasked(house, key))
    said = filled(house, words)
    return Wording(words, said, counted(key, said), wrong)


def change(
    house: House, key: str, words: Mapping[str, str], begun_from: int, by: uuid.UUID, now: datetime
) -> NotSaved | None:
    """Say these words from now on, in every process within a second or so. KeyError: no such phrase."""
    if key in experiments.words_compared(house, now):
        return NotSaved(compared=True)  # other words in the middle of it: the comparison would be lost
    kept = {language: tidy(words.get(language, "")) for language in LANGUAGES}
    wrong = wording(house, key, kept).wrong
    if wrong:
        return NotSaved(wrong)
    return _save(house, key, None if kept == house.phrases.shipped[key] else kept, begun_from, by, now)


def as_shipped(house: House, key: str, begun_from: int, by: uuid.UUID, now: datetime) -> NotSaved | None:
    """Give a phrase its shipped words back."""
    if key in experiments.words_compared(house, now):
        return NotSaved(compared=True)
    return _save(house, key, None, begun_from, by, now)


def _save(
    house: House, key: str, words: Mapping[str, str] | None, begun_from: int, by: uuid.UUID, now: datetime
) -> NotSaved | None:
    with house.db.begin() as session:
        version = edited_words.next_words_version(session)  # one change at a time
        newest = edited_words.newest_edit(session, PhraseEdit, key)
        if (newest.version if newest is not None else 0) != begun_from:
            session.rollback()
            return NotSaved(stale=True)
        if (_words(newest) if newest is not None else None) == words:
            session.rollback()
            return None
        en, es = (words["en"], words["es"]) if words is not None else (None, None)
        session.add(PhraseEdit(version=version, key=key, en=en, es=es, at=now, by=by))
        kind = "phrase_changed" if words is not None else "phrase_as_shipped"
        audit.write(session, kind, by, now, key=key, version=version)
    live_words.look(house)
    return None


def _words(edit: PhraseEdit) -> Mapping[str, str] | None:
    return {"en": edit.en, "es": edit.es} if edit.en is not None and edit.es is not None else None


def _is_unasked(house: House, key: str) -> bool:
    """Whether a phrase is a text of plans, which arrives when nobody awaits it."""
    steps = (step for plan in house.plans.shipped for step in plan.steps if step.by is By.TEXT)
    return key.startswith("follow_up.") or any(key == (step.words_neutral or step.words) for step in steps)
