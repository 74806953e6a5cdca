"""Asking facility staff for their open beds by text, and taking the digit that they answer."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models.bed_contacts import BedContact, askable, bed_contact_with, lock_bed_contact
from models.bed_rounds import BedRound, close_rounds, newest_round
from models.people import caller_by_number
from routing import clock
from routing.bed_questions import due_since, is_courtesy, read_digit
from routing.consent import Keyword, answer_to, keyword_of
from routing.sending import Purpose
from routing.understanding import Understanding
from routing.vocabulary import BedLevel
from services import text_contacts
from services.directory import staff_texts
from services.directory.bed_phones import facility_name
from services.directory.beds import NINE_OR_MORE, BedsTold, keep_beds
from services.each import each, row_broke, those
from services.house import House
from services.text_contacts import Inbound

BATCH = 200
ANSWERABLE = timedelta(hours=12)  # after that a digit answers nothing
LONGEST_NAME = 40  # characters of a facility's name in a text


def ask_due(house: House, now: datetime) -> int:
    """Begin a round of questions with every registered phone whose hour has come; how many."""
    with house.db.begin() as session:
        phones = askable(session)
    told = row_broke(house, now)
    due = those(phones, lambda phone: due_since(*phone[1:], now) is not None, told)

    def begin(contact_id: uuid.UUID) -> bool:
        with house.db.begin() as session:
            return _begin_round(session, house, contact_id, now)

    return each([phone[0] for phone in due[:BATCH]], begin, told)


def _begin_round(session: Session, house: House, contact_id: uuid.UUID, now: datetime) -> bool:
    contact = lock_bed_contact(session, contact_id, wait=False)
    if contact is None or not contact.active or contact.stopped_at is not None or not within_hours(house, contact, now):
        return False
    if due_since(contact.ask_hours, contact.timezone, contact.asked_at, now) is None:
        return False  # another sweeper was faster
    close_rounds(session, contact.id, now)
    contact.asked_at = now
    asked = BedRound(
        id=uuid.uuid4(), phone=contact, opened_at=now, asked_at=now, waiting=list(contact.levels),
        asking=BedLevel(contact.levels[0]), explained=False,
    )  # fmt: skip
    session.add(asked)
    if not contact.voice_only:
        words = _words(session, house, contact, "bed.ask", level=asked.asking)
        line = house.rules.helpline_numbers[0]
        asked.text_id = staff_texts.write(session, contact, words, line, now, Purpose.BED_QUESTION)
    return True


def within_hours(house: House, contact: BedContact, now: datetime) -> bool:
    """Whether it is an hour of the day, where the facility is, at which we may write or ring unasked."""
    rules = house.rules
    return clock.is_open(now, contact.timezone, rules.text_window_start_hour, rules.text_window_end_hour)


def hear(session: Session, house: House, inbound: Inbound, sender: str, now: datetime) -> bool:
    """Whether a text from `sender` was facility staff speaking of beds; False leaves it to the conversation.

    The phone may also be a caller's. A digit answers what we asked last; anything that sounds like a person in need,
    and everything said in a conversation that is going on, is the conversation's.
    """
    contact = bed_contact_with(session, sender)
    if contact is None or not contact.active:
        return False
    caller = caller_by_number(session, sender)
    keyword = keyword_of(inbound.body, inbound.opt_out_type, stopped=contact.stopped_at is not None)
    if keyword is not None:
        again = keyword is Keyword.STOP and contact.stopped_at is not None
        _obey(session, contact, keyword, now)
        if caller is not None or keyword is Keyword.HELP:
            return False  # the conversation does the same for the caller, and answers
        staff_texts.keep(session, contact, inbound, now)
        todo = answer_to(keyword, in_danger=False, answered=bool(inbound.opt_out_type) or again)
        if todo.reply is not None:
            words = house.phrases.text(todo.reply, contact.language, organisation=house.rules.organisation_name)
            purpose = Purpose.OPT_OUT_CONFIRMATION if todo.texts_stopped else Purpose.KEYWORD_ANSWER
            staff_texts.write(session, contact, words, inbound.recipient, now, purpose)
        return True
    asked = newest_round(session, contact.id, now - ANSWERABLE)
    if asked is None or asked.text_id is None or contact.stopped_at is not None:
        return False
    talking = staff_texts.is_talking(session, sender)
    if talking and not staff_texts.asked_last(session, contact, sender):
        return False
    digit = read_digit(inbound.body)
    if digit is not None:
        staff_texts.keep(session, contact, inbound, now)
        words = take_digit(session, house, asked, digit, "text", now)
        staff_texts.write(session, contact, words, inbound.recipient, now, Purpose.REPLY)
        return True
    return not talking and _not_a_digit(session, house, asked, inbound, now)


def take_digit(session: Session, house: House, asked: BedRound, digit: int, how: str, now: datetime) -> str:
    """Keep the answer to the level asked last; the words that thank for it and ask for the next level, if any.

    Another digit afterwards corrects the answer.
    """
    contact, level = asked.phone, asked.asking
    told = BedsTold(contact.facility_id, level, digit, how)
    keep_beds(session, told, now, None, bed_contact_id=contact.id)
    thanks = _words(
        session, house, contact, "bed.thanks_many" if digit == NINE_OR_MORE else "bed.thanks", level=level, count=digit
    )
    asked.waiting = [word for word in asked.waiting if word != level.value]
    asked.asked_at = now
    if not asked.waiting:
        asked.closed_at = asked.closed_at or now
        return thanks
    asked.asking, asked.explained = BedLevel(asked.waiting[0]), False
    return f"{thanks} {_words(session, house, contact, 'bed.next', level=asked.asking)}"


def _not_a_digit(session: Session, house: House, asked: BedRound, inbound: Inbound, now: datetime) -> bool:
    """One clear sentence, once; whoever then still writes, or needs help, is talked with as everybody is."""
    contact = asked.phone
    if is_courtesy(inbound.body) or text_contacts.REACTION.fullmatch(inbound.body):
        staff_texts.keep(session, contact, inbound, now)
        return True
    heard: Understanding = house.triage.understand(inbound.body, contact.language.value, None)
    in_need = heard.flags or heard.substances or heard.wants or heard.zip
    if asked.closed_at is not None or asked.explained or in_need:
        return False
    asked.explained = True
    staff_texts.keep(session, contact, inbound, now)
    words = _words(session, house, contact, "bed.wrong", level=asked.asking)
    staff_texts.write(session, contact, words, inbound.recipient, now, Purpose.REPLY)
    return True


def _obey(session: Session, contact: BedContact, keyword: Keyword, now: datetime) -> None:
    if keyword is Keyword.STOP:
        stop(session, contact, now)
    elif keyword is Keyword.START:
        contact.stopped_at = None


def stop(session: Session, contact: BedContact, now: datetime) -> None:
    """Its owner wants no more questions, by text or by call."""
    contact.stopped_at = contact.stopped_at or now
    close_rounds(session, contact.id, now)


def _words(session: Session, house: House, contact: BedContact, key: str, *, level: BedLevel, **values: object) -> str:
    name = facility_name(session, contact.facility_id)
    return house.phrases.text(
        key,
        contact.language,
        organisation=house.rules.organisation_name,
        facility=name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…",
        level=house.phrases.text(f"bed.level_{level.value}", contact.language),
        **values,
    )
