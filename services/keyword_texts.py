"""STOP, START, HELP, a consent taken back: done whatever else is true; in danger a human looks as well."""

from datetime import datetime

from sqlalchemy.orm import Session

from models.consents import ConsentHow, ConsentKind
from models.contacts import Contact, record
from models.texts import TextMessage
from routing import consent as keywords
from routing.dialogue_state import Reply
from routing.sending import Purpose
from routing.vocabulary import DANGER, ContactStatus
from services import consent, hand_over, text_replies, written_consents
from services.house import House
from services.text_contacts import Inbound
from services.written_consents import Revoked


def keyword_in(contact: Contact, inbound: Inbound) -> keywords.Keyword | None:
    """The keyword that this text is, if it is one."""
    stopped = contact.caller.texts_stopped_at is not None
    return keywords.keyword_of(inbound.body, inbound.opt_out_type, stopped=stopped)


def obey(
    session: Session, house: House, contact: Contact, keyword: keywords.Keyword, kept: TextMessage, *, by_provider: bool
) -> None:
    """Do what the keyword asks, with the text as evidence. `by_provider`: the provider has answered it already.

    STOP is confirmed once: whoever says it again hears nothing.
    """
    now = kept.created_at
    in_danger = contact.urgency in DANGER and contact.status is ContactStatus.CONVERSING
    again = keyword is keywords.Keyword.STOP and contact.caller.texts_stopped_at is not None
    todo = keywords.answer_to(keyword, in_danger=in_danger, answered=by_provider or again)
    if todo.texts_stopped is not None:
        kind = ConsentKind.TEXTS_STOPPED if todo.texts_stopped else ConsentKind.TEXTS_STARTED
        note_consent(session, contact, kind, ConsentHow.KEYWORD, kept)
    else:
        record(session, contact.id, "help_asked", now)
    if todo.reply is not None:
        purpose = Purpose.OPT_OUT_CONFIRMATION if todo.texts_stopped else Purpose.KEYWORD_ANSWER
        text_replies.say(session, house, contact, [Reply(todo.reply)], now, purpose)
    if todo.human:
        hand_over.want_counselor(session, house, contact, "keyword_in_danger", now)


def take_back(session: Session, house: House, contact: Contact, body: str, now: datetime) -> bool:
    """ "I take back my consent": what was signed from this number ends at once, and a person looks; whether any was."""
    if not keywords.takes_back(body):
        return False
    if written_consents.revoke_all_of(session, contact, Revoked.BY_TEXT, now) == 0:
        return False
    text_replies.say(session, house, contact, [Reply("text.consent_taken_back")], now)
    hand_over.want_counselor(session, house, contact, "consent_taken_back", now)
    return True


def note_consent(session: Session, contact: Contact, kind: ConsentKind, how: ConsentHow, kept: TextMessage) -> None:
    """Keep what a text said about being texted."""
    consent.said(session, contact.caller, kind, how, kept.created_at, contact_id=contact.id, text_id=kept.id)
