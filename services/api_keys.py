"""Keys with which others may read the directory's API: shown once, kept as a digest, revoked by name."""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from models.api_keys import ApiKey, all_keys, standing_key, use_key
from models.reading import names_of
from routing.sentence import Sentence, sentence
from services import audit
from services.house import House

HEADER = "X-API-Key"  # in which a reader sends the key
KEY_BYTES = 32
LONGEST_NAME = 64
SENTENCES = {
    "name": "Give a name of 1 to {most} characters for whoever gets the key.",
    "has_one": "{name} has a key. Revoke it first, or choose another name.",
    "nobody": "Nobody named {name} has a key.",
}


@dataclass(frozen=True)
class NewKey:
    """A key that was made, or the sentence that says why not."""

    key: str = ""
    wrong: Sentence | None = None


@dataclass(frozen=True)
class KeyRow:
    """One key of the list; the key itself is known to its holder alone. `by` is empty when a command made it."""

    name: str
    by: str
    added_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def add_api_key(house: House, name: str, by: uuid.UUID | None, now: datetime) -> NewKey:
    """Make a key for a reader of that name. Nobody can show it a second time. `by`: None when a command does."""
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        return NewKey(wrong=_wrong("name", most=LONGEST_NAME))
    key = f"hl_{secrets.token_urlsafe(KEY_BYTES)}"
    with house.db.begin() as session:
        if standing_key(session, name) is not None:
            return NewKey(wrong=_wrong("has_one", name=name))
        session.add(ApiKey(name=name, digest=_digest(key), added_at=now, added_by=by))
        audit.write(session, "api_key_added", by, now, name=name)
    return NewKey(key)


def revoke_api_key(house: House, name: str, by: uuid.UUID | None, now: datetime) -> Sentence | None:
    """End a key from now on; a sentence when there is none of that name."""
    with house.db.begin() as session:
        standing = standing_key(session, " ".join(name.split()))
        if standing is None:
            return _wrong("nobody", name=name[:LONGEST_NAME])
        standing.revoked_at = now
        audit.write(session, "api_key_revoked", by, now, name=standing.name)
    return None


def api_keys(house: House) -> tuple[KeyRow, ...]:
    """Every key ever given out, for the admin's list: those that stand first, newest first."""
    with house.db.begin() as session:
        rows = all_keys(session)
        names = names_of(session, [row.added_by for row in rows if row.added_by is not None])
        return tuple(
            KeyRow(
                row.name,
                names.get(row.added_by, "") if row.added_by else "",
                row.added_at,
                row.last_used_at,
                row.revoked_at,
            )
            for row in rows
        )


def holder_of(house: House, key: str, now: datetime) -> str | None:
    """Who holds this key, whose use is noted; None when nobody does."""
    with house.db.begin() as session:
        found = use_key(session, _digest(key), now)
        return found.name if found is not None else None


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def _wrong(code: str, **values: object) -> Sentence:
    return sentence(f"api_key_wrong.{code}", SENTENCES[code], values)
