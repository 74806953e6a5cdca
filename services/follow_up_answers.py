"""Answers to follow-ups: they belong to the contact that the follow-up was about, also when that one is over."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import follow_ups as rows
from models import outbox
from models.contacts import Contact, lock_contact
from models.follow_ups import FollowUp
from models.people import Caller
from models.text_contacts import live_text_contact
from routing.consent import keyword_of
from routing.dialogue import is_more
from routing.dialogue_state import Reply
from routing.follow_up import Outcome, answer_meant
from services import (
    callback_rules,
    follow_ups,
    hand_over,
    keyword_texts,
    promises,
    suggestions,
    text_contacts,
    text_replies,
)
from services.house import House
from services.referrals import caller as referral_answers
from services.text_contacts import REACTION, Inbound

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


def hear(session: Session, house: House, caller: Caller, asked: Asked, inbound: Inbound, now: datetime) -> bool:
    """A bare answer, keyword or reaction while no conversation goes on: kept with the contact that it is about.

    False when the text says more than that, or a conversation goes on: then it is for that one.
    """
    bare = asked.outcome is not None or REACTION.fullmatch(inbound.body)
    stopped = caller.texts_stopped_at is not None
    keyword = keyword_of(inbound.body, inbound.opt_out_type, stopped=stopped)
    more = is_more(inbound.body)
    if not (bare or keyword or more) or live_text_contact(session, caller.id) is not None:
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
    elif asked.outcome is not None:
        settle(session, caller, asked, now)
        answer(session, house, contact, asked, now)
    outbox.touch(session, contact.id)
    return True


def answer(session: Session, house: House, contact: Contact, asked: Asked, now: datetime) -> None:
    """Thanks, or what follows from the answer, which is for the contact that the follow-up was about."""
    key = "text.follow_up_thanks"
    if asked.outcome is Outcome.WANTS_COUNSELOR:
        key = "text.callback_promised"
        if promises.promise_callback(session, house, asked.row.contact, now) is None:
            key = "text.callback_not_possible"
            hand_over.want_counselor(session, house, contact, "callback_not_possible", now)
    elif asked.outcome is not None:
        about = contact if contact.id == asked.row.contact_id else lock_contact(session, asked.row.contact_id)
        if about is not None:
            key = referral_answers.answered(session, house, about, asked.row, asked.outcome, now) or key
    text_replies.say(session, house, contact, [Reply(key)], now)


def settle(session: Session, caller: Caller, asked: Asked, now: datetime) -> bool:
    """Whatever waits for this caller's answer has it now; False when nothing waited (any more)."""
    return follow_ups.hear_answer(session, caller, asked.outcome or Outcome.ANSWERED, now)
