"""What a contact that ended was looked for, noted once for the reports: coarse enough to point at nobody."""

from datetime import datetime

from sqlalchemy.orm import Session

from models.contacts import Contact, record
from models.directory import zip_code
from models.matches import matches_of
from routing.match_need import Outcome
from services import knowing

ZIP_DIGITS = 3  # as in 45 CFR 164.514(b)(2)(i)(B)


def note_need(session: Session, contact: Contact, now: datetime) -> None:
    """Put place, payer and the number of places on the last list on the timeline.

    Nothing without a list: place or substance are not known then, or something else came first.
    """
    lists = matches_of(session, contact.id)
    zip5 = knowing.value_of(contact, "zip")
    if not lists or lists[0].outcome != Outcome.MATCH or not zip5:
        return
    place = zip_code(session, zip5)
    record(
        session,
        contact.id,
        "need_noted",
        now,
        zip3=zip5[:ZIP_DIGITS],
        state=place.state if place else None,
        payer=knowing.value_of(contact, "payer"),
        places=len(lists[0].listing_order),
    )
