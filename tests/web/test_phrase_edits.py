"""An admin changes what the line says: checked, in use at once in every process, on record, and taken back."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from models.edited_words import PhraseEdit
from models.people import AuditEvent
from routing.experiments import Arm, Experiment
from routing.phrases import Phrases
from routing.vocabulary import FollowUpKind, Language, Role
from services import live_words, phrase_edits
from services.degraded import snapshot
from services.house import House
from services.matching import desk_of
from tests.fixtures.people import Browser

SignIn = Callable[[Role], Browser]
KEY = "follow_up.week"
NEW = {
    "en": "{organisation}: one week on, and we are here. Reply 1 for a call.",
    "es": "{organisation}: aquí seguimos, 1.",
}


def another_process(house: House) -> House:
    """A house as another process builds it: the same database, words of its own."""
    return replace(house, phrases=Phrases(house.phrases.shipped), match_desk=None)


def said(house: House) -> str:
    return house.phrases.text(KEY, Language.ENGLISH, organisation="Harborline")


def test_a_phrase_is_changed_said_everywhere_kept_on_record_and_given_back(house: House, sign_in_as: SignIn) -> None:
    other, shipped = another_process(house), said(house)
    ana, auditor = sign_in_as(Role.ADMIN), sign_in_as(Role.AUDITOR)
    address = f"/phrases/{KEY}"
    assert "as shipped" in ana.get(address)[1]
    status, checked = ana.post(f"{address}/check", **{**NEW, "en": "{organisation} {link}: did you quit? 1"})
    assert status == 200
    assert "{link} is not known here" in checked
    assert "whoever answers with that one word" in checked
    assert "one text" in checked
    assert ana.post(address, version="0", **{**NEW, "es": "Hola"})[0] == 422
    assert said(house) == shipped

    assert ana.post(address, version="0", **NEW)[0] == 302
    assert said(house) == "Harborline: one week on, and we are here. Reply 1 for a call."
    live_words.look(other)
    assert said(other) == said(house)
    page = auditor.get(address)[1]
    assert f"Changed by {ana.person.name}" in page
    assert shipped.removeprefix("Harborline") in page.replace("{organisation}", "")
    assert "Save these words" not in page
    assert ">changed<" in ana.get("/phrases?part=changed")[1]
    assert "Changed by you: 1" in auditor.get("/phrases")[1]
    assert ana.post(address, version="0", **{**NEW, "es": NEW["es"] + "!"})[0] == 409, "begun from older words"

    changed = phrase_edits.page(house, KEY, datetime.now(UTC))
    assert changed is not None
    version = str(changed.version)
    assert ana.post(address, version=version, act="shipped")[0] == 302
    live_words.look(other)
    assert said(other) == said(house) == shipped
    with house.db.begin() as session:
        assert [edit.en for edit in session.scalars(select(PhraseEdit).order_by(PhraseEdit.version))] == [
            NEW["en"],
            None,
        ]
        kinds = session.scalars(
            select(AuditEvent.kind).where(AuditEvent.kind.startswith("phrase")).order_by(AuditEvent.at)
        )
        assert list(kinds) == ["phrase_changed", "phrase_as_shipped"]
    assert ana.get("/phrases/no.such")[0] == 404


def test_words_that_are_being_compared_stay_until_the_comparison_is_over(
    application: Flask, house: House, sign_in_as: SignIn
) -> None:
    now, day = datetime.now(UTC), timedelta(days=1)
    arms = (Arm("standard"), Arm("question", words="follow_up.check_in.question"))

    def comparing(starts: date) -> House:
        one = Experiment("e", "referral", FollowUpKind.CHECK_IN, "wording", starts, starts + 90 * day, arms)
        return replace(house, experiments=(one,))

    running = application.extensions["house"] = comparing(now.date() - 2 * day)
    admin = sign_in_as(Role.ADMIN)
    for key in ("follow_up.check_in", "follow_up.check_in.question"):
        page = admin.get(f"/phrases/{key}")[1]
        assert "being compared at random until" in page
        assert "Save these words" not in page
        status, page = admin.post(f"/phrases/{key}", version="0", **NEW)
        assert (status, "Nothing was saved" in page) == (409, True)
    shipped = phrase_edits.as_shipped(running, "follow_up.check_in", 0, admin.person.id, now)
    assert shipped is not None
    assert shipped.compared
    assert admin.post(f"/phrases/{KEY}", version="0", **NEW)[0] == 302, "other words are nobody's arm"
    over = comparing(now.date() - 100 * day)
    assert phrase_edits.as_shipped(over, "follow_up.check_in", 0, admin.person.id, now) is None


def test_words_of_a_match_change_too_and_saying_costs_no_query(house: House) -> None:
    words = {"en": "In a hospital.", "es": "En un hospital."}
    assert phrase_edits.change(house, "match.reason.hospital_detox", words, 0, None, datetime.now(UTC)) is None
    assert desk_of(house).phrases["match.reason.hospital_detox"] == words
    assert "match.substance.clonazepam" in desk_of(house).phrases
    asked: list[str] = []
    event.listen(house.db.bind, "before_cursor_execute", lambda *call: asked.append(call[2]))
    assert said(house)
    assert asked == []
    live_words.look(house)
    assert len([one for one in asked if "words_state" in one]) == 1
    assert not any("phrase_edit" in one for one in asked)


def test_a_process_that_begins_without_the_database_knows_the_words_of_the_snapshot(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert phrase_edits.change(house, KEY, NEW, 0, None, datetime.now(UTC)) is None
    assert house.local is not None
    snapshot.take(house, house.local, datetime.now(UTC))
    other = another_process(house)

    def gone() -> None:
        raise OperationalError("connect", None, Exception("gone"))

    with monkeypatch.context() as patch:
        patch.setattr(house.db, "begin", gone)
        live_words.begin(other)
    assert said(other) == said(house) != KEY
    assert other.phrases.version == -1, "the next look asks the database again"


def test_the_phrases_of_the_documents_elsewhere_are_known() -> None:
    source = (Path(__file__).parents[2] / "telephony" / "static_documents.py").read_text()
    assert set(re.findall(r'"((?:voice|text)\.\w+)"', source)) == phrase_edits.ELSEWHERE
