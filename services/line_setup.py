"""The first run: what is set up and what is missing, settings that the database holds, and going live."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models import edited_words, line_setup
from models.line_setup import SettingEdit
from routing.coverage import MOST_AT_ONCE
from routing.phone import e164, masked
from routing.phrase_rules import tidy
from routing.spans import Span, most_at_once
from services import account, audit, live_words, shift_times
from services.account import Account, Finding
from services.held_rules import BACKUP, CALLS_AT_ONCE, HELD, ON_CALL
from services.house import House

NUMBERS = (ON_CALL, BACKUP)
OUTSIDE = "outside"  # what is wrong with a setting that the environment sets
LONGEST = 200
MOST_CALLS = 100_000
CALLS_A_CONVERSATION = 2  # the caller's leg and the counselor's
WARNINGS = frozenset({"softphone"})  # subjects that keep no caller from help
WARNINGS_AGAIN = WARNINGS | {"calls_at_once"}  # of a line that was live: while it is off fewer phones ring than ever
DEPLOYED = frozenset({"address", "fallback_here"})  # codes: what only a real deployment can mend
NONE = "-"  # takes a number away; an empty field leaves it, because numbers are not shown to be edited


@dataclass(frozen=True)
class HeldSetting:
    """A setting: its value (numbers masked) and where it is from: `environment`, `database`, `default`."""

    name: str
    value: str
    source: str
    by: str | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class SetUp:
    """How far the line is. `address`: what the doctor says of it; `live_by` and `live_at`: who said so last."""

    settings: Mapping[str, HeldSetting]
    people: int
    places: int
    address: Finding
    live: bool
    live_by: str | None
    live_at: datetime | None


def overview(house: House) -> SetUp:
    """What is set up."""
    with house.db.begin() as session:
        state, who = line_setup.line_state(session)
        return SetUp(
            settings={one.name: one for one in held(session, house)},
            people=line_setup.people_who_can_be_rung(session),
            places=line_setup.places_listed(session),
            address=account.address(house.rules),
            live=house.rules.live,
            live_by=who,
            live_at=state.at,
        )


def held_settings(house: House) -> Mapping[str, HeldSetting]:
    """The settings that may be held by the database, by name."""
    with house.db.begin() as session:
        return {one.name: one for one in held(session, house)}


def held(session: Session, house: House) -> Sequence[HeldSetting]:
    """The same within a transaction."""
    edits = {edit.name: (edit, who) for edit, who in line_setup.settings_held(session)}
    return [_held(house, name, *edits.get(name, (None, None))) for name in HELD]


def _held(house: House, name: str, edit: SettingEdit | None, who: str | None) -> HeldSetting:
    value = getattr(house.rules, name)
    if name in NUMBERS:
        words = ", ".join(masked(number) for number in (value if isinstance(value, tuple) else (value,)) if number)
    else:
        words = str(value or "")
    if name in house.set_outside:
        return HeldSetting(name, words, "environment")
    if edit is None or edit.value is None:
        return HeldSetting(name, words, "default")
    return HeldSetting(name, words, "database", who, edit.at)


def keep(house: House, given: Mapping[str, str], by: uuid.UUID | None, now: datetime) -> Mapping[str, str]:
    """Hold these settings from now on, in every process within a second or so; what is wrong, by name, else nothing.

    An empty sentence gives a setting back to its default; an empty number leaves it, NONE takes it away. What the
    environment sets is refused: it would go on being what is said there.
    """
    mine = {name: tidy(value) for name, value in given.items() if name in HELD}
    mine = {name: value for name, value in mine.items() if value or name not in NUMBERS}
    wrong = {name: why for name, value in mine.items() if (why := _wrong(house, name, value))}
    wrong |= dict.fromkeys(house.set_outside & mine.keys(), OUTSIDE)
    if wrong:
        return wrong
    with house.db.begin() as session:
        before = {edit.name: edit.value for edit, _ in line_setup.settings_held(session)}
        for name, value in mine.items():
            kept = _plain(name, value) or None
            if kept == before.get(name) or (name not in before and value == str(getattr(house.rules, name) or "")):
                continue
            version = edited_words.next_words_version(session)
            session.add(SettingEdit(version=version, name=name, value=kept, at=now, by=by))
            audit.write(session, "setting_changed", by, now, setting=name, version=version)
    live_words.look(house)
    return {}


def _wrong(house: House, name: str, value: str) -> str:
    if name == CALLS_AT_ONCE and value:
        return "" if value.isascii() and value.isdigit() and 0 < int(value) <= MOST_CALLS else "count"
    if len(value) > LONGEST or "{" in value or "}" in value:
        return "long"
    if name not in NUMBERS or value == NONE:
        return ""
    numbers = [e164(part) for part in value.split(",") if part.strip()]
    if not numbers or None in numbers or (name == BACKUP and len(numbers) > 1):
        return "number"
    return "ours" if set(numbers) & set(house.rules.helpline_numbers) else ""


def _plain(name: str, value: str) -> str:
    if name not in NUMBERS:
        return value
    if value == NONE:
        return ""
    return ",".join(e164(part) or "" for part in value.split(",") if part.strip())


def examine(house: House, twilio: Account, now: datetime) -> list[Finding]:
    """What the doctor finds: the account, and whether it takes as many calls as the roster's fullest hour makes."""
    return [*account.examine(twilio, house.rules), calls_at_once(house, now)]


