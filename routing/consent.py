"""STOP, START and HELP: whole messages only, at once, in English and Spanish; a person in danger also gets a human."""

import re
from dataclasses import dataclass
from enum import StrEnum

from routing.words import fold

# Field facts, Law and ethics (TCPA): stop, quit, end, revoke, opt out, cancel, unsubscribe and the carrier set.
_STOP = frozenset(
    {
        *("stop", "stopall", "stop all", "quit", "end", "revoke", "opt out", "optout", "cancel", "unsubscribe"),
        *("alto", "parar", "pare", "para", "detener", "detente", "cancelar", "baja", "darme de baja", "salir"),
        *("terminar", "finalizar", "no mas mensajes"),
    }
)
_START = frozenset(
    {"start", "unstop", "resume", "optin", "opt in", "iniciar", "empezar", "comenzar", "continuar", "reanudar", "alta"}
)
_START_WHEN_STOPPED = frozenset({"yes", "si"})  # carriers take YES for START; from anybody else it is an answer
_HELP = frozenset({"help", "ayuda"})  # INFO alone is a wish for information, which is more than HELP gives
# "I take back my consent" in free words, folded: a verb of taking back near a word for what was given
_TAKES_BACK = re.compile(
    r"\b(?:take|taking|withdraw|withdrawing|revoke|revoking|cancel|undo)\b.{0,30}"
    r"\b(?:consent|permission|authorization)\b"
    r"|\bwant\b.{0,12}\b(?:consent|permission)\b.{0,6}\bback\b"
    r"|\b(?:retiro|retirar|quito|quitar|revoco|revocar|cancelo|cancelar|anulo|anular)\b.{0,30}"
    r"\b(?:consentimiento|permiso|autorizacion)\b"
    r"|\b(?:do not|don ?t|stop)\b.{0,12}\b(?:share|sharing|tell|telling)\b.{0,20}"
    r"\b(?:them|anyone|anybody|facility|place)\b"
    r"|\bno doy\b.{0,8}\b(?:consentimiento|permiso|autorizacion)\b"
    r"|\bno\b.{0,12}\b(?:compartan|digan|cuenten)\b.{0,20}\b(?:nada|nadie|centro|lugar|datos)\b"
)
_NOT_LETTERS = re.compile(r"[\W_]+")


class Keyword(StrEnum):
    """What a whole message of one keyword asks for (also Twilio's `OptOutType`)."""

    STOP = "STOP"
    START = "START"
    HELP = "HELP"


@dataclass(frozen=True, slots=True)
class Answer:
    """What to do about a keyword: whether texts may go on, the phrase to answer with, whether a human must look."""

    texts_stopped: bool | None  # None: unchanged
    reply: str | None  # key of a phrase; None when the provider has answered already
    human: bool


def keyword_of(body: str, opt_out_type: str = "", *, stopped: bool = False) -> Keyword | None:
    """The keyword that is the whole message; None for anything longer ("help me stop drinking" is no opt-out).

    `opt_out_type` is what the provider's own opt-out handling recognised; it decides when given. `stopped`: the person
    said STOP before, so YES means START.
    """
    if opt_out_type.upper() in Keyword.__members__:
        return Keyword(opt_out_type.upper())
    words = _NOT_LETTERS.sub(" ", fold(" ".join(body.split())[:80])).strip()
    if words in _STOP:
        return Keyword.STOP
    if words in _START or (stopped and words in _START_WHEN_STOPPED):
        return Keyword.START
    return Keyword.HELP if words in _HELP else None


def takes_back(body: str) -> bool:
    """Whether somebody takes back in their own words what they had allowed to be told; a person reads it as well."""
    return _TAKES_BACK.search(_NOT_LETTERS.sub(" ", fold(body))) is not None


def answer_to(keyword: Keyword, *, in_danger: bool, answered: bool) -> Answer:
    """STOP is honoured whatever else is true; "help" or "stop" of a person in danger calls a human, who may phone.

    `answered`: the provider answered the keyword itself, or we did before, so we write nothing.
    """
    reply = None if answered else f"text.{keyword.value.lower()}"
    stopped = {Keyword.STOP: True, Keyword.START: False, Keyword.HELP: None}[keyword]
    return Answer(stopped, reply, human=in_danger and keyword is not Keyword.START)
