"""Answers to follow-ups: they belong to the contact that the follow-up was about, also when that one is over."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import follow_ups as rows
from models import outbox, texts
from models.contacts import Contact, lock_contact, record
from models.follow_ups import FollowUp
from models.people import Caller, Counselor
from models.text_contacts import live_text_contact
from routing.consent import keyword_of
from routing.dialogue import ILLNESS, is_more
from routing.dialogue_state import Reply, State
from routing.follow_up import YES_OR_NO, Outcome, answer_meant
from routing.two_questions import Fit, fit, only_answers
from services import (
    callback_rules,
    counselor_notices,
    follow_ups,
    hand_over,
    keyword_texts,
    knowing,
    promises,
    suggestions,
    text_contacts,
    text_replies,
)
from services.house import House
from services.referrals import caller as referral_answers
from services.text_contacts import REACTION, Inbound

THANKS = "text.follow_up_thanks"
ANSWERED_WITHIN = timedelta(days=7)  # later, whoever texts from this phone begins anew


@dataclass(frozen=True)
class Asked:
    """The follow-up that this caller was asked last, and what a text says to it; None: more than an answer."""

    row: FollowUp
    outcome: Outcome | None


def asked_lately(session: Session, house: House, caller: Caller, inbound: Inbound, now: datetime) -> Asked | None:
    """What this caller's text may answer; None when no follow-up went to them lately."""
    row = rows.last_texted(session, caller.id, now - ANSWERED_WITHIN)
    if row is None:
        return None
    heard = house.triage.understand(inbound.body, row.contact.language.value, None)
    return Asked(row, answer_meant(row.kind, inbound.body, heard))


def is_for_the_conversation(session: Session, house: House, contact: Contact, asked: Asked, inbound: Inbound) -> bool:
    """Whether a text after a check-in answers what the conversation that goes on asked: it names what was asked for.

    A bare yes, no or 1 is for whichever was said last, so that nobody who takes the offer of a call is left without it.
    """
    state = State.of(contact.flow.get("text"))
    fits = fit(state, house.triage.understand(inbound.body, contact.language.value, state.asked), inbound.body)
    if fits is Fit.BARELY:
        return texts.replied_after(session, contact.caller_id, asked.row.plan.get("text"))
    return fits is Fit.WELL


def hear(session: Session, house: House, caller: Caller, asked: Asked, inbound: Inbound, now: datetime) -> bool:
    """A bare answer, keyword or reaction while no conversation goes on: kept with the contact that it is about.

    So is an illness, told to the question with which that conversation ended; the check-in stays open, and no list
    goes out, for somebody else may hold the telephone by now. False when the text says more than that, or a
    conversation goes on: then it is for that one.
    """
    bare = asked.outcome is not None or REACTION.fullmatch(inbound.body)
    stopped = caller.texts_stopped_at is not None
    keyword = keyword_of(inbound.body, inbound.opt_out_type, stopped=stopped)
    more = is_more(inbound.body)
    illness = _tells_illness(house, asked.row.contact, inbound)
    if not (bare or keyword or more or illness) or live_text_contact(session, caller.id) is not None:
        return False
    contact = lock_contact(session, asked.row.contact_id)
    if contact is None or (more and not contact.flow.get("places_sent")):
        return False
    if asked.outcome is Outcome.WANTS_COUNSELOR and callback_rules.refusal(session, house, contact, now) is not None:
        return False  # whom we may not call is written to, which takes a conversation
    kept = text_contacts.keep(session, contact, inbound, now)
    if keyword is not None:
        keyword_texts.obey(session, house, contact, keyword, kept, by_provider=bool(inbound.opt_out_type))
    elif more:  # the rest of the list that we sent: no answer to the check-in, which stays open
        text_contacts.answer(session, contact, suggestions.more_places(session, house, contact, now), now)
    elif illness:
        knowing.hear_words(session, house, contact, inbound.body, ILLNESS, "text", now)
        text_replies.say(session, house, contact, [Reply(THANKS)], now)
    elif asked.outcome is not None:
        settle(session, caller, asked, now)
        answer(session, house, contact, asked, now)
    outbox.touch(session, contact.id)
    return True


def _tells_illness(house: House, contact: Contact, inbound: Inbound) -> bool:
    """Whether this is what the conversation (over by now) asked last, and nothing else."""
    if State.of(contact.flow.get("text")).asked != ILLNESS:
        return False
    return only_answers(house.triage.understand(inbound.body, contact.language.value, ILLNESS))


def answer(session: Session, house: House, contact: Contact, asked: Asked, now: datetime) -> None:
    """Thanks, or what follows from the answer, which is for the contact that the follow-up was about."""
    key = THANKS
    if asked.outcome is Outcome.WANTS_COUNSELOR:
        key = "text.callback_promised"
        if promises.promise_callback(session, house, asked.row.contact, now) is None:
            key = "text.callback_not_possible"
            hand_over.want_counselor(session, house, contact, "callback_not_possible", now)
    elif asked.outcome is not None:
        key = _write_down(session, house, contact, asked, asked.outcome, now) or key
    text_replies.say(session, house, contact, [Reply(key)], now)


def _write_down(
    session: Session, house: House, contact: Contact, asked: Asked, outcome: Outcome, now: datetime
) -> str | None:
    """Do what a yes or no means for the referral that was asked about; the phrase to answer with, if any."""
    about = contact if contact.id == asked.row.contact_id else lock_contact(session, asked.row.contact_id)
    if about is None:
        return None
    return referral_answers.answered(session, house, about, asked.row, outcome, now)


def hear_beside_counselor(
    session: Session, house: House, contact: Contact, asked: Asked, inbound: Inbound, now: datetime
) -> None:
    """A text after a check-in, while a counselor has the conversation (locked), whose text it is in any case.

    Who writes with us is not asked once more how it goes. A question of yes or no stays open until it has such an
    answer, before any word of the counselor's that the answer could be for; it is taken silently, and the counselor is
    told what it answered. MORE says nothing to either.
    """
    if is_more(inbound.body):
        return
    outcome, row = asked.outcome, asked.row
    clear = row.kind in YES_OR_NO and outcome in (Outcome.YES, Outcome.NO)
    if outcome is None or not clear or texts.replied_after(session, contact.caller_id, row.plan.get("text")):
        follow_ups.hear_answer(session, contact.caller, Outcome.ANSWERED, now, still_open=YES_OR_NO)
    elif settle(session, contact.caller, asked, now):
        _write_down(session, house, contact, asked, outcome, now)
        record(session, contact.id, "question_answered", now, follow_up=row.kind.value, outcome=outcome.value)
        counselor = session.get_one(Counselor, contact.claimed_by)
        line = contact.helpline_number
        counselor_notices.tell(session, house, counselor, "counselor.answers_us", helpline_number=line, now=now)


def settle(session: Session, caller: Caller, asked: Asked, now: datetime) -> bool:
    """Whatever waits for this caller's answer has it now; False when nothing waited (any more)."""
    return follow_ups.hear_answer(session, caller, asked.outcome or Outcome.ANSWERED, now)
