"""Encryption at rest: column types that encrypt, and the keyed hash by which a number is found again."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

_HASH_CONTEXT = b"harborline look-up hash v1"


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


class EncryptedText(TypeDecorator[str]):
    """A text column, readable only with the keys."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        return None if value is None else encrypt(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else decrypt(value)


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
        return None if value is None else json.loads(decrypt(value))