def calls_at_once(house: House, now: datetime) -> Finding:
    """Whether the account takes enough calls at once for the next two weeks' roster.

    Counted: everybody of the fullest hour in a conversation, and one caller more who waits while phones ring. The
    provider tells of its limit nowhere in its API, so somebody has to ask and to write it down.
    """
    with house.db.begin() as session:
        shifts = shift_times.on_duty(session, Span(now, now + shift_times.AHEAD))
        ringing = min(MOST_AT_ONCE, line_setup.people_who_can_be_rung(session))
    needed = CALLS_A_CONVERSATION * max(most_at_once(shifts), 1) + 1 + ringing
    have = house.rules.calls_at_once
    values = {"needed": needed, "have": have}
    return Finding("calls_at_once", "" if have >= needed else "calls_few" if have else "calls_unknown", values)


@dataclass(frozen=True)
class Answer:
    """Whether the line went `live`, what the doctor found (then only warnings), and steps that are missing."""

    live: bool
    findings: tuple[Finding, ...]
    missing: tuple[str, ...] = ()


def go_live(house: House, twilio: Account, by: uuid.UUID | None, now: datetime, *, deployed: bool = True) -> Answer:
    """Ring counselors from now on, unless something would keep a caller from being helped.

    The first time the account's calls at once and a test call count as such; a line that was live comes back without
    them. Not `deployed` (development): what only a deployment can mend is told, and keeps no line off.
    """
    findings = tuple(one for one in examine(house, twilio, now) if one.wrong)
    with house.db.begin() as session:
        first = line_setup.line_state(session)[0].live is None
        steps = {
            "people": line_setup.people_who_can_be_rung(session) > 0,
            "test_call": not first or line_setup.somebody_pressed(session),
        }
        missing = tuple(name for name, done in steps.items() if not done)
        warnings = WARNINGS if first else WARNINGS_AGAIN
        grave = tuple(one for one in findings if one.about not in warnings and (deployed or one.code not in DEPLOYED))
        if grave or missing:
            return Answer(False, grave, missing)
        _say(session, True, by, now)
    live_words.look(house)
    return Answer(True, findings)


def rest(house: House, by: uuid.UUID | None, now: datetime) -> None:
    """Take the line off: from now on only the on-call numbers are rung."""
    with house.db.begin() as session:
        if house.rules.live or line_setup.line_state(session)[0].live is not None:  # else it never was on
            _say(session, False, by, now)
    live_words.look(house)


def _say(session: Session, live: bool, by: uuid.UUID | None, now: datetime) -> None:
    edited_words.next_words_version(session)
    state, _ = line_setup.line_state(session, lock=True)
    if state.live is not live:
        audit.write(session, "went_live" if live else "taken_off", by, now)
    state.live, state.at, state.by = live, now, by
