"""Asking a place by text on its registered phone, and taking the digit that it answers.

The question tells nothing of the person: a code drawn at random, and which care it is about (docs/decisions.md).
"""

import uuid
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from models import referral_asks as rows
from models.bed_contacts import BedContact, bed_contact_with, bed_contacts_of, lock_bed_contact
from models.bed_rounds import newest_round
from models.contacts import Contact, lock_contact, record
from models.referral_asks import ReferralAsk
from models.referrals import Referral
from models.staff_calls import lock_question
from routing import clock
from routing.bed_questions import is_courtesy
from routing.consent import keyword_of
from routing.referrals import read_answer, read_reason
from routing.sending import Purpose
from routing.vocabulary import ReferralStatus, SaidBy
from services import text_contacts
from services.directory import staff_texts
from services.each import each, row_broke
from services.house import House
from services.referrals import changes, links, words
from services.text_contacts import Inbound

ANSWERABLE = timedelta(hours=12)  # after that a digit answers nothing
REASON_WITHIN = timedelta(minutes=10)  # so long the next question waits for the reason of the last no
BATCH = 100
S = ReferralStatus


def phone_of(session: Session, facility_id: int) -> BedContact | None:
    """The place's registered phone that may be asked: the oldest one that did not say STOP."""
    return next((phone for phone in bed_contacts_of(session, facility_id) if phone.stopped_at is None), None)


def ask_place(session: Session, house: House, contact: Contact, referral: Referral, now: datetime) -> bool:
    """Ask a place (contact locked) on its registered phone, at once or after what it owes; False without one."""
    phone = phone_of(session, referral.facility_id)
    if phone is None:
        return False
    ask = ReferralAsk(id=uuid.uuid4(), referral_id=referral.id, bed_contact_id=phone.id, created_at=now)
    ask.wants_reason = ask.explained = False
    session.add(ask)
    session.flush()
    if not _begin(session, house, contact, ask.id, phone.id, now):
        record(session, contact.id, "referral_in_line", now)
    return True


def _begin(
    session: Session, house: House, contact: Contact, ask_id: uuid.UUID, phone_id: uuid.UUID, now: datetime
) -> bool:
    """Put the question, unless this phone owes another answer; phones take turns by their row's lock."""
    phone = lock_bed_contact(session, phone_id)
    ask = lock_question(session, ReferralAsk, ask_id)
    if ask is None or phone is None or ask.asked_at is not None or ask.closed_at is not None:
        return False
    if rows.is_being_asked(session, phone.id, now - REASON_WITHIN):
        return False
    referral = ask.referral
    if not phone.active or phone.stopped_at is not None or referral.status not in (S.CHOSEN, S.SENT):
        ask.closed_at = now
        return False
    hours = (house.rules.text_window_start_hour, house.rules.text_window_end_hour)
    ask.asked_at = clock.next_open(now, phone.timezone, *hours)  # at night the question leaves in the morning
    if not phone.voice_only:
        token = links.make(session, referral, now)
        body = say(session, house, ask, "referral.ask", link=links.address(house, token))
        line = house.rules.helpline_numbers[0]
        ask.text_id = staff_texts.write(session, phone, body, line, now, Purpose.REFERRAL_QUESTION)
    changes.note(session, house, contact, referral, S.SENT, SaidBy.SERVICE, now)
    return True


def ask_due(house: House, now: datetime) -> int:
    """Questions that waited for a phone to be free; how many were put. One nobody answered for long gives way."""
    with house.db.begin() as session:
        rows.close_old_asks(session, now - ANSWERABLE, now)
        waiting = rows.asks_in_line(session, BATCH)

    def begin(waits: tuple[uuid.UUID, uuid.UUID]) -> bool:
        ask_id, phone_id = waits
        with house.db.begin() as session:
            ask = session.get(ReferralAsk, ask_id)
            contact = lock_contact(session, ask.referral.contact_id) if ask is not None else None
            return contact is not None and _begin(session, house, contact, ask_id, phone_id, now)

    return each(waiting, begin, row_broke(house, now))


