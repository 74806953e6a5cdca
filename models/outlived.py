"""What has outlived its period, by kind of record (config/content/retention.toml)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from models.care import Block
from models.contacts import Contact, Receipt
from models.disclosures import Disclosure
from models.legal_holds import LegalHold
from models.line_setup import SettingEdit, TestCall
from models.people import AuditEvent, Caller
from models.reading import GOING_ON
from models.sign_ins import SignIn
from models.texts import TextMessage
from models.voicemails import Voicemail

# Kinds that go as whole rows, with the key of each; of the others only sounds, words and numbers go.
WHOLE_ROWS: dict[str, InstrumentedAttribute[Any]] = {
    "sign_ins": SignIn.id,
    "receipts": Receipt.provider_id,
    "blocks": Block.id,
    "test_calls": TestCall.id,
    "settings": SettingEdit.version,
    "audit": AuditEvent.id,
}


def outlived(kind: str, before: datetime) -> Select[Any]:
    """Keys of what has outlived its period and is not held, the oldest first."""
    held = select(LegalHold.caller_id).where(LegalHold.ended_at.is_(None), LegalHold.contact_id.is_(None))
    held_contacts = select(LegalHold.contact_id).where(LegalHold.ended_at.is_(None), LegalHold.contact_id.is_not(None))
    free = (Contact.caller_id.not_in(held), Contact.id.not_in(held_contacts))
    free_to_go = select(Disclosure.id).join(Contact, Contact.id == Disclosure.contact_id).where(*free)
    queries: dict[str, Select[Any]] = {
        "voicemail_sound": select(Voicemail.id)
        .join(Contact, Contact.id == Voicemail.contact_id)
        .where(Voicemail.audio.is_not(None), Voicemail.received_at < before, *free)
        .order_by(Voicemail.received_at),
        "words": select(Contact.id)
        .where(Contact.emptied_at.is_(None), Contact.status.not_in(GOING_ON), Contact.opened_at < before, *free)
        .order_by(Contact.opened_at),
        "identity": select(Caller.id)
        .where(Caller.forgotten_at.is_(None), Caller.created_at < before, ~_reached_out_since(before), ~_any_hold())
        .order_by(Caller.created_at),
        "staff_texts": select(TextMessage.id)
        .where(TextMessage.emptied_at.is_(None), TextMessage.caller_id.is_(None), TextMessage.created_at < before)
        .where(TextMessage.contact_id.is_(None))
        .where(or_(TextMessage.disclosure_id.is_(None), TextMessage.disclosure_id.in_(free_to_go)))
        .order_by(TextMessage.created_at),
        "sign_ins": select(SignIn.id).where(SignIn.expires_at < before).order_by(SignIn.expires_at),
        "receipts": select(Receipt.provider_id).where(Receipt.at < before),
        "blocks": select(Block.id).where(Block.until < before, ~_held_block()).order_by(Block.until),
        "test_calls": select(TestCall.id).where(TestCall.at < before).order_by(TestCall.at),
        "settings": select(SettingEdit.version).where(_replaced(before)).order_by(SettingEdit.version),
        "audit": select(AuditEvent.id).where(AuditEvent.at < before).order_by(AuditEvent.at),
    }
    return queries[kind]


def count_outlived(session: Session, kind: str, before: datetime) -> int:
    """How many have outlived their period."""
    return session.scalar(select(func.count()).select_from(outlived(kind, before).order_by(None).subquery())) or 0


def _reached_out_since(before: datetime) -> ColumnElement[bool]:
    lately = or_(Contact.opened_at >= before, Contact.status.in_(GOING_ON))
    return select(Contact.id).where(Contact.caller_id == Caller.id, lately).exists()


def _any_hold() -> ColumnElement[bool]:
    return select(LegalHold.id).where(LegalHold.caller_id == Caller.id, LegalHold.ended_at.is_(None)).exists()


def _held_block() -> ColumnElement[bool]:
    """A block whose number is that of somebody who is held."""
    mine = select(LegalHold.id).join(Caller, Caller.id == LegalHold.caller_id)
    return mine.where(Caller.number_hash == Block.number_hash, LegalHold.ended_at.is_(None)).exists()


def _replaced(before: datetime) -> ColumnElement[bool]:
    """A value of a setting that another one took the place of before then; the newest always stays."""
    newer = aliased(SettingEdit)
    later = select(newer.version).where(newer.name == SettingEdit.name, newer.version > SettingEdit.version)
    return later.where(newer.at < before).exists()
