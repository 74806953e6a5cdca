"""Texts from a counselor's own phone: presence, text conversations, and how the last contact ended."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models.contacts import Contact
from models.owed_endings import ENDING_ASKED, asked_of, lock_unwritten, unwritten_of
from models.people import Counselor
from models.text_contacts import text_contact_of
from routing.vocabulary import ContactStatus, Presence
from services import counselor_notices, counselors, dispositions, hand_over, reminders, safe_contact, shift_times
from services.house import House

ENDING = re.compile(r"\s*([1-5])\s*(t?)\s*[.!]*\s*", re.IGNORECASE)
ASKED_WITHIN = timedelta(days=1)  # what is older stands in the lists, and nobody is texted about it any more
READ_AND_TYPED = timedelta(seconds=15)  # a digit that comes sooner after a question answers the one before it
SHIFTS_TOLD = 3  # what one text can hold
Command = Callable[[Session, House, Counselor, datetime], str | None]  # the key of the answer, None: none is needed


def hear(
    session: Session, house: House, counselor: Counselor, *, helpline_number: str, body: str, now: datetime
) -> None:
    """Do what the counselor's text says: a command, words for whom they are writing with, or how a contact ended."""
    command = COMMANDS.get(body.strip().strip(".!").lower())
    theirs, ending = text_contact_of(session, counselor.id), ENDING.fullmatch(body)
    key: str | None
    if command is not None:
        key = command(session, house, counselor, now)
    elif theirs is not None and ending and (question := _open_question(session, counselor, now)) is not None:
        key = None
        _hold(session, house, question, counselor, ending, now)
    elif theirs is not None and hand_over.write(session, theirs, counselor, body, now):
        key = "counselor.not_safe" if theirs.caller.texting_ok is False else None  # kept on the page, and never sent
    elif ending:
        key = _write_ending(session, house, counselor, ending, now)
    else:
        key = "counselor.help"
    if key is not None:
        counselor_notices.tell(session, house, counselor, key, helpline_number=helpline_number, now=now)


def _open_question(session: Session, counselor: Counselor, now: datetime) -> Contact | None:
    """The contact about which they were asked how it ended, and have not said."""
    asked = asked_of(session, counselor.id, now - ASKED_WITHIN)
    open_one = next((question.contact_id for question in asked if question.is_open), None)
    return session.get(Contact, open_one) if open_one is not None else None


def _hold(
    session: Session, house: House, about: Contact, counselor: Counselor, ending: re.Match[str], now: datetime
) -> None:
    """A digit while they write with one person and were asked about another: it is for neither until they say more."""
    counselor_notices.tell(
        session,
        house,
        counselor,
        "counselor.digit_held",
        helpline_number=about.helpline_number,
        now=now,
        digit=ending[0].strip(),
        time=_began(about, counselor),
    )


def _write_ending(
    session: Session, house: House, counselor: Counselor, ending: re.Match[str], now: datetime
) -> str | None:
    """The digit is for the contact that they were asked about; where it may be for another, they are asked in words."""
    asked = asked_of(session, counselor.id, now - ASKED_WITHIN)
    open_one = next((question for question in asked if question.is_open), None)
    if open_one is not None:
        meant = [open_one.contact_id]
        sure = len(asked) == 1 or now - open_one.asked_at >= READ_AND_TYPED
    else:
        meant = [*unwritten_of(session, counselor.id)]
        sure = len(meant) == 1 and not asked
    contact = lock_unwritten(session, meant[0]) if meant else None
    if contact is None or not (sure or contact.status is ContactStatus.ENDED):
        return "counselor.nothing_open"
    if not sure:
        if open_one is None:
            ask_how_it_ended(session, house, contact, counselor, now)
        else:
            _put(session, house, contact, counselor, now)
        return None
    noted = not ending[2] or safe_contact.note_follow_up_texts(session, contact, counselor.id, True, now)
    dispositions.write(session, house, contact, counselor.id, dispositions.BY_KEY[ending[1]], now=now)
    return "counselor.noted" if noted else "counselor.noted_without_t"


