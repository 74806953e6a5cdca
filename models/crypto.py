"""Encryption at rest: column types that encrypt, and the keyed hash by which a number is found again."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

T = TypeVar("T")
_HASH_CONTEXT = b"harborline look-up hash v1"
_shown = ContextVar("unreadable_shown", default=False)
_met = ContextVar("unreadable_met", default=False)
_words = ContextVar("unreadable_words", default="(could not be read; tell whoever runs the system)")
_ever = set[str]()  # such words in any language that was asked for


class _Keyring:
    fernet: MultiFernet | None = None
    hash_key: bytes = b""


def configure_keys(encryption_keys: Sequence[str], secret_key: str) -> None:
    """Set this process's keys once, at start: the first Fernet key encrypts, all of them decrypt."""
    _Keyring.fernet = MultiFernet([Fernet(key.encode()) for key in encryption_keys])
    _Keyring.hash_key = hmac.digest(secret_key.encode(), _HASH_CONTEXT, hashlib.sha256)


def _fernet() -> MultiFernet:
    if _Keyring.fernet is None:
        raise RuntimeError("models.crypto.configure_keys must run before encrypted columns are used")
    return _Keyring.fernet


def encrypt(words: str) -> bytes:
    """The encrypted form of a text, as it is stored."""
    return _fernet().encrypt(words.encode())


def decrypt(stored: bytes) -> str:
    """The text behind an encrypted value; raises cryptography.fernet.InvalidToken for a foreign one."""
    return _fernet().decrypt(stored).decode()


def sealed_at(stored: bytes) -> int:
    """When a value was encrypted, in seconds since 1970; raises InvalidToken for a foreign or changed one."""
    return _fernet().extract_timestamp(stored)


def lookup_hash(value: str) -> bytes:
    """32 bytes by which an encrypted value (a phone number) can be found without being readable."""
    if not _Keyring.hash_key:
        raise RuntimeError("models.crypto.configure_keys must run before numbers are looked up")
    return hmac.digest(_Keyring.hash_key, value.encode(), hashlib.sha256)


def show_unreadable(words: str, *, everywhere: bool) -> None:
    """From now on in this context: the words in place of a value that cannot be decrypted.

    `everywhere`: all reading does so, until told otherwise; else only what is within `unreadable_shown`.
    """
    _words.set(words)
    _ever.add(words)
    _shown.set(everywhere)
    _met.set(False)


def unreadable_met() -> bool:
    """Whether something could not be read, and was shown as such or as nothing, since `show_unreadable`."""
    return _met.get()


@contextmanager
def unreadable_shown() -> Iterator[None]:
    """In here a value that cannot be decrypted raises nothing. For what people look at; never for what is acted on."""
    before = _shown.set(True)
    try:
        yield
    finally:
        _shown.reset(before)


def is_readable(value: str | None) -> bool:
    """Whether these are no words in place of a value that could not be decrypted."""
    return value not in _ever


def _or_shown(read: Callable[[], T], instead: Callable[[str], T]) -> T:
    try:
        return read()
    except InvalidToken:
        if not _shown.get():
            raise
        _met.set(True)
        return instead(_words.get())


class EncryptedText(TypeDecorator[str]):
    """A text column, readable only with the keys."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        return None if value is None else encrypt(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else _or_shown(lambda: decrypt(value), str)


class EncryptedBytes(TypeDecorator[bytes]):
    """Bytes (a sound), readable only with the keys."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        return None if value is None else _fernet().encrypt(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        return None if value is None else _fernet().decrypt(value)


class EncryptedJSON(TypeDecorator[dict[str, Any]]):
    """A JSON object column, readable only with the keys. Replace the whole object to change it."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        return None if value is None else encrypt(json.dumps(value, ensure_ascii=False, sort_keys=True))

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> dict[str, Any] | None:  # noqa: ARG002
        return None if value is None else _or_shown(lambda: json.loads(decrypt(value)), lambda _: {})
