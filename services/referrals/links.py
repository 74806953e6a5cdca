"""Links for a place: a random token, of which only the hash is kept, for one referral and for three days."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models.crypto import lookup_hash
from models.referral_asks import ReferralLink
from models.referrals import Referral
from routing.links import link
from services.house import House

PATH = "/referral/"
LASTS = timedelta(hours=72)
TOKEN_BYTES = 18


def make(session: Session, referral: Referral, now: datetime) -> str:
    """A new link about this referral; its token, which nobody can read from the database."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        ReferralLink(referral_id=referral.id, token_hash=lookup_hash(token), created_at=now, expires_at=now + LASTS)
    )
    session.flush()
    return token


def address(house: House, token: str) -> str:
    """Where a browser opens it."""
    return link(house.rules.public_base_url, PATH, token)
