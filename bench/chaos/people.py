"""Who is on the line during the trouble, what each of them is owed, and what they really got."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.contacts import Contact
from models.crypto import lookup_hash
from models.follow_ups import FollowUp
from models.outbox import OutboxRow
from models.people import Caller
from models.texts import TextMessage
from routing.vocabulary import Channel, ContactStatus, Disposition, FollowUpKind, FollowUpStatus, TextStatus

HELPLINE = "+18335550100"
AREA_CODES = (*range(201, 211), 212, 213, 214, *range(301, 311), *range(312, 322))
NUMBERS_A_CODE = 100  # 555-0100 to 555-0199 belong to nobody
ZONES = ("America/New_York", "America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata", "Asia/Tokyo", "Pacific/Auckland")
CHECK_IN, HELLO = "we said we would check in", "you have reached people"
SECONDS_BETWEEN_ATTEMPTS = 86_400
ON_ITS_WAY = 1.0  # seconds between the claim, which asks for consent, and the provider


class Part(StrEnum):
    """The part that a person plays."""

    OWED = "owed"  # a check-in falls due during the trouble, in the middle of their day
    ASLEEP = "asleep"  # theirs falls due in the middle of their night
    STOPS = "stops"  # writes STOP at some time
    WRITES = "writes"  # sends a first text


SHARES = ((Part.OWED, 0.6), (Part.ASLEEP, 0.1), (Part.STOPS, 0.1), (Part.WRITES, 0.2))


@dataclass(frozen=True)
class Person:
    """One person, and the second of the run at which they write, if they do."""

    number: str
    part: Part
    due_after: float
    writes_at: float


@dataclass
class Verdict:
    """How many of what must not happen, and of what should."""

    people: int = 0
    delivered: int = 0
    never_sent: list[str] = field(default_factory=list)
    sent_twice: list[str] = field(default_factory=list)
    in_quiet_hours: list[str] = field(default_factory=list)
    after_stop: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)

    @property
    def faultless(self) -> bool:
        """Whether nothing happened that must not."""
        return not (self.never_sent or self.sent_twice or self.in_quiet_hours or self.after_stop or self.stuck)


def crowd(count: int, seconds: float, dice: random.Random) -> list[Person]:
    """`count` people with fictional numbers, their parts in the shares above."""
    numbers = (f"+1{code}55501{last:02d}" for code in AREA_CODES for last in range(NUMBERS_A_CODE))
    parts = [part for part, share in SHARES for _ in range(round(count * share))]
    parts += [Part.OWED] * (count - len(parts))
    return [
        Person(number, part, dice.uniform(0, seconds), dice.uniform(0, seconds))
        for number, part in zip(numbers, parts[:count], strict=False)
    ]


def zone_where(now: datetime, hours: Iterable[int]) -> str:
    """A zone in which it is one of these hours now."""
    wanted = set(hours)
    return next(zone for zone in ZONES if now.astimezone(ZoneInfo(zone)).hour in wanted)


def settle_in(session: Session, people: Iterable[Person], now: datetime) -> None:
    """Rows for those who are owed something: a caller who agreed to texts, a referral, a check-in that falls due."""
    awake, asleep = zone_where(now, range(9, 19)), zone_where(now, (*range(20, 24), *range(0, 8)))
    for person in people:
        if person.part is Part.WRITES:
            continue
        caller = Caller(
            number=person.number,
            number_hash=lookup_hash(person.number),
            timezone=asleep if person.part is Part.ASLEEP else awake,
            follow_up_texts_ok=True,
            created_at=now,
        )
        contact = Contact(
            caller=caller,
            channel=Channel.VOICE,
            helpline_number=HELPLINE,
            status=ContactStatus.CLOSED,
            disposition=Disposition.REFERRED,
            opened_at=now,
        )
        session.add(FollowUp(contact=contact, **_check_in(now, person)))


def _check_in(now: datetime, person: Person) -> dict[str, object]:
    return {
        "kind": FollowUpKind.CHECK_IN,
        "due_at": now + timedelta(seconds=person.due_after),
        "created_at": now,
        "plan": {
            "plan": "chaos",
            "version": 1,
            "by": "text",
            "words": "follow_up.check_in",
            "spacing_seconds": SECONDS_BETWEEN_ATTEMPTS,
            "silent_attempts": 4,
        },
    }


@dataclass(frozen=True)
class Got:
    """A text that a phone got; `at` is the provider's moment of taking it, in seconds since 1970."""

    body: str
    at: float


def judge(session: Session, people: Iterable[Person], received: dict[str, list[Got]], now: datetime) -> Verdict:
    """Compare what everybody was owed with what their phones got (`received`: number -> texts)."""
    verdict = Verdict(stuck=list(stuck(session, now)))
    for person in people:
        check_ins = [got for got in received[person.number] if CHECK_IN in got.body]
        hellos = [got for got in received[person.number] if HELLO in got.body]
        verdict.people += 1
        verdict.delivered += len(check_ins) + len(hellos)
        if person.part is Part.ASLEEP and check_ins:
            verdict.in_quiet_hours.append(person.number)
        if (person.part is Part.OWED and not check_ins) or (person.part is Part.WRITES and not hellos):
            verdict.never_sent.append(person.number)
        if len(check_ins) > 1 or len(hellos) > 1:
            verdict.sent_twice.append(person.number)
        stopped = _stopped_at(session, person)
        if stopped is not None and any(got.at > stopped + ON_ITS_WAY for got in check_ins):
            verdict.after_stop.append(person.number)
    return verdict


def _stopped_at(session: Session, person: Person) -> float | None:
    """When this person's STOP was taken, in seconds since 1970."""
    query = select(Caller.texts_stopped_at).where(Caller.number_hash == lookup_hash(person.number))
    moment = session.scalar(query)
    return moment.timestamp() if moment is not None else None


def stuck(session: Session, now: datetime) -> Iterator[str]:
    """What still waits although its time has come: texts, reminders, follow-ups."""
    open_texts = select(func.count()).where(
        TextMessage.status.in_([TextStatus.QUEUED, TextStatus.SENDING, TextStatus.UNKNOWN]), TextMessage.due_at <= now
    )
    reminders = select(func.count()).where(OutboxRow.published_at.is_(None))
    due = select(func.count()).where(FollowUp.status == FollowUpStatus.PENDING, FollowUp.due_at <= now)
    failed = select(func.count()).where(TextMessage.status == TextStatus.FAILED)
    for name, query in {"texts": open_texts, "reminders": reminders, "follow-ups": due, "given up": failed}.items():
        count = session.scalar(query)
        if count:
            yield f"{count} {name}"


def heard(session: Session, people: Iterable[Person]) -> bool:
    """Whether every text that these people wrote has reached us."""
    expected = sum(person.part in (Part.WRITES, Part.STOPS) for person in people)
    return (session.scalar(select(func.count()).where(~TextMessage.outgoing)) or 0) >= expected


def utc_now() -> datetime:
    """The moment, for commands."""
    return datetime.now(UTC)
