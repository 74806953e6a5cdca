"""Provisioning and the doctor, against an account on paper and against the simulator's REST API."""

import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

from config.phrases import load_phrases
from routing.phrases import Phrases
from services.account import FIELDS, examine, provision, wanted_fields
from services.house import Rules
from simulator.clock import RealClock
from simulator.exchange import Exchange
from simulator.server import create_app
from simulator.settings import Settings
from simulator.transport import HttpTransport
from telephony.account import NumberSetup, TwilioAccount
from telephony.ports import ProviderRefused
from telephony.static_documents import CONNECT, VOICE, WHISPER, documents
from web.words import Words

LINE = "+18335550100"
RULES = Rules(helpline_numbers=(LINE,), public_base_url="https://line.example.org", on_call_numbers=("+16175550199",))
ELSEWHERE = "https://static.example.net/harborline"


@dataclass
class PaperAccount:
    """An account in memory."""

    setup: dict[str, str] = field(default_factory=dict)
    number: str = LINE
    state: str = "active"
    dropped: tuple[str, ...] = ()
    api_key: bool | None = None  # None: there is none
    trial: bool = False

    def status(self) -> str:
        if self.state == "unreachable":
            raise ProviderRefused(20003, retry=False)
        return self.state

    def is_trial(self) -> bool:
        return self.trial

    def check_api_key(self) -> bool:
        if self.api_key is False:
            raise ProviderRefused(20003, retry=False)
        return self.api_key is not None

    def numbers(self, names: Sequence[str]) -> list[NumberSetup]:
        return [NumberSetup("PN1", self.number, {name: self.setup.get(name, "") for name in names})]

    def set_number(self, sid: str, fields: Mapping[str, str]) -> None:
        self.setup |= fields

    def unverified(self, numbers: Sequence[str]) -> tuple[str, ...]:
        return self.dropped


def complaints(account: PaperAccount, rules: Rules = RULES) -> list[str]:
    say = Words("en", "UTC")
    return [say(f"doctor.{finding.code}", **finding.values) for finding in examine(account, rules) if finding.wrong]


def test_a_provisioned_account_is_well_and_a_second_run_changes_nothing() -> None:
    account = PaperAccount()
    assert "10 settings changed" in provision(account, RULES, ELSEWHERE)[0]
    assert "set up already" in provision(account, RULES, ELSEWHERE)[0]
    assert complaints(account) == []


def test_the_doctor_says_what_is_wrong_in_words() -> None:
    fresh = PaperAccount(dropped=(LINE,))
    assert any("twilio provision" in wrong for wrong in complaints(fresh))
    assert any("30032" in wrong for wrong in complaints(fresh))
    provision(fresh, RULES, "")
    assert any("on this host too" in wrong for wrong in complaints(fresh))
    assert any("suspended" in wrong for wrong in complaints(PaperAccount(state="suspended")))
    assert any("verified" in wrong for wrong in complaints(PaperAccount(trial=True)))
    assert any("20003" in wrong for wrong in complaints(PaperAccount(state="unreachable")))
    assert any("TWILIO_API_KEY_SID" in wrong for wrong in complaints(PaperAccount(api_key=False)))
    local = Rules(helpline_numbers=(LINE,), public_base_url="http://127.0.0.1:8000")
    assert len(complaints(PaperAccount(wanted_fields(local, ELSEWHERE)), local)) == 2


def test_a_number_of_somebody_else_changes_nothing() -> None:
    account = PaperAccount(number="+18335550111")
    with pytest.raises(LookupError, match="nothing was changed"):
        provision(account, RULES, ELSEWHERE)
    assert account.setup == {}


def test_the_static_documents_say_what_helps_and_need_a_pressed_key() -> None:
    files = documents(ELSEWHERE, Phrases(load_phrases()), ("+16175550199",), LINE)
    voice = ET.fromstring(files[VOICE])
    number = voice.find("Dial/Number")
    assert number is not None
    assert number.get("url") == f"{ELSEWHERE}/{WHISPER}"
    assert "9 1 1" in (voice.findtext("Say") or "")
    whisper = ET.fromstring(files[WHISPER])
    assert [step.tag for step in whisper] == ["Gather", "Hangup"]
    assert len(ET.fromstring(files[CONNECT])) == 0


@pytest.fixture
def simulated() -> Iterator[tuple[Exchange, str]]:
    settings = Settings(numbers=(LINE,), public_base_url="http://127.0.0.1:9")
    exchange = Exchange(settings, RealClock(), HttpTransport())
    server = make_server("127.0.0.1", 0, create_app(exchange), threaded=True)
    exchange.engine.start()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield exchange, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    exchange.engine.stop()
    thread.join(60)
    server.server_close()


def test_the_command_sets_up_the_simulators_number(
    application: Flask, simulated: tuple[Exchange, str], tmp_path: Path
) -> None:
    exchange, address = simulated
    known, key = exchange.settings, (exchange.settings.api_key_sid, exchange.settings.api_key_secret)
    account = TwilioAccount(known.account_sid, known.auth_token, base_url=address, api_key=key)
    application.extensions["account"] = account
    run = application.test_cli_runner().invoke

    done = run(args=["twilio", "provision", "--documents", str(tmp_path / "docs")])

    assert done.exit_code == 0, done.output
    rules = application.extensions["house"].rules
    assert account.numbers(FIELDS)[0].fields == wanted_fields(rules, "")
    assert (tmp_path / "docs" / VOICE).exists()
    examined = run(args=["twilio", "doctor", "--json"])
    assert examined.exit_code == 1, "a local address is no place for real callers"
    assert '"ok": true' in examined.output
    assert '"The API key for calls in the browser", "ok": true' in examined.output
    wrong = TwilioAccount(known.account_sid, known.auth_token, base_url=address, api_key=(key[0], "another-secret"))
    with pytest.raises(ProviderRefused):
        wrong.check_api_key()
