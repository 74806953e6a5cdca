"""Alarms leave by e-mail and webhook, once for the same trouble, without a word about anybody."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from config.settings import SettingsError, load_settings
from models.alarms import Alarm
from models.outbox import OutboxRow
from services import alarms, waiting
from services.alarms import AlarmKind
from services.degraded.keeper import Keeper
from services.house import House
from telephony.alarms import SIGNATURE, signature
from telephony.build import build_alarm_ways
from telephony.ports import AlarmWays
from tests.fixtures.outside import Outside
from tests.fixtures.paper import PaperTelephony
from tests.services.calls import NOON, Stage

SECRET = "a secret of the operator's"


@pytest.fixture
def ways(outside: Outside) -> AlarmWays:
    env = {"APP_ENV": "test", "ALARM_EMAILS": "ops@line.example, night@line.example", "SMTP_URL": outside.smtp_url}
    hook = {"ALARM_WEBHOOK_URL": outside.hook_url, "ALARM_WEBHOOK_SECRET": SECRET}
    return build_alarm_ways(load_settings(env | hook))


def asked_for(house: House) -> list[uuid.UUID]:
    with house.db.begin() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.task == alarms.SEND).order_by(OutboxRow.id)).all()
        return [uuid.UUID(row.args[0]) for row in rows]


def raise_one(house: House, kind: AlarmKind = AlarmKind.PROVIDER, *, minutes: float = 0, subject: object = "") -> None:
    with house.db.begin() as session:
        alarms.raise_alarm(session, kind, NOON + timedelta(minutes=minutes), subject=subject)


def test_danger_on_the_line_leaves_by_mail_and_signed_post_and_names_nobody(
    house: House, paper: PaperTelephony, ways: AlarmWays, outside: Outside
) -> None:
    contact = Stage(house, paper).dials("+12125550142")
    waiting.heard(house, contact, "what", None, "I want to kill myself", NOON)
    (alarm,) = asked_for(house)
    assert alarms.send(house, ways, alarm, NOON)
    assert not alarms.send(house, ways, alarm, NOON), "it has left"

    (mail,) = outside.mails
    assert (mail["To"], mail["From"]) == ("ops@line.example, night@line.example", "ops@line.example")
    ((headers, body),) = outside.posts
    assert json.loads(body)["kind"] == "danger_call"
    assert json.loads(body)["link"].endswith(f"/contacts/{contact}")
    at = int(headers[SIGNATURE].split(",")[0].removeprefix("t="))
    assert headers[SIGNATURE] == signature(SECRET, at, body)
    for private in ("5550142", "kill myself"):
        assert private not in mail.as_string() + body.decode()


def test_the_same_trouble_rings_once_in_a_quarter_of_an_hour(house: House) -> None:
    for minutes in (0, 1, 14):
        raise_one(house, minutes=minutes)
    raise_one(house, subject=uuid.uuid4())
    assert len(asked_for(house)) == 2
    raise_one(house, minutes=16)
    assert len(asked_for(house)) == 3
    with house.db.begin() as session:
        assert max(session.scalars(select(Alarm.count))) == 3


def test_what_did_not_get_out_is_sent_again_by_that_way_only_and_given_up_some_day(
    house: House, ways: AlarmWays, outside: Outside
) -> None:
    raise_one(house)
    (alarm,) = asked_for(house)
    outside.mail_is_down = True
    assert not alarms.send(house, ways, alarm, NOON)
    assert len(outside.posts) == 1
    assert alarms.due(house, NOON + timedelta(seconds=50)) == []
    assert alarms.due(house, NOON + timedelta(minutes=2)) == [alarm]
    outside.mail_is_down = False
    assert alarms.send(house, ways, alarm, NOON + timedelta(minutes=2))
    assert (len(outside.mails), len(outside.posts)) == (1, 1)

    raise_one(house, AlarmKind.TEXT_FAILED)
    (_, other) = asked_for(house)
    outside.status = 500
    for hours in range(20):
        alarms.send(house, ways, other, NOON + timedelta(hours=hours * 5))
    assert len(outside.posts) == 1 + len(alarms.PAUSES) + 1
    assert len(outside.mails) == 2


def test_a_database_that_stays_away_is_told_without_it_once_by_a_host(
    house: House, ways: AlarmWays, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter(NOON + timedelta(seconds=seconds) for seconds in (0, 0, 0, 5, 16, 18, 0, 20))

    def gone() -> None:
        raise OperationalError("connect", None, Exception("gone"))

    monkeypatch.setattr(house.db, "begin", gone)
    one, other = (Keeper(house, lambda: next(moments), ways) for _ in range(2))
    looks: list[Callable[[], None]] = [one.look, one.look, one.look, one.look, other.look, other.look]
    for look in looks:
        look()
    assert [mail["Subject"] for mail in outside.mails] == ["Harborline: database"]
    assert len(outside.posts) == 1


def test_half_a_way_out_stops_the_start_with_a_sentence() -> None:
    for env in ({"ALARM_EMAILS": "a@line.example"}, {"ALARM_WEBHOOK_URL": "https://hook.example"}):
        with pytest.raises(SettingsError, match=r"need"):
            load_settings({"APP_ENV": "test", **env})
    with pytest.raises(SettingsError, match=r"SMTP_URL is not usable: give a mail server"):
        load_settings({"APP_ENV": "test", "ALARM_EMAILS": "a@line.example", "SMTP_URL": "mail.example.org"})