def hear(session: Session, house: House, inbound: Inbound, sender: str, now: datetime) -> bool:
    """Whether a text from `sender` answers what we asked it last about a referral; False leaves it to others.

    Keywords, whoever sounds like a person in need, and a conversation that goes on come first, as with beds.
    """
    phone = bed_contact_with(session, sender)
    if phone is None or not phone.active or phone.stopped_at is not None:
        return False
    ask = rows.newest_ask(session, phone.id, now - ANSWERABLE, now)
    if ask is None or keyword_of(inbound.body, inbound.opt_out_type) is not None:
        return False
    beds = newest_round(session, phone.id, now - ANSWERABLE)
    if beds is not None and ask.asked_at is not None and beds.asked_at > ask.asked_at:
        return False
    talking = staff_texts.is_talking(session, sender)
    if talking and not staff_texts.asked_last(session, phone, sender):
        return False
    taken = take(session, house, ask, inbound.body, SaidBy.FACILITY_TEXT, now)
    answer = say(session, house, ask, f"referral.{taken}") if taken is not None else None
    if answer is None and not talking:
        answer = _not_an_answer(session, house, ask, inbound)
    if answer is None:
        return False
    staff_texts.keep(session, phone, inbound, now)
    if answer:
        staff_texts.write(session, phone, answer, inbound.recipient, now, Purpose.REPLY)
    return True


class Taken(StrEnum):
    """What an answer was taken for: how it is thanked for."""

    ACCEPTED = "thanks_accepted"
    WHY = "why"  # they cannot; the next digit says why
    DECLINED = "thanks_declined"
    CLOSED = "closed"  # too late: it is settled otherwise


def take(session: Session, house: House, ask: ReferralAsk, body: str, by: SaidBy, now: datetime) -> Taken | None:
    """Take what a place says, by text or key: yes, no, or why not. None when it is none of these."""
    reason = read_reason(body) if ask.wants_reason else None
    answer = read_answer(body) if reason is None else None
    contact = lock_contact(session, ask.referral.contact_id) if reason or answer else None
    if contact is None:
        return None
    session.refresh(ask.referral)
    if reason is not None:
        ask.wants_reason = False
        changes.note_reason(session, house, contact, ask.referral, reason, now)
        return Taken.DECLINED
    if answer is None:
        return None
    changed = changes.note(session, house, contact, ask.referral, answer, by, now)
    if not changed and ask.referral.status is not answer:
        return Taken.CLOSED
    ask.wants_reason = answer is S.DECLINED
    return Taken.WHY if ask.wants_reason else Taken.ACCEPTED


def _not_an_answer(session: Session, house: House, ask: ReferralAsk, inbound: Inbound) -> str | None:
    """One clear sentence, once; "" for a thank-you. None: whoever then still writes, or needs help, is talked with."""
    if is_courtesy(inbound.body) or text_contacts.REACTION.fullmatch(inbound.body):
        return ""
    heard = house.triage.understand(inbound.body, ask.phone.language.value, None)
    in_need = heard.flags or heard.substances or heard.wants or heard.zip
    if (ask.closed_at is not None and not ask.wants_reason) or ask.explained or in_need:
        return None
    ask.explained = True
    return say(session, house, ask, "referral.wrong_reason" if ask.wants_reason else "referral.wrong")


def say(session: Session, house: House, ask: ReferralAsk, key: str, **values: str) -> str:
    """A sentence about this question in the phone's language."""
    contact, language = ask.referral.contact, ask.phone.language
    return house.phrases.text(
        key,
        language,
        organisation=house.rules.organisation_name,
        facility=words.name_of(session, ask.referral),
        code=ask.referral.code or "",
        need=words.need_of(house, contact, language),
        **values,
    )