def _on(_session: Session, _house: House, counselor: Counselor, now: datetime) -> str:
    return f"counselor.{counselors.say_presence(counselor, Presence.AVAILABLE, now)}"


def _off(_session: Session, _house: House, counselor: Counselor, now: datetime) -> str:
    return f"counselor.{counselors.say_presence(counselor, Presence.AWAY, now)}"


def _status(_session: Session, _house: House, counselor: Counselor, now: datetime) -> str:
    return f"counselor.{counselors.presence_word(counselor, now)}"


def _shifts(session: Session, house: House, counselor: Counselor, now: datetime) -> str | None:
    """The next shifts, in one text."""
    language = counselor_notices.language_of(counselor)
    spans = shift_times.next_shifts(session, counselor, now)[:SHIFTS_TOLD]
    if not spans:
        return "coverage.no_shifts"
    words = "; ".join(shift_times.in_words(house.phrases, language, span, counselor.timezone) for span in spans)
    line = house.rules.helpline_numbers[0]
    counselor_notices.tell(
        session, house, counselor, "coverage.next_shifts", helpline_number=line, now=now, shifts=words
    )
    return None


def _remind(session: Session, house: House, counselor: Counselor, now: datetime) -> None:
    counselor.reminder_minutes = counselor.reminder_minutes or reminders.USUAL
    line, minutes = house.rules.helpline_numbers[0], counselor.reminder_minutes
    counselor_notices.tell(
        session, house, counselor, "coverage.reminders_on", helpline_number=line, now=now, minutes=minutes
    )


def _remind_off(_session: Session, _house: House, counselor: Counselor, _now: datetime) -> str:
    counselor.reminder_minutes = None
    return "coverage.reminders_off"


def _take(session: Session, house: House, counselor: Counselor, now: datetime) -> str | None:
    contact = hand_over.take_next(session, counselor, now)
    if contact is None:
        return "counselor.nobody_waits"
    hand_over.tell_taken(session, house, contact, counselor, now)
    return None


def _pass(session: Session, house: House, counselor: Counselor, now: datetime) -> str:
    contact = text_contact_of(session, counselor.id)
    if contact is None:
        return "counselor.nothing_open"
    hand_over.give_back(session, house, contact, "passed", now)
    return "counselor.passed"


def _done(session: Session, house: House, counselor: Counselor, now: datetime) -> str | None:
    contact = text_contact_of(session, counselor.id)
    if contact is None:
        return "counselor.nothing_open"
    open_one = _open_question(session, counselor, now)
    hand_over.finish(session, contact, now)
    if open_one is None:
        ask_how_it_ended(session, house, contact, counselor, now)
    else:  # one question after the other: the sweep asks about this contact when that one is written
        _put(session, house, open_one, counselor, now)
    return None


COMMANDS: Final[dict[str, Command]] = {
    "on": _on,
    "off": _off,
    "status": _status,
    "shifts": _shifts,
    "remind": _remind,
    "remind off": _remind_off,
    "take": _take,
    "pass": _pass,
    "done": _done,
}


def ask_how_it_ended(session: Session, house: House, contact: Contact, counselor: Counselor, now: datetime) -> None:
    """After a contact without a disposition: ask for it, in words that tell a stranger nothing."""
    contact.flow = {**contact.flow, ENDING_ASKED: int(now.timestamp())}
    _put(session, house, contact, counselor, now)


def _put(session: Session, house: House, contact: Contact, counselor: Counselor, now: datetime) -> None:
    counselor_notices.tell(
        session,
        house,
        counselor,
        "counselor.how_did_it_end",
        helpline_number=contact.helpline_number,
        now=now,
        time=_began(contact, counselor),
    )


def _began(contact: Contact, counselor: Counselor) -> str:
    return contact.opened_at.astimezone(ZoneInfo(counselor.timezone)).strftime("%H:%M")
