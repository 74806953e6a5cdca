"""Texts to our own people, on the phone of the roster."""

from datetime import datetime

from sqlalchemy.orm import Session

from models.contacts import Leg
from models.people import Counselor
from routing.sending import Purpose
from routing.vocabulary import Language
from services import texts
from services.house import House


def tell(
    session: Session,
    house: House,
    counselor: Counselor,
    key: str,
    *,
    helpline_number: str,
    now: datetime,
    **values: object,
) -> None:
    """Text a counselor a phrase in a language of theirs."""
    words = house.phrases.text(key, language_of(counselor), organisation=house.rules.organisation_name, **values)
    say(session, counselor, words, helpline_number=helpline_number, now=now)


def say(session: Session, counselor: Counselor, words: str, *, helpline_number: str, now: datetime) -> None:
    """Text a counselor these words, if the roster has a phone."""
    if counselor.phone is not None:
        texts.queue_text(
            session,
            body=words,
            purpose=Purpose.COUNSELOR_NOTICE,
            helpline_number=helpline_number,
            counselor=counselor,
            now=now,
        )


def language_on(session: Session, leg: Leg) -> Language:
    """In which of our languages this phone hears us: the counselor's, or English on a phone outside the roster."""
    counselor = session.get(Counselor, leg.counselor_id) if leg.counselor_id else None
    return language_of(counselor) if counselor is not None else Language.ENGLISH


def language_of(counselor: Counselor) -> Language:
    """In which of our languages to write to them."""
    return Language.ENGLISH if Language.ENGLISH.value in counselor.languages else Language.SPANISH
