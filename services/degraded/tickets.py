"""Tickets: the little that the next step of a degraded call must know, sealed so that nobody can read or make one."""

import json
import time
from dataclasses import asdict, dataclass

from cryptography.fernet import InvalidToken

from models.crypto import decrypt, encrypt, sealed_at

FOR_A_KEY_SECONDS = 10 * 60
FOR_A_TALK_SECONDS = 6 * 3600  # what comes after a conversation


@dataclass(frozen=True)
class Ticket:
    """Travels in the address of a webhook while no row can be read. `call` is the caller's call at the provider."""

    call: str
    round: int = 0
    person: str = ""  # the counselor whose phone rings
    leg: str = ""  # our row of that ring, when there is one


def seal(ticket: Ticket) -> str:
    """Encrypted and signed (Fernet: AES-CBC and HMAC-SHA256), with its time; fit for an address."""
    return encrypt(json.dumps(asdict(ticket))).decode()


def open_ticket(sealed: str, seconds: float) -> Ticket | None:
    """The ticket, when it is one of ours and at most so many seconds old."""
    try:
        if time.time() - sealed_at(sealed.encode()) > seconds:
            return None
        return Ticket(**json.loads(decrypt(sealed.encode())))
    except (InvalidToken, ValueError, TypeError):
        return None
