"""Keys with which others may read the directory's API: shown once, kept as a digest, revoked by name."""

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.api_keys import ApiKey, all_keys, key_by_digest, standing_key
from services import audit
from services.house import House

KEY_BYTES = 32
LONGEST_NAME = 64


@dataclass(frozen=True)
class NewKey:
    """A key that was made, or the sentence that says why not."""

    key: str = ""
    wrong: str = ""


def add_api_key(house: House, name: str, now: datetime) -> NewKey:
    """Make a key for a reader of that name. Nobody can show it a second time."""
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        return NewKey(wrong=f"Give a name of 1 to {LONGEST_NAME} characters for whoever gets the key.")
    key = f"hl_{secrets.token_urlsafe(KEY_BYTES)}"
    with house.db.begin() as session:
        if standing_key(session, name) is not None:
            return NewKey(wrong=f"{name} has a key. Revoke it first, or choose another name.")
        session.add(ApiKey(id=uuid.uuid4(), name=name, digest=_digest(key), added_at=now))
        audit.write(session, "api_key_added", None, now, name=name)
    return NewKey(key)


def revoke_api_key(house: House, name: str, now: datetime) -> str | None:
    """End a key from now on; a sentence when there is none of that name."""
    with house.db.begin() as session:
        standing = standing_key(session, " ".join(name.split()))
        if standing is None:
            return f"Nobody named {name[:LONGEST_NAME]} has a key."
        standing.revoked_at = now
        audit.write(session, "api_key_revoked", None, now, name=standing.name)
    return None


def api_keys(house: House) -> Sequence[ApiKey]:
    """Every key ever given out, for the admin's list."""
    with house.db.begin() as session:
        return all_keys(session)


def holder_of(house: House, key: str) -> str | None:
    """Who holds this key; None when nobody does."""
    with house.db.begin() as session:
        found = key_by_digest(session, _digest(key))
        return found.name if found is not None else None


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
