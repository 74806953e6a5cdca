"""The console speaks both languages fully, and has a sentence for everything that happens to a contact."""

import re
from pathlib import Path
from string import Formatter

import pytest

from routing import vocabulary
from services.directory.refused import Refused
from web.words import LANGUAGES, table

ROOT = Path(__file__).resolve().parents[2]
FAMILIES = {
    "status": vocabulary.ContactStatus,
    "channel": vocabulary.Channel,
    "urgency": vocabulary.Urgency,
    "disposition": vocabulary.Disposition,
    "leg_kind": vocabulary.LegKind,
    "leg_status": vocabulary.LegStatus,
    "addressed": vocabulary.Addressed,
    "rescue_step": vocabulary.RescueStep,
    "presence": vocabulary.Presence,
    "role": vocabulary.Role,
    "text_status": vocabulary.TextStatus,
    "follow_up": vocabulary.FollowUpKind,
    "follow_up_status": vocabulary.FollowUpStatus,
    "language": vocabulary.Language,
    "bed_level": vocabulary.BedLevel,
    "why": vocabulary.ReportKind,
    "report": vocabulary.ReportKind,
    "refused": Refused,
}
RECORDED = re.compile(r"(?:record|_tell)\(\s*session,\s*[\w.]+,\s*\"(\w+)\"")
CALLED = re.compile(r"\bt\(\s*\"([\w.]+)\"\s*[,)]")
NEVER = re.compile(r"\b(addicts?|abusers?|abuse|junkies?|clean|drogadict\w*|adictos?|adictas?)\b", re.IGNORECASE)


def places(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}


def test_both_languages_say_the_same_things_with_the_same_gaps() -> None:
    english, spanish = table("en"), table("es")
    assert list(english) == list(spanish)
    for key, words in english.items():
        assert places(words) == places(spanish[key]), key


@pytest.mark.parametrize("family", FAMILIES)
def test_every_word_of_the_vocabulary_is_said_in_words(family: str) -> None:
    for word in FAMILIES[family]:
        assert f"{family}.{word.value}" in table("en"), word


def test_every_event_of_a_timeline_has_its_sentence() -> None:
    code = "\n".join(path.read_text() for path in (ROOT / "services").rglob("*.py"))
    kinds = {"call_opened", *RECORDED.findall(code)}
    assert "accepted" in kinds
    assert {kind for kind in kinds if f"event.{kind}" not in table("en")} == set()


def test_pages_ask_only_for_sentences_that_exist() -> None:
    pages = "\n".join(path.read_text() for path in (ROOT / "web" / "templates").rglob("*.html"))
    asked = set(CALLED.findall(pages))
    assert "contacts.title" in asked
    assert asked - set(table("en")) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_are_spoken_of_as_people(language: str) -> None:
    for key, words in table(language).items():
        assert not NEVER.search(words), key


def test_no_page_has_script_or_style_of_its_own() -> None:
    for path in (ROOT / "web" / "templates").rglob("*.html"):
        page = path.read_text()
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|hx-on", page), path.name
