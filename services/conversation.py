"""A text comes in: danger before questions, STOP before everything, answers stored before anything is sent."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from models import people, texts
from models.consents import ConsentHow, ConsentKind
from models.contacts import Contact, take_receipt
from routing import dialogue, phone
from routing.dialogue_state import Known, Reply, State, Wanted, Wish
from routing.follow_up import Outcome
from routing.information import asked_about
from routing.understanding import Understanding
from routing.vocabulary import DANGER, Language
from services import (
    blocks,
    callback_rules,
    counselor_texts,
    follow_up_answers,
    hand_over,
    information,
    keyword_texts,
    knowing,
    promises,
    resuming,
    suggestions,
    text_contacts,
    text_replies,
)
from services.callers import caller_for
from services.directory import bed_questions
from services.follow_up_answers import THANKS, Asked
from services.house import House
from services.referrals import asking
from services.text_contacts import Inbound

PROMISED = "text.callback_promised"
NO_CALLBACK = Reply("text.callback_not_possible")

OF_FACILITIES = (asking.hear, bed_questions.hear)  # what was asked last is answered first
MEANT = (Outcome.WANTS_COUNSELOR, Outcome.YES, Outcome.NO)  # answers from which more follows than thanks
__all__ = ["Heard", "Inbound", "receipt_of", "receive_text"]
FLOOD, FLOOD_WINDOW = 10, timedelta(minutes=1)  # more texts than that in a minute are kept, but not answered one by one


class Heard(StrEnum):
    """What a text was taken for."""

    AGAIN = "again"  # this MessageSid came before
    IGNORED = "ignored"  # from nobody who could be answered
    COUNSELOR = "counselor"
    FACILITY = "facility"  # staff of a place, about a referral or its beds
    KEYWORD = "keyword"
    ANSWER = "answer"  # to a follow-up, and nothing more
    CONVERSATION = "conversation"
    KEPT = "kept"  # read by people, answered by nobody


def receipt_of(sid: str) -> str:
    """The id under which a text's receipt is kept."""
    return f"text:{sid}"


def receive_text(house: House, inbound: Inbound, now: datetime) -> Heard:
    """Take one text, once: everything that follows from it is committed with its receipt, or nothing is."""
    with house.db.begin() as session:
        if not take_receipt(session, receipt_of(inbound.sid), now):
            return Heard.AGAIN
        sender = phone.e164(inbound.sender)
        if sender is None or sender in house.rules.helpline_numbers:
            return Heard.IGNORED  # short codes, and ourselves: an answer would begin a loop
        counselor = people.counselor_by_phone(session, sender)
        if counselor is not None:
            counselor_texts.hear(
                session, house, counselor, helpline_number=inbound.recipient, body=inbound.body, now=now
            )
            return Heard.COUNSELOR
        if asking.hear(session, house, inbound, sender, now) or bed_questions.hear(
            session, house, inbound, sender, now
        ):
            return Heard.FACILITY
        caller = people.lock_caller(session, caller_for(session, sender, now).id)
        asked = follow_up_answers.asked_lately(session, house, caller, inbound, now)
        if asked is not None and follow_up_answers.hear(session, house, caller, asked, inbound, now):
            return Heard.ANSWER
        contact = text_contacts.current(session, caller, inbound, now, continues=asked.row.contact if asked else None)
        return _hear(session, house, contact, inbound, asked, now)


def _hear(
    session: Session, house: House, contact: Contact, inbound: Inbound, asked: Asked | None, now: datetime
) -> Heard:
    kept = text_contacts.keep(session, contact, inbound, now)
    keyword = keyword_texts.keyword_in(contact, inbound)
    if keyword is not None:
        keyword_texts.obey(session, house, contact, keyword, kept, by_provider=bool(inbound.opt_out_type))
        hand_over.relay_to_counselor(session, contact, inbound.body, now)
        return Heard.KEYWORD
    if text_contacts.REACTION.fullmatch(inbound.body):  # the words in it are ours: no danger, and no answer
        hand_over.relay_to_counselor(session, contact, inbound.body, now)
        return Heard.KEPT
    if contact.claimed_by is not None:  # a 1, a thanks, a picture: all of it is said to the counselor
        if asked is not None:
            follow_up_answers.hear_beside_counselor(session, house, contact, asked, inbound, now)
        return _converse(session, house, contact, inbound, now, after_follow_up=False)
    more = dialogue.is_more(inbound.body)  # means the list of places, and says nothing to a check-in
    answered = False
    if asked is not None and not more:
        elsewhere = follow_up_answers.is_for_the_conversation(session, house, contact, asked, inbound)
        answered = not elsewhere and follow_up_answers.settle(session, contact.caller, asked, now)
    if asked is not None and answered and asked.outcome in MEANT:
        follow_up_answers.answer(session, house, contact, asked, now)
        return Heard.CONVERSATION
    return _converse(session, house, contact, inbound, now, after_follow_up=answered)


