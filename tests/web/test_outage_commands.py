"""Commands around an outage: static documents for Twilio's fallback, and the journal."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from services.degraded import calls
from services.house import House
from services.intake import InboundCall
from tests.services.calls import LINE, NOON


def test_static_documents_ring_twice_ask_for_one_and_refer_only_to_each_other(
    application: Flask, tmp_path: Path
) -> None:
    base = "https://files.example.org/line"
    run = application.test_cli_runner().invoke
    done = run(args=["twilio", "documents", str(tmp_path / "out"), "--base", base])
    assert done.exit_code == 0, done.output
    written = {path.name: ET.fromstring(path.read_text()) for path in (tmp_path / "out").iterdir()}

    named = {
        value.removeprefix(f"{base}/")
        for root in written.values()
        for element in root.iter()
        for name, value in element.attrib.items()
        if name in ("action", "url")
    }
    assert named == {"again.xml", "last.xml", "press-a-key.xml", "connect.xml"}
    for name in ("voice-fallback.xml", "again.xml"):
        dial = written[name].find("Dial")
        assert dial is not None
        assert dial.get("method") == "GET"
        assert [number.get("method") for number in dial] == ["GET"] * len(dial) != []
    whisper = "".join(written["press-a-key.xml"].itertext())
    assert "Press 1" in whisper
    assert "2" not in whisper, "any key connects there"
    assert [step.tag for step in written["press-a-key.xml"]] == ["Gather", "Hangup"], "a voicemail presses nothing"
    assert "9 1 1" in "".join(written["voice-fallback.xml"].itertext())

    refused = run(args=["twilio", "documents", str(tmp_path / "no"), "--base", "files.example.org"])
    assert refused.exit_code == 2
    assert not (tmp_path / "no").exists()


def test_the_journal_is_replayed_by_hand_and_a_database_that_is_gone_is_said(
    application: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls.answer(house, InboundCall("CA1", "+12125550142", LINE), NOON)
    run = application.test_cli_runner().invoke

    def gone() -> None:
        raise OperationalError("connect", None, Exception("gone"))

    with monkeypatch.context() as patch:
        patch.setattr(house.db, "begin", gone)
        refused = run(args=["journal", "replay"])
    assert (refused.exit_code, "nothing is lost" in refused.output) == (2, True)
    assert run(args=["journal", "replay"]).output == "2 entries replayed, 0 set aside.\n"
