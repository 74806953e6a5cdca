"""What browsers and devices are asked for passkeys (WebAuthn level 2), and whether their answers hold."""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import webauthn
from webauthn.helpers import base64url_to_bytes, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

CHALLENGE_BYTES = 32  # WebAuthn level 2, 13.4.3: at least 16
LONGEST_ANSWER = 20_000  # letters; a security key's with its certificates has some thousand
# The device asks for a finger, a face or its PIN each time, so that a passkey is two factors by itself.
VERIFIED = UserVerificationRequirement.REQUIRED


@dataclass(frozen=True)
class Site:
    """Where people sign in: `origin` as the browser tells it; its host is the passkeys' relying party."""

    origin: str
    host: str
    name: str


@dataclass(frozen=True)
class Made:
    """A new passkey as it is kept."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


def new_challenge() -> bytes:
    """Random bytes for a device to sign."""
    return secrets.token_bytes(CHALLENGE_BYTES)


def to_make(site: Site, person: uuid.UUID, email: str, challenge: bytes, have: Sequence[bytes], seconds: int) -> str:
    """The options of `navigator.credentials.create`, as JSON; devices that have one of `have` are left out."""
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_id=person.bytes,
        user_name=email,
        challenge=challenge,
        timeout=seconds * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=VERIFIED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in have],
    )
    return webauthn.options_to_json(options)


def to_use(site: Site, challenge: bytes, allowed: Sequence[bytes], seconds: int) -> str:
    """The options of `navigator.credentials.get`, as JSON; none allowed by name: whichever the person chooses."""
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=challenge,
        timeout=seconds * 1000,
        allow_credentials=[PublicKeyCredentialDescriptor(id=one) for one in allowed],
        user_verification=VERIFIED,
    )
    return webauthn.options_to_json(options)


def made(site: Site, challenge: bytes, answer: str) -> Made | None:
    """The passkey that a device has made; None when the answer does not hold."""
    try:
        checked = webauthn.verify_registration_response(
            credential=answer[:LONGEST_ANSWER],
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    return Made(checked.credential_id, checked.credential_public_key, checked.sign_count)


def credential_of(answer: str) -> tuple[bytes, bytes | None] | None:
    """Which passkey an answer says it is from, and the handle of its owner; None when it cannot be read."""
    try:
        read = parse_authentication_credential_json(answer[:LONGEST_ANSWER])
        return base64url_to_bytes(read.id), read.response.user_handle
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None


def count_after(site: Site, challenge: bytes, answer: str, public_key: bytes, sign_count: int) -> int | None:
    """The device's count after this answer; None when it was not signed by the passkey, for us, now."""
    try:
        checked = webauthn.verify_authentication_response(
            credential=answer[:LONGEST_ANSWER],
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    return checked.new_sign_count
