"""Only Twilio gets in, also behind a proxy; the SDK's own validator is the referee."""

import string

from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from telephony.signature import expected, is_genuine

TOKEN = "12345"
BASE = "https://line.example.org"
words = st.text(string.printable + "áéñ💊", max_size=20)
forms = st.dictionaries(st.text(string.ascii_letters, min_size=1, max_size=12), st.lists(words, min_size=1, max_size=3))


def sign(url: str, fields: dict[str, list[str]], token: str = TOKEN) -> str:
    from werkzeug.datastructures import MultiDict

    return str(RequestValidator(token).compute_signature(url, MultiDict(fields)))


@given(forms)
def test_we_compute_what_the_sdk_computes(fields: dict[str, list[str]]) -> None:
    assert expected(TOKEN, f"{BASE}/sms/inbound", fields) == sign(f"{BASE}/sms/inbound", fields)


def test_twilios_worked_example() -> None:
    fields = {
        "CallSid": ["CA1234567890ABCDE"],
        "Caller": ["+14158675310"],
        "Digits": ["1234"],
        "From": ["+14158675310"],
        "To": ["+18005551212"],
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert expected(TOKEN, url, fields) == sign(url, fields)
    assert is_genuine(TOKEN, "https://mycompany.com", "/myapp.php?foo=1&bar=2", fields, sign(url, fields))


def test_the_port_may_be_there_or_not() -> None:
    for signed in (f"{BASE}/voice/inbound", f"{BASE}:443/voice/inbound"):
        assert is_genuine(TOKEN, BASE, "/voice/inbound", {"A": ["1"]}, sign(signed, {"A": ["1"]}))
    base = "http://127.0.0.1:8000"
    for signed in (f"{base}/status/call?leg=x", "http://127.0.0.1/status/call?leg=x"):
        assert is_genuine(TOKEN, base, "/status/call?leg=x", {}, sign(signed, {}))


def test_a_missing_wrong_or_foreign_signature_is_refused() -> None:
    good = sign(f"{BASE}/voice/inbound", {"A": ["1"]})
    assert not is_genuine(TOKEN, BASE, "/voice/inbound", {"A": ["1"]}, None)
    assert not is_genuine(TOKEN, BASE, "/voice/inbound", {"A": ["1"]}, "")
    assert not is_genuine(TOKEN, BASE, "/voice/inbound", {"A": ["1"]}, "é☂")
    assert not is_genuine(TOKEN, BASE, "/voice/inbound", {"A": ["2"]}, good), "a changed field"
    assert not is_genuine(TOKEN, BASE, "/voice/inbound", {"A": ["1"], "B": [""]}, good), "an added field"
    assert not is_genuine(TOKEN, BASE, "/voice/other", {"A": ["1"]}, good), "another path"
    assert not is_genuine("", BASE, "/voice/inbound", {"A": ["1"]}, sign(f"{BASE}/voice/inbound", {"A": ["1"]}, ""))
    assert not is_genuine("other", BASE, "/voice/inbound", {"A": ["1"]}, good)