def _converse(
    session: Session, house: House, contact: Contact, inbound: Inbound, now: datetime, *, after_follow_up: bool
) -> Heard:
    state = State.of(contact.flow.get("text"))
    resuming.resume(session, house, contact, now)
    question = _answered(state) if asked_about(inbound.body) is None else knowing.ABOUT
    heard = knowing.hear_words(session, house, contact, inbound.body, question, "text", now)
    _learn_clock_and_language(session, contact, heard, state)
    known = Known(
        answered=knowing.known_to(contact),
        with_counselor=contact.claimed_by is not None,
        danger=in_danger(contact),
        topic=None if heard.substances else house.information.topic_of(inbound.body),
        substance=next(iter(knowing.substances_of(contact)), None),
        prescriber_first=knowing.prescriber_first(house, contact),
        asks_illness=knowing.asks_illness(house, contact),
    )
    taken_back = keyword_texts.take_back(session, house, contact, inbound.body, now)
    if known.with_counselor and "stop_texts" in heard.wants:  # the counselor reads it; their next text must not leave
        _suspend(session, house, contact, now)
    relayed = hand_over.relay_to_counselor(session, contact, inbound.body, now, danger=heard.in_danger)
    if (relayed or taken_back) and not heard.in_danger:
        return Heard.CONVERSATION
    if not heard.in_danger and text_contacts.BY_ITSELF.match(inbound.body):
        return Heard.KEPT  # no person reads an answer to it, and a machine might answer that
    if not heard.in_danger and blocks.is_blocked(session, contact.caller.number, now):
        return Heard.KEPT
    flooded = text_contacts.recent_inbound(session, contact, now, FLOOD_WINDOW) > FLOOD
    if flooded and not heard.in_danger and not _wants_a_person(heard):
        return Heard.KEPT
    if after_follow_up and not heard.in_danger and not _says_more(heard):
        text_replies.say(session, house, contact, [Reply(THANKS)], now)
        return Heard.CONVERSATION
    if inbound.media and not inbound.body.strip():
        text_replies.say(session, house, contact, [Reply("text.no_pictures")], now)
        return Heard.CONVERSATION
    turn = dialogue.step(state, heard, known, inbound.body)
    no_callback = callback_rules.refusal(session, house, contact, now) if _calls_back(turn) else None
    contact.flow = {**contact.flow, "text": turn.state.as_dict()}
    if turn.state.asked == dialogue.ILLNESS:
        knowing.note_illness_asked(contact)
    paragraphs = [
        text_replies.words(house, contact, NO_CALLBACK if no_callback and reply.key == PROMISED else reply)
        for reply in turn.replies
    ]
    for wanted in turn.wishes:
        paragraphs += _grant(session, house, contact, wanted, now)
    if contact.caller.texting_ok is not False:
        text_contacts.answer(session, contact, paragraphs, now)
    return Heard.CONVERSATION


def _answered(state: State) -> str | None:
    """The question that a text answers; the first text tells what it is about, though nobody has asked yet."""
    return state.asked if state.greeted else "what"


def _calls_back(turn: dialogue.Turn) -> bool:
    return any(wanted.wish is Wish.CALLBACK for wanted in turn.wishes)


def _says_more(heard: Understanding) -> bool:
    told = (heard.substances, heard.flags, heard.wants, heard.zip, heard.payer, heard.conditions)
    return any(told)


def _wants_a_person(heard: Understanding) -> bool:
    return bool(heard.wants & {"callback", "counselor"})


def _learn_clock_and_language(session: Session, contact: Contact, heard: Understanding, state: State) -> None:
    zip5 = knowing.value_of(contact, "zip")
    if zip5:
        contact.caller.timezone = suggestions.timezone_of_zip(session, zip5) or contact.caller.timezone
    spoken = Language(heard.language)
    if spoken is not contact.language and (not state.greeted or heard.flags or heard.substances or heard.wants):
        contact.language = contact.caller.language = spoken


def _grant(session: Session, house: House, contact: Contact, wanted: Wanted, now: datetime) -> list[str]:
    """Do what the conversation wishes for; further paragraphs to answer with."""
    match wanted.wish:
        case Wish.MATCH:
            return suggestions.first_places(session, house, contact, now)
        case Wish.MORE:
            return suggestions.more_places(session, house, contact, now)
        case Wish.EMERGENCY | Wish.COUNSELOR:
            hand_over.want_counselor(session, house, contact, wanted.wish.value, now)
        case Wish.CALLBACK:
            if promises.promise_callback(session, house, contact, now) is None:
                hand_over.want_counselor(session, house, contact, Wish.COUNSELOR.value, now)
        case Wish.OPT_OUT:
            _suspend(session, house, contact, now)
        case Wish.SUBSTANCE:
            knowing.hear_substance(session, contact, wanted.detail, "text", now)
        case Wish.INFORMATION:
            page = State.of(contact.flow.get("text")).page
            return information.texted(session, house, contact, wanted.detail, page, now)
        case Wish.PLACE | Wish.CLOSE:
            pass  # a town was looked up before; a farewell needs nothing more than its answer
    return []


def _suspend(session: Session, house: House, contact: Contact, now: datetime) -> None:
    """ "Don't text me, he reads my phone": silence at once, not even a confirmation, and a human looks."""
    kept = texts.last_inbound(session, contact.id)
    if kept is not None:
        keyword_texts.note_consent(session, contact, ConsentKind.TEXTS_SUSPENDED, ConsentHow.OWN_WORDS, kept)
    hand_over.want_counselor(session, house, contact, "safe_contact", now)


def in_danger(contact: Contact) -> bool:
    """Whether 911 or 988 came before anything else in this contact."""
    return contact.urgency in DANGER
