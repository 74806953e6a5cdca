"""Logs: one JSON object a line, and nothing in it that belongs to a person."""

import io
import json
import logging

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from config.logs import bind_correlation, clear_correlation, configure_logging, current_correlation
from config.redaction import HIDDEN, redact, redact_exception_message, redact_value

SEPARATORS = st.sampled_from(["", " ", "-", ".", ") ", " - "])
WORDS = st.text(st.characters(categories=["L", "Z"]), max_size=20)


@pytest.fixture
def lines():
    root = logging.getLogger()
    level = root.level
    stream = io.StringIO()
    configure_logging("INFO", stream)
    [ours] = [handler for handler in root.handlers if type(handler) is logging.StreamHandler]

    def read() -> list[dict]:
        return [json.loads(line) for line in stream.getvalue().splitlines()]

    yield read
    clear_correlation()
    root.removeHandler(ours)
    root.setLevel(level)
    structlog.reset_defaults()


@given(WORDS, st.lists(st.sampled_from("0123456789"), min_size=7, max_size=15), st.data(), WORDS)
def test_seven_digits_or_more_never_survive(before: str, digits: list[str], data: st.DataObject, after: str) -> None:
    number = "".join(digit + data.draw(SEPARATORS) for digit in digits[:-1]) + digits[-1]
    shown = redact(f"{before}{number}{after}")
    assert sum(character.isdigit() for character in shown) == 0
    assert redact(shown) == shown


@given(st.text(st.sampled_from("abcXYZ +-().0123456789'\"@:/"), max_size=80))
def test_redacting_is_idempotent_and_leaves_no_run_of_seven_digits(text: str) -> None:
    shown = redact(text)
    assert redact(shown) == shown
    assert not any(shown[index : index + 7].isdigit() for index in range(len(shown)) if len(shown[index:]) >= 7)


def test_ids_and_dates_stay_readable() -> None:
    for text in (
        "CA0123456789abcdef0123456789abcdef",
        "task 1b4e28ba-2fa1-11d2-883f-0016d3cca427 received",
        "2026-11-22T04:51:00.123456Z",
        "took 45 s, 12744 rows",
    ):
        assert redact(text) == text


@given(st.text(min_size=3, max_size=30), st.sampled_from(["body", "Body", "From", "caller_name", "AuthToken", "to"]))
def test_a_private_field_is_hidden_whatever_it_holds(value: str, key: str) -> None:
    assert redact_value("form_fields", {key: value, "contact_id": 12}) == HIDDEN
    assert redact_value("details", {key: value, "contact_id": 12}) == {key: HIDDEN, "contact_id": 12}


def test_a_number_as_an_integer_is_hidden_but_an_id_is_not() -> None:
    assert redact_value("value", 16175550123) == HIDDEN
    assert redact_value("contact_id", 16175550123) == 16175550123


def test_exception_messages_lose_quotes_parameters_and_details() -> None:
    message = "bad 'I am Ana' [parameters: {'body': 'help'}]"
    assert "Ana" not in redact_exception_message(message)
    assert "help" not in redact_exception_message(message)
    assert "Key" not in redact_exception_message("duplicate\nDETAIL:  Key (phone)=(x) exists")


def test_a_line_is_json_with_the_correlation_id(lines) -> None:
    bind_correlation("abc-123")
    assert current_correlation() == "abc-123"
    structlog.get_logger("services.intake").info("call opened", contact_id=7, phone="+16175550123")
    [line] = lines()
    assert line["event"] == "call opened"
    assert line["contact_id"] == 7
    assert line["phone"] == HIDDEN
    assert line["correlation_id"] == "abc-123"
    assert line["level"] == "info"
    assert line["logger"] == "services.intake"
    assert line["timestamp"].endswith("Z")


def test_a_correlation_id_cannot_smuggle_a_number(lines) -> None:
    bind_correlation("+1 617 555 0123\n{}")
    structlog.get_logger().info("hello")
    assert "5550123" not in json.dumps(lines())


@pytest.mark.parametrize("name", ["werkzeug", "celery.app.trace", "gunicorn.error", "sqlalchemy.engine"])
def test_other_loggers_go_through_the_same_redaction(lines, name: str) -> None:
    logging.getLogger(name).warning("GET /x?From=%s", "+16175550123")
    [line] = lines()
    assert line["event"] == f"GET /x?From={HIDDEN}"
    assert line["logger"] == name


def test_an_exception_is_described_without_what_it_quotes(lines) -> None:
    try:
        try:
            raise KeyError("Ana Example")
        except KeyError as cause:
            raise ValueError("could not read 'I use every day' from +1 617 555 0123") from cause
    except ValueError as error:
        logging.getLogger("celery.app.trace").exception("Task failed: %r", error)
    text = json.dumps(lines())
    for private in ("Ana", "every day", "555", "raise ValueError"):
        assert private not in text
    assert "ValueError" in text
    assert "KeyError" in text
    assert "test_logs.py" in text
