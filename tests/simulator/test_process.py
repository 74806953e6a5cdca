"""The simulator as a process of its own: how it starts, refuses and stops, and that it plays in real time over HTTP."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from twilio.rest import Client
from werkzeug.serving import make_server

from simulator import driver
from simulator.driver import PATIENCE
from simulator.sdk import BaseUrlHttpClient
from simulator.settings import Settings
from tests.simulator.conftest import CALLER, LINE
from tests.simulator.product import Product

ROOT = Path(__file__).parents[2]
COUNSELOR = "+16175550111"
TOKEN = "process-token"
ACCOUNT = "AC" + "1" * 32


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(port: int, **env: str) -> subprocess.Popen[str]:
    given = {"PATH": os.environ["PATH"], "SIMULATOR_PORT": str(port), "TWILIO_ACCOUNT_SID": ACCOUNT, **env}
    return subprocess.Popen(
        [sys.executable, "-m", "simulator"],
        cwd=ROOT,
        env={**given, "TWILIO_AUTH_TOKEN": TOKEN, "HELPLINE_NUMBERS": LINE},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def product() -> Iterator[Product]:
    served = Product(Settings(auth_token=TOKEN))
    server = make_server("127.0.0.1", _free_port(), served.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    served.base = f"http://127.0.0.1:{server.port}"
    yield served
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def address(product: Product) -> Iterator[str]:
    port = _free_port()
    with _start(port, PUBLIC_BASE_URL=product.base, SIMULATOR_LABELS=f"{COUNSELOR}=Maya") as process:
        assert process.stdout is not None
        assert "pretend phones at" in process.stdout.readline()
        yield f"http://127.0.0.1:{port}"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE) == 0


def test_a_call_and_a_text_over_http(address: str, product: Product) -> None:
    product.voice(
        voice__inbound=f'<Dial callerId="{LINE}"><Number url="/whisper">{COUNSELOR}</Number></Dial>',
        whisper='<Gather numDigits="1" action="/accept"><Say>Press 1.</Say></Gather><Hangup/>',
        accept="",
        sms__inbound="<Message>Thank you.</Message>",
    )
    sim = driver.over_http(address)
    sim.timing(speech=1000, setup=0.01, message=0.01)
    caller = sim.phone(CALLER).dial()
    counselor = sim.phone(COUNSELOR).answer().wait_heard("press 1").press("1")
    caller.wait_talking_with(COUNSELOR)
    counselor.hang_up()
    caller.wait_over()
    sim.phone(CALLER).text("hello")
    sim.phone(CALLER).wait_text("Thank you")
    client = Client(ACCOUNT, TOKEN, http_client=BaseUrlHttpClient(address, timeout=PATIENCE))
    assert {call.status for call in client.calls.list()} == {"completed"}
    assert product.forged == 0
    assert sim.complaints() == []


def test_a_refused_connection_is_a_fallback_in_real_time_too(address: str, product: Product) -> None:
    client = Client(ACCOUNT, TOKEN, http_client=BaseUrlHttpClient(address, timeout=PATIENCE))
    (number,) = client.incoming_phone_numbers.list()
    number.update(voice_url=f"http://127.0.0.1:{_free_port()}/nobody")
    product.voice(voice__fallback="<Say>Please hold on.</Say>")
    call = driver.over_http(address).phone(CALLER).dial().wait_heard("please hold on").wait_over()
    assert call.status == "completed"


def test_the_page_and_its_files_come_without_anything_foreign(address: str) -> None:
    page = requests.get(address, timeout=PATIENCE)
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert "<h1>Pretend phones</h1>" in page.text
    for name in ("phones.js", "phone.js", "api.js", "faults.js", "phones.css", "icon.svg"):
        assert requests.get(f"{address}/static/{name}", timeout=PATIENCE).status_code == 200


def test_the_control_api_takes_json_only_and_says_what_is_wrong(address: str) -> None:
    assert requests.post(f"{address}/sim/reset", data={"x": "1"}, timeout=PATIENCE).status_code == 400
    for name, args, words in (
        ("fly", {}, "no command"),
        ("dial", {"number": "home"}, "not a telephone number"),
        ("dial", {"number": CALLER, "line": "+16175550199"}, "not a number of the helpline"),
        ("behave", {"number": CALLER, "kind": "sings"}, "cannot behave"),
        ("add-fault", {"area": "webhook", "name": "sad"}, "no fault"),
        ("press", {"sid": "CA1", "keys": "1"}, "no such call"),
        ("set-speed", {"speed": 0}, "speed"),
    ):
        answer = requests.post(f"{address}/sim/{name}", json=args, timeout=PATIENCE)
        assert (answer.status_code, words in answer.json()["error"]) == (400, True), answer.text


def test_ctrl_c_during_a_call_ends_at_once_and_without_a_word(product: Product) -> None:
    asked, over = threading.Event(), threading.Event()

    def in_no_hurry(_: dict[str, str]) -> str:
        asked.set()
        over.wait(60)
        return "<Response/>"

    product.voice(voice__inbound=in_no_hurry)
    port = _free_port()
    with _start(port, PUBLIC_BASE_URL=product.base) as process:
        assert process.stdout is not None
        process.stdout.readline()
        driver.over_http(f"http://127.0.0.1:{port}").phone(CALLER).dial()
        assert asked.wait(PATIENCE)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=PATIENCE)
    over.set()
    assert (process.returncode, said) == (0, "")


def test_it_does_not_start_in_production() -> None:
    with _start(_free_port(), APP_ENV="production") as process:
        _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert said.count("\n") == 1
    assert "APP_ENV=production" in said


def test_a_busy_port_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with _start(port) as process:
            _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert said == f"Port {port} is in use; set SIMULATOR_PORT to a free one.\n"
